package firing

import (
	"slices"

	"postrider/internal/ids"
)

// Reaches reports whether the postback applies to an offer's campaign; to the offer's default
// link if campaignID is zero.
func (p Postback) Reaches(offerID ids.Offer, campaignID ids.Campaign) bool {
	switch p.Scope {
	case Global:
		return true
	case Offer:
		return p.OfferID == offerID
	case Campaign:
		return campaignID != 0 && p.CampaignID == campaignID
	default:
		return false
	}
}

// ReachesSQL is [Postback.Reaches] for a row p of postbacks and c of campaigns.
const ReachesSQL = `(p.scope = 'global' OR p.scope = 'offer' AND p.offer_id = c.offer_id OR p.scope = 'campaign' AND p.campaign_id = c.id)`

// FiresFor reports whether the postback is for a goal.
func (p Postback) FiresFor(goal string) bool {
	return p.Goal == goal || slices.Contains(p.Further, goal)
}

// FiresForSQL is [Postback.FiresFor] for a row p of postbacks and g of goals. Its ? is
// PostgreSQL's, not a parameter.
const FiresForSQL = `(p.goal = g.key OR p.further_goals ? g.key)`

// Goals lists every goal that the postback is for.
func (p Postback) Goals() []string { return append([]string{p.Goal}, p.Further...) }

// Meets reports whether some conversion is in the scope of both the postback and another
// scope. For a campaign, offerID is the campaign's offer.
func (p Postback) Meets(scope Scope, offerID ids.Offer, campaignID ids.Campaign) bool {
	switch {
	case scope == Global || p.Scope == Global:
		return true
	case scope == Offer && p.Scope == Campaign:
		return true // the campaign may be of the offer
	default:
		return p.Reaches(offerID, campaignID)
	}
}
