package intake

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/ids"
	"postrider/internal/pg"
)

// clickFacts is a click with the values that macros need.
type clickFacts struct {
	ID           uuid.UUID
	Operator     string // of its offer: an integration reports only its own operator's
	AffiliateID  ids.Affiliate
	OfferID      ids.Offer
	OfferName    string
	CampaignID   ids.Campaign // zero for a default link
	CampaignName string
	Params       [3]string
	Country      string
	LandingPage  string // its key
	UserAgent    string
	Referrer     string
}

// lockClicks is the row lock of callers that decide on a click's conversions.
const lockClicks = "FOR NO KEY UPDATE OF c"

// loadClicks loads clicks by their ids; ids without a click are left out.
func loadClicks(ctx context.Context, tx *pg.Pipeline, ids map[uuid.UUID]bool, lock string) (map[uuid.UUID]*clickFacts, error) {
	found := queueClicks(tx, ids, lock)
	if len(ids) == 0 {
		return found, nil
	}
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("reading %d clicks: %w", len(ids), err)
	}
	return found, nil
}

// queueClicks returns a map that is filled with clicks when the pipeline is sent. They are
// read by one statement, since planning over the monthly partitions costs more than reading.
func queueClicks(tx *pg.Pipeline, ids map[uuid.UUID]bool, lock string) map[uuid.UUID]*clickFacts {
	found := make(map[uuid.UUID]*clickFacts, len(ids))
	if len(ids) == 0 {
		return found
	}
	tx.QueueRows(func(rows pgx.Rows) error {
		var c clickFacts
		_, err := pgx.ForEachRow(rows, []any{
			&c.ID, &c.Operator, &c.AffiliateID, &c.OfferID, &c.OfferName, &c.CampaignID, &c.CampaignName,
			&c.Params[0], &c.Params[1], &c.Params[2], &c.Country, &c.LandingPage, &c.UserAgent, &c.Referrer,
		}, func() error {
			one := c
			found[c.ID] = &one
			return nil
		})
		return err
	}, `
		SELECT c.id, o.operator, c.affiliate_id, c.offer_id, o.name, coalesce(k.id, 0), coalesce(k.name, ''),
		       c.param_1, c.param_2, c.param_3, c.country, coalesce(l.key, ''), c.user_agent, c.referrer
		FROM unnest($1::uuid[]) AS u(id) JOIN clicks c ON c.id = u.id
		JOIN offers o ON o.id = c.offer_id
		LEFT JOIN campaigns k ON k.id = c.campaign_id
		LEFT JOIN landing_pages l ON l.id = c.landing_page_id
		ORDER BY c.id `+lock, pg.UUIDs(slices.Collect(maps.Keys(ids))))
	return found
}
