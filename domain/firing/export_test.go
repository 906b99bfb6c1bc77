package firing

// Rules lists every rule in the order in which they are applied.
func Rules() []Rule {
	return []Rule{
		Unattributed, OtherAffiliate, Deleted, Disabled, UnknownScope,
		OtherOffer, OtherCampaign, OtherTracker, OtherGoal, OtherStatus, Unchanged, OverCap, Held, Matched,
	}
}
