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
	if f == nil {
		return !d.Test
	}
	return (len(f.States) == 0 || slices.Contains(f.States, d.State)) &&
		(len(f.Goals) == 0 || slices.Contains(f.Goals, d.Goal)) &&
		(f.CampaignIDs == nil || d.CampaignID != nil && slices.Contains(keys(kindCampaign, f.CampaignIDs), *d.CampaignID)) &&
		(f.PostbackIDs == nil || d.PostbackID != nil && slices.Contains(keys(kindPostback, f.PostbackIDs), *d.PostbackID)) &&
		(f.AffiliateIDs == nil || slices.Contains(keys(kindAffiliate, f.AffiliateIDs), d.AffiliateID)) &&
		(f.StatusCodeFrom == nil || d.StatusCode != nil && *d.StatusCode >= *f.StatusCodeFrom) &&
		(f.StatusCodeTo == nil || d.StatusCode != nil && *d.StatusCode <= *f.StatusCodeTo) &&
		(f.From == nil || !before(d.ID, *f.From)) && (f.To == nil || before(d.ID, *f.To)) &&
		(f.Superseded == nil || *f.Superseded == (d.SupersededBy != nil && (d.State == outbox.Failed || d.State == outbox.Cancelled))) &&
		d.Test == (f.Test != nil && *f.Test) &&
		(f.Warning == nil || *f.Warning == (d.Warning != nil)) &&
		f.found(d)
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
