// Package firing decides which postbacks a conversion event fires, and names the rule
// that stopped each of the others.
//
// It owns the rules and their explanations; it does not load postbacks, write
// deliveries or send anything. Every postback is judged independently: one that fires
// never keeps another from firing, so a campaign's postback and the affiliate's global
// one are both sent.
//
// The rules are applied in the order of [Rules]; the first that stops a postback is
// the reason given. They are specified in the chapter "Concepts" of the product page.
package firing

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/internal/ids"
)

// Event is one status of one conversion.
type Event struct {
	AffiliateID ids.Affiliate // 0: unattributed
	OfferID     ids.Offer
	CampaignID  ids.Campaign // 0: the affiliate's default link, no campaign
	Goal        string
	Status      commission.Status
	CappedBy    string // offer or campaign, if its daily cap was reached; else empty
	Correction  bool   // its amount, currency, time or payout changed, but not its status
}

// Decision is whether one postback fires, and why. It is stored with the event.
type Decision struct {
	PostbackID ids.Postback `json:"postback"`
	Fired      bool         `json:"fired"`
	Rule       Rule         `json:"rule"`
	Reason     string       `json:"reason"` // one sentence, naming the values that decided
}

// Decide decides on every postback of an affiliate that has these trackers, in the order given.
func Decide(e Event, postbacks []Postback, trackers Trackers) []Decision {
	decisions := make([]Decision, len(postbacks))
	for i, p := range postbacks {
		rule := match(e, p, trackers)
		decisions[i] = Decision{PostbackID: p.ID, Fired: rule.Fires(), Rule: rule, Reason: explain(rule, e, p)}
		if rule == OtherTracker {
			decisions[i].Reason = trackers.otherTracker(p, e.CampaignID)
		}
	}
	return decisions
}

// match returns the first rule that stops the postback, or the one that lets it fire.
func match(e Event, p Postback, trackers Trackers) Rule {
	switch {
	case e.AffiliateID == 0:
		return Unattributed
	case p.AffiliateID != e.AffiliateID:
		return OtherAffiliate
	case p.Deleted:
		return Deleted
	case !p.Enabled:
		return Disabled
	case !p.Reaches(e.OfferID, e.CampaignID):
		return p.elsewhere()
	case !trackers.Has(p.TrackerID, e.CampaignID):
		return OtherTracker
	case !p.FiresFor(e.Goal):
		return OtherGoal
	case !slices.Contains(p.Statuses, e.Status):
		return OtherStatus
	case e.Correction && !p.SendCorrections:
		return Unchanged
	case e.CappedBy != "":
		return OverCap
	case p.Held:
		return Held
	default:
		return Matched
	}
}

// elsewhere returns the rule that stops a postback outside its scope.
func (p Postback) elsewhere() Rule {
	switch p.Scope {
	case Offer:
		return OtherOffer
	case Campaign:
		return OtherCampaign
	default:
		return UnknownScope
	}
}

func explain(rule Rule, e Event, p Postback) string {
	switch rule {
	case Matched:
		said := fmt.Sprintf("Fired: it applies to %s, the goal %s and the status %s.", p.reach(), e.Goal, e.Status)
		if e.Correction {
			said = fmt.Sprintf("Fired: it applies to %s and the goal %s, and sends corrections.", p.reach(), e.Goal)
		}
		if p.Aggregates > 0 {
			said += fmt.Sprintf(" It aggregates the conversions of the click within %s.", Window(p.Aggregates))
		}
		return said
	case Held:
		return "It matches, but waits: its tracker returned 410 Gone. The delivery is sent once you change the URL and save the postback."
	case Unattributed:
		return "The conversion is unattributed: no click was found for it."
	case OtherAffiliate:
		return "It belongs to another affiliate."
	case Deleted:
		return "It was deleted."
	case Disabled:
		return "It is disabled."
	case UnknownScope:
		return fmt.Sprintf("Its scope %q is unknown.", p.Scope)
	case OtherOffer:
		return fmt.Sprintf("It applies to offer %d; the conversion is for offer %d.", p.OfferID, e.OfferID)
	case OtherCampaign:
		if e.CampaignID == 0 {
			return fmt.Sprintf("It applies to campaign %d; the conversion came through the default link, without a campaign.", p.CampaignID)
		}
		return fmt.Sprintf("It applies to campaign %d; the conversion is from campaign %d.", p.CampaignID, e.CampaignID)
	case Unchanged:
		return fmt.Sprintf("The status is still %s: the conversion was corrected, and this postback does not send corrections, because most trackers count every call.", e.Status)
	case OverCap:
		return fmt.Sprintf("Over the daily cap of the %s: the conversion is recorded and pays nothing, and no postback is sent.", e.CappedBy)
	case OtherGoal:
		return fmt.Sprintf("It fires for the goal %s; the conversion's goal is %s.", strings.Join(p.Goals(), " or "), e.Goal)
	default:
		return fmt.Sprintf("It fires for %s; the conversion is %s.", p.inStatuses(), e.Status)
	}
}

// reach returns what the postback applies to, for a sentence.
func (p Postback) reach() string {
	switch p.Scope {
	case Offer:
		return fmt.Sprintf("offer %d", p.OfferID)
	case Campaign:
		return fmt.Sprintf("campaign %d", p.CampaignID)
	default:
		return "all campaigns"
	}
}

func (p Postback) inStatuses() string {
	if len(p.Statuses) == 0 {
		return "no status"
	}
	names := make([]string, len(p.Statuses))
	for i, s := range p.Statuses {
		names[i] = string(s)
	}
	return "the status " + strings.Join(names, " or ")
}
