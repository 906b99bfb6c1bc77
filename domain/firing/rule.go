package firing

// Rule is the rule that decided on a postback. It is stored with the conversion and shown in
// its trace.
type Rule string

// The rules, in the order in which they are applied.
const (
	Unattributed   Rule = "unattributed"
	OtherAffiliate Rule = "affiliate"
	Deleted        Rule = "deleted"
	Disabled       Rule = "disabled"
	UnknownScope   Rule = "scope"
	OtherOffer     Rule = "offer"
	OtherCampaign  Rule = "campaign"
	OtherTracker   Rule = "tracker"
	OtherGoal      Rule = "goal"
	OtherStatus    Rule = "status"
	Unchanged      Rule = "unchanged" // the status is unchanged, and the postback does not send corrections
	OverCap        Rule = "cap"       // over a daily cap: it pays nothing, and no postback is sent
	Held           Rule = "held"      // matched; its delivery is recorded, and held
	Matched        Rule = "matched"   // matched; its delivery is queued
)

// Rules lists every Rule, in the order in which they are applied.
func Rules() []Rule {
	return []Rule{
		Unattributed, OtherAffiliate, Deleted, Disabled, UnknownScope, OtherOffer, OtherCampaign, OtherTracker,
		OtherGoal, OtherStatus, Unchanged, OverCap, Held, Matched,
	}
}

// Fires reports whether a delivery is recorded: a queued one for Matched, a held one for
// Held, so that nothing is lost until the postback is changed.
func (r Rule) Fires() bool { return r == Matched || r == Held }
