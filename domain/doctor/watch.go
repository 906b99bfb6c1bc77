package doctor

import (
	"fmt"

	"postrider/internal/ids"
)

// PostbackVitals are a postback's recent deliveries.
type PostbackVitals struct {
	ID          ids.Postback
	AffiliateID ids.Affiliate
	Delivered   int    // of its last deliveries
	Failing     int    // of its last deliveries, those that failed or are being tried again
	Waiting     int    // held because the endpoint keeps failing
	Held        bool   // the tracker returned 410 Gone
	LastReason  string // a sentence; empty for none
}

// CampaignVitals are an active campaign's recent clicks.
type CampaignVitals struct {
	ID          ids.Campaign
	AffiliateID ids.Affiliate
	Name        string
	Clicks      int  // of its last
	WithoutID   int  // of those, clicks without a param_1
	Covered     bool // some enabled postback fires for it
}

// LinkVitals are the recent clicks of an affiliate's default link for an active offer.
type LinkVitals struct {
	ID          int64
	AffiliateID ids.Affiliate
	Offer       string // its name
	Clicks      int    // of its last
	WithoutID   int    // of those, clicks without a param_1
}

// OpenAlert is an alert that was raised and is not resolved. It is about one object; the
// other ids are zero.
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

// Change raises or resolves an alert.
type Change struct {
	OpenAlert

	AffiliateID ids.Affiliate
	Raise       bool   // otherwise it is resolved
	Message     string // of one that is raised
}

// Thresholds at which alerts are raised and resolved.
const (
	leastFailing = 3    // failed deliveries, at least
	failingShare = 0.5  // of the last deliveries, from which a postback is failing
	wellShare    = 0.1  // below which it is not
	leastClicks  = 10   // at which a campaign has traffic
	noParamShare = 0.5  // of clicks without param_1, from which the link is wrong
	fineShare    = 0.05 // below which it is not
)

// Watch decides which alerts to raise and which are resolved.
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

// set raises an alert that is not open, and resolves one that is.
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
	w.set(of(AlertGone), p.AffiliateID, p.Held, !p.Held, "The tracker returned 410 Gone, so postbacks wait: enter the tracker's new URL and save the postback.")
	w.set(of(AlertHeld), p.AffiliateID, p.Waiting > 0, p.Waiting == 0, fmt.Sprintf("Tracker unavailable: %s until it responds again; none are lost.%s", wait(p.Waiting), reason))
	w.set(of(AlertFailing), p.AffiliateID, p.Failing >= leastFailing && share >= failingShare, well,
		fmt.Sprintf("%d of the last %d deliveries failed.%s", p.Failing, p.Delivered+p.Failing, reason))
	isIll := w.open[of(AlertFailing)] || w.open[of(AlertHeld)]
	if wasIll && !isIll && p.Delivered > 0 { // an event, not a state: it is resolved as it is raised
		w.changes = append(w.changes, Change{OpenAlert: of(AlertRecovered), AffiliateID: p.AffiliateID, Raise: true, Message: "Postbacks are delivered again."})
	}
}

// forget resolves the alerts of what is no longer watched: a postback that was disabled or
// deleted, a campaign or an offer that was paused.
func (w *watch) forget(open []OpenAlert) {
	for _, a := range open {
		if w.open[a] && !w.watched[a.about()] {
			w.changes = append(w.changes, Change{OpenAlert: a})
		}
	}
}

func wait(n int) string {
	if n == 1 {
		return "1 postback waits"
	}
	return fmt.Sprintf("%d postbacks wait", n)
}

func (w *watch) campaign(c CampaignVitals) {
	w.watched[OpenAlert{CampaignID: c.ID}] = true
	of := func(k AlertKind) OpenAlert { return OpenAlert{Kind: k, CampaignID: c.ID} }
	traffic := c.Clicks >= leastClicks
	w.set(of(AlertUncovered), c.AffiliateID, traffic && !c.Covered, c.Covered,
		fmt.Sprintf("%s has traffic, but no postback: its conversions are not sent to your tracker.", c.Name))
	w.params(of(AlertNoParam), c.AffiliateID, c.Clicks, c.WithoutID, c.Name)
}

// link watches a default link. AlertUncovered is raised for campaigns only: a postback for
// the offer covers both.
func (w *watch) link(l LinkVitals) {
	of := OpenAlert{LinkID: l.ID}
	w.watched[of] = true
	of.Kind = AlertNoParam
	w.params(of, l.AffiliateID, l.Clicks, l.WithoutID, "your default link for "+l.Offer)
}

// params watches whether clicks carry the tracker's click id.
func (w *watch) params(of OpenAlert, affiliateID ids.Affiliate, clicks, without int, name string) {
	share := part(without, clicks)
	w.set(of, affiliateID, clicks >= leastClicks && share >= noParamShare, clicks > 0 && share < fineShare,
		fmt.Sprintf("%d of the last %d clicks of %s have no param_1: your tracker's click id is missing from the link.", without, clicks, name))
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
