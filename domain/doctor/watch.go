package doctor

import (
	"fmt"

	"postrider/internal/ids"
)

// PostbackVitals are how a postback has fared lately.
type PostbackVitals struct {
	ID          ids.Postback
	AffiliateID ids.Affiliate
	Delivered   int    // of its last deliveries
	Failing     int    // of its last deliveries, those that failed or are being tried again
	Waiting     int    // held because the endpoint keeps failing
	Held        bool   // the tracker said that the address is gone
	LastReason  string // of the failures, in words; empty for none
}

// CampaignVitals are how a running campaign's traffic has looked lately.
type CampaignVitals struct {
	ID          ids.Campaign
	AffiliateID ids.Affiliate
	Name        string
	Clicks      int  // of its last
	WithoutID   int  // of those, clicks without a param_1
	Covered     bool // some enabled postback fires for it
}

// LinkVitals are how the traffic of an affiliate's default link of an offer that
// runs has looked lately.
type LinkVitals struct {
	ID          int64
	AffiliateID ids.Affiliate
	Offer       string // its name
	Clicks      int    // of its last
	WithoutID   int    // of those, clicks without a param_1
}

// OpenAlert is an alert that has been raised and is not over. It is about one
// thing; the other ids are zero.
type OpenAlert struct {
	Kind       AlertKind
	PostbackID ids.Postback
	CampaignID ids.Campaign
	LinkID     int64 // a default link
}

// about is an alert's subject, whatever its kind.
func (a OpenAlert) about() OpenAlert {
	a.Kind = ""
	return a
}

// Change is what to do about alerts: raise one, or end one.
type Change struct {
	OpenAlert

	AffiliateID ids.Affiliate
	Raise       bool   // otherwise it is over
	Message     string // for the affiliate, of one that is raised
}

// From when on something is worth an alert, and when it is over.
const (
	leastFailing = 3    // deliveries that did not arrive
	failingShare = 0.5  // of the last ones, from which it is failing
	wellShare    = 0.1  // below which it is well again
	leastClicks  = 10   // from which a campaign has traffic
	noParamShare = 0.5  // of clicks, from which a link is wrong
	fineShare    = 0.05 // below which it is right again
)

// Watch decides which alerts to raise and which are over. It gives nothing where
// nothing has changed.
func Watch(postbacks []PostbackVitals, campaigns []CampaignVitals, links []LinkVitals, open []OpenAlert) []Change {
	w := watch{open: map[OpenAlert]bool{}, watched: map[OpenAlert]bool{}}
	for _, a := range open {
		w.open[a] = true
	}
	for _, p := range postbacks {
		w.postback(p)
	}
	for _, c := range campaigns {
		w.campaign(c)
	}
	for _, l := range links {
		w.link(l)
	}
	w.forget(open)
	return w.changes
}

type watch struct {
	open    map[OpenAlert]bool
	watched map[OpenAlert]bool // what is watched, without a kind
	changes []Change
}

// set raises an alert that is not there, and ends one that is.
func (w *watch) set(a OpenAlert, affiliateID ids.Affiliate, begins, ends bool, message string) {
	switch {
	case begins && !w.open[a]:
		w.changes = append(w.changes, Change{OpenAlert: a, AffiliateID: affiliateID, Raise: true, Message: message})
		w.open[a] = true
	case ends && w.open[a]:
		w.changes = append(w.changes, Change{OpenAlert: a, AffiliateID: affiliateID})
		delete(w.open, a)
	}
}

func (w *watch) postback(p PostbackVitals) {
	w.watched[OpenAlert{PostbackID: p.ID}] = true
	of := func(k AlertKind) OpenAlert { return OpenAlert{Kind: k, PostbackID: p.ID} }
	wasIll := w.open[of(AlertFailing)] || w.open[of(AlertHeld)]
	reason := p.LastReason
	if reason != "" {
		reason = " " + reason
	}
	share := part(p.Failing, p.Delivered+p.Failing)
	well := p.Delivered > 0 && share < wellShare
	w.set(of(AlertGone), p.AffiliateID, p.Held, !p.Held, "The tracker says that this address is gone, so the postback is on hold: put the new address in and resume it.")
	w.set(of(AlertHeld), p.AffiliateID, p.Waiting > 0, p.Waiting == 0, fmt.Sprintf("%s until the tracker answers again; nothing is lost.%s", wait(p.Waiting), reason))
	w.set(of(AlertFailing), p.AffiliateID, p.Failing >= leastFailing && share >= failingShare, well,
		fmt.Sprintf("%d of the last %d deliveries did not arrive.%s", p.Failing, p.Delivered+p.Failing, reason))
	isIll := w.open[of(AlertFailing)] || w.open[of(AlertHeld)]
	if wasIll && !isIll && p.Delivered > 0 { // news, not a state: it is over as soon as it is told
		w.changes = append(w.changes, Change{OpenAlert: of(AlertRecovered), AffiliateID: p.AffiliateID, Raise: true, Message: "It delivers again."})
	}
}

// forget ends the alerts of what is watched no more: a postback that is switched
// off or deleted, a campaign or an offer that is paused.
func (w *watch) forget(open []OpenAlert) {
	for _, a := range open {
		if w.open[a] && !w.watched[a.about()] {
			w.changes = append(w.changes, Change{OpenAlert: a})
		}
	}
}

func wait(n int) string {
	if n == 1 {
		return "1 delivery waits"
	}
	return fmt.Sprintf("%d deliveries wait", n)
}

func (w *watch) campaign(c CampaignVitals) {
	w.watched[OpenAlert{CampaignID: c.ID}] = true
	of := func(k AlertKind) OpenAlert { return OpenAlert{Kind: k, CampaignID: c.ID} }
	traffic := c.Clicks >= leastClicks
	w.set(of(AlertUncovered), c.AffiliateID, traffic && !c.Covered, c.Covered,
		fmt.Sprintf("%s has traffic, but no postback fires for it: your tracker would not hear of its conversions.", c.Name))
	w.params(of(AlertNoParam), c.AffiliateID, c.Clicks, c.WithoutID, c.Name)
}

// link watches a default link. That no postback fires for it is said of the
// affiliate's campaigns alone: one for the offer covers both.
func (w *watch) link(l LinkVitals) {
	of := OpenAlert{LinkID: l.ID}
	w.watched[of] = true
	of.Kind = AlertNoParam
	w.params(of, l.AffiliateID, l.Clicks, l.WithoutID, "your default link of "+l.Offer)
}

// params watches whether clicks carry the tracker's click id.
func (w *watch) params(of OpenAlert, affiliateID ids.Affiliate, clicks, without int, name string) {
	share := part(without, clicks)
	w.set(of, affiliateID, clicks >= leastClicks && share >= noParamShare, clicks > 0 && share < fineShare,
		fmt.Sprintf("%d of the last %d clicks of %s came without param_1: your tracker's click id is missing from the link.", without, clicks, name))
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
