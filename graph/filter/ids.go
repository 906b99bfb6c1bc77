package filter

import (
	"github.com/gofrs/uuid/v5"

	"postrider/domain/tracking"
	"postrider/internal/globalid"
)

// The kinds of ids in filters.
const (
	kindAffiliate   = "Affiliate"
	kindOffer       = "Offer"
	kindCampaign    = "Campaign"
	kindPostback    = "Postback"
	kindTracker     = "Tracker"
	kindIntegration = "Integration"
	kindUser        = "User"
)

// keys converts global ids of one kind into keys. An id of another kind, which a filter's check
// refuses, becomes a key that no row has.
func keys(kind string, ids []string) []int64 {
	found := make([]int64, len(ids))
	for i, id := range ids {
		found[i], _ = globalid.IntOf(kind, id)
	}
	return found
}

// factKey parses what people paste into a search: the 32 hex digits of a fact.
func factKey(text string) (uuid.UUID, bool) {
	id, err := tracking.ParseClickID(text)
	return uuid.UUID(id), err == nil
}
