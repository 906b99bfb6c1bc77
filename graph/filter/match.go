package filter

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/outbox"
)

// Matches reports whether Predicates would find a delivery.
func (f *Delivery) Matches(d *db.Delivery) bool {
	return f.fixed(d) && (f == nil || f.inState(d) && f.hasCode(d) && f.isSuperseded(d) && f.hasWarning(d))
}

// MayHaveMatched reports whether a delivery matches, or may have matched before it changed: whoever
// shows a list has to hear of it then, so that the row can leave. It is false for most that never
// did, so that who watches failures does not hear of everything that is delivered.
func (f *Delivery) MayHaveMatched(d *db.Delivery) bool {
	return f.fixed(d) && (f == nil ||
		// A delivery that has ended stays as it ended.
		(f.inState(d) || slices.ContainsFunc(f.States, func(s outbox.State) bool { return !s.Final() })) &&
			// An attempt that was not sent gives its number back, and takes the code of the one before away.
			(f.hasCode(d) || d.Attempt > 1 || d.Attempt == 1 && d.StatusCode == nil) &&
			// Before it was sent it had no warning.
			(f.hasWarning(d) || !*f.Warning || d.Attempt > 1) &&
			// Only what failed or was cancelled is superseded, and may be so no more.
			(f.isSuperseded(d) || replaceable(d)))
}

// fixed reports whether a delivery matches in what never changes about it.
func (f *Delivery) fixed(d *db.Delivery) bool {
	if f == nil {
		return !d.Test
	}
	return (len(f.Goals) == 0 || slices.Contains(f.Goals, d.Goal)) &&
		(f.CampaignIDs == nil || d.CampaignID != nil && slices.Contains(keys(kindCampaign, f.CampaignIDs), *d.CampaignID)) &&
		(f.PostbackIDs == nil || d.PostbackID != nil && slices.Contains(keys(kindPostback, f.PostbackIDs), *d.PostbackID)) &&
		(f.TrackerIDs == nil || d.PostbackID != nil && slices.Contains(f.ofTrackers, *d.PostbackID)) &&
		(f.AffiliateIDs == nil || slices.Contains(keys(kindAffiliate, f.AffiliateIDs), d.AffiliateID)) &&
		(f.From == nil || !before(d.ID, *f.From)) && (f.To == nil || before(d.ID, *f.To)) &&
		d.Test == (f.Test != nil && *f.Test) &&
		f.found(d)
}

func (f *Delivery) inState(d *db.Delivery) bool {
	return len(f.States) == 0 || slices.Contains(f.States, d.State)
}

func (f *Delivery) hasCode(d *db.Delivery) bool {
	return (f.StatusCodeFrom == nil || d.StatusCode != nil && *d.StatusCode >= *f.StatusCodeFrom) &&
		(f.StatusCodeTo == nil || d.StatusCode != nil && *d.StatusCode <= *f.StatusCodeTo)
}

func (f *Delivery) isSuperseded(d *db.Delivery) bool {
	return f.Superseded == nil || *f.Superseded == (d.SupersededBy != nil && replaceable(d))
}

// replaceable reports whether a replay may stand for a delivery.
func replaceable(d *db.Delivery) bool { return d.State == outbox.Failed || d.State == outbox.Cancelled }

func (f *Delivery) hasWarning(d *db.Delivery) bool {
	return f.Warning == nil || *f.Warning == (d.Warning != nil)
}

// found reports whether a delivery matches the filter's free text.
func (f *Delivery) found(d *db.Delivery) bool {
	text := searched(f.Search)
	if text == "" || d.TransactionID != nil && *d.TransactionID == text || d.ClickID != nil && slices.Contains(f.params.clicks, *d.ClickID) {
		return true
	}
	if id, ok := factKey(text); ok {
		return d.ID == id || d.ConversionID != nil && *d.ConversionID == id || d.ClickID != nil && *d.ClickID == id
	}
	return strings.Contains(strings.ToLower(d.Endpoint), strings.ToLower(text))
}

// before reports whether a fact was made before a time, as between does: by its key, to the
// millisecond.
func before(id uuid.UUID, at time.Time) bool {
	bound := floor(at)
	return bytes.Compare(id[:], bound[:]) < 0
}

// MayMatch reports whether a conversion may pass the filter now, or may have passed it before it
// changed, by what never changes about it once it is known. Predicates decide whether it does.
func (f *Conversion) MayMatch(c *db.Conversion) bool {
	return f == nil ||
		(len(f.Goals) == 0 || slices.Contains(f.Goals, c.Goal)) &&
			(f.CampaignIDs == nil || c.CampaignID != nil && slices.Contains(keys(kindCampaign, f.CampaignIDs), *c.CampaignID)) &&
			(f.AffiliateIDs == nil || c.AffiliateID != nil && slices.Contains(keys(kindAffiliate, f.AffiliateIDs), *c.AffiliateID)) &&
			(f.IntegrationIDs == nil || slices.Contains(keys(kindIntegration, f.IntegrationIDs), c.IntegrationID)) &&
			(f.From == nil || !before(c.ID, *f.From)) && (f.To == nil || before(c.ID, *f.To))
}
