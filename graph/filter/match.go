package filter

import (
	"slices"
	"strings"

	"postrider/ent/db"
)

// Matches tells whether a delivery in hand is one that Predicates would find.
func (f *Delivery) Matches(d *db.Delivery) bool {
	if f == nil {
		return true
	}
	created := d.CreatedAt
	return (len(f.States) == 0 || slices.Contains(f.States, d.State)) &&
		(len(f.Goals) == 0 || slices.Contains(f.Goals, d.Goal)) &&
		(f.CampaignIDs == nil || d.CampaignID != nil && slices.Contains(keys(kindCampaign, f.CampaignIDs), *d.CampaignID)) &&
		(f.PostbackIDs == nil || slices.Contains(keys(kindPostback, f.PostbackIDs), d.PostbackID)) &&
		(f.AffiliateIDs == nil || slices.Contains(keys(kindAffiliate, f.AffiliateIDs), d.AffiliateID)) &&
		(f.StatusCodeFrom == nil || d.StatusCode != nil && *d.StatusCode >= *f.StatusCodeFrom) &&
		(f.StatusCodeTo == nil || d.StatusCode != nil && *d.StatusCode <= *f.StatusCodeTo) &&
		(f.From == nil || !created.Before(*f.From)) && (f.To == nil || created.Before(*f.To)) &&
		(f.Test == nil || d.Test == *f.Test) &&
		f.found(d)
}

// found is the free text of the filter.
func (f *Delivery) found(d *db.Delivery) bool {
	text := searched(f.Search)
	if text == "" || d.TransactionID != nil && *d.TransactionID == text {
		return true
	}
	if id, ok := factKey(text); ok {
		return d.ID == id || d.ConversionID == id || d.ClickID != nil && *d.ClickID == id
	}
	return strings.Contains(strings.ToLower(d.Endpoint), strings.ToLower(text))
}
