package intake

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"
)

// clickFacts is a click with the names that macros want.
type clickFacts struct {
	ID           uuid.UUID
	Operator     string // of its offer: a source reports its own operator's alone
	AffiliateID  int64
	OfferID      int64
	OfferName    string
	CampaignID   int64 // zero for a default link
	CampaignName string
	Params       [3]string
	Country      string
	LandingPage  string // its key
	UserAgent    string
	Referrer     string
}

// loadClicks reads clicks by their ids, those that there are. They are asked for
// together, since planning over the months costs more than reading.
func loadClicks(ctx context.Context, tx *sql.Tx, ids map[uuid.UUID]bool, lock string) (map[uuid.UUID]*clickFacts, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	wanted := make([]string, 0, len(ids))
	for id := range ids {
		wanted = append(wanted, id.String())
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT c.id, o.operator, c.affiliate_id, c.offer_id, o.name, coalesce(c.campaign_id, 0), coalesce(k.name, ''),
		       c.param_1, c.param_2, c.param_3, c.country, coalesce(l.key, ''), c.user_agent, c.referrer
		FROM clicks c
		JOIN offers o ON o.id = c.offer_id
		LEFT JOIN campaigns k ON k.id = c.campaign_id
		LEFT JOIN landing_pages l ON l.id = c.landing_page_id
		WHERE c.id = ANY($1::uuid[]) ORDER BY c.id `+lock, pq.Array(wanted))
	if err != nil {
		return nil, fmt.Errorf("reading %d clicks: %w", len(ids), err)
	}
	defer func() { _ = rows.Close() }()
	found := make(map[uuid.UUID]*clickFacts, len(ids))
	for rows.Next() {
		var c clickFacts
		if err := rows.Scan(&c.ID, &c.Operator, &c.AffiliateID, &c.OfferID, &c.OfferName, &c.CampaignID, &c.CampaignName,
			&c.Params[0], &c.Params[1], &c.Params[2], &c.Country, &c.LandingPage, &c.UserAgent, &c.Referrer); err != nil {
			return nil, fmt.Errorf("reading clicks: %w", err)
		}
		found[c.ID] = &c
	}
	return found, rows.Err()
}
