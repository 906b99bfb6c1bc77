package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/internal/pg"
)

// decide records one step: it decides which postbacks fire for it, and queues their
// deliveries.
func decide(ctx context.Context, ch *changes, c *conversion, s step, now time.Time) error {
	among, err := candidatesOf(ctx, ch, c.AffiliateID)
	if err != nil {
		return err
	}
	return decideAmong(ch, among, c, s, now)
}

func decideAmong(ch *changes, among candidates, c *conversion, s step, now time.Time) error {
	rules := make([]firing.Postback, len(among.postbacks))
	for i, p := range among.postbacks {
		rules[i] = p.Postback
	}
	decisions := firing.Decide(firing.Event{
		AffiliateID: c.AffiliateID, OfferID: c.OfferID, CampaignID: c.CampaignID, Goal: c.Goal, Status: s.Status,
		CappedBy: c.CappedBy, Correction: s.Correction,
	}, rules, among.trackers)
	id, err := s.newID(now)
	if err != nil {
		return err
	}
	if err := ch.addEvent(id, c, s, decisions, now); err != nil {
		return err
	}
	ch.supersede(id, c, s, now)
	for i, d := range decisions {
		if !d.Fired {
			continue
		}
		if err := ch.addDelivery(id, c, s, among.postbacks[i], now); err != nil {
			return err
		}
	}
	return nil
}

// candidatesOf returns the postbacks that are considered for an affiliate's conversions.
func candidatesOf(ctx context.Context, ch *changes, affiliateID ids.Affiliate) (candidates, error) {
	if affiliateID == 0 {
		return candidates{}, nil
	}
	found, _, err := ch.catalog.postbacks.get(ctx, ch.tx, affiliateID)
	if err != nil {
		return candidates{}, err
	}
	resumed, err := anyResumed(ctx, ch.tx, found.postbacks)
	if err != nil || !resumed {
		return found, err
	}
	found, _, err = ch.catalog.postbacks.load(ctx, ch.tx, affiliateID)
	return found, err
}

// anyResumed reports whether a postback that is held in the catalog's cache is no longer held
// in the table. It reads under a lock: resuming a postback releases the deliveries that are
// held by then, and one that is held later would wait forever.
func anyResumed(ctx context.Context, tx *pg.Pipeline, postbacks []candidate) (bool, error) {
	var held []int64
	for _, c := range postbacks {
		if c.Held {
			held = append(held, int64(c.ID))
		}
	}
	if len(held) == 0 {
		return false, nil
	}
	var still int
	err := tx.QueryRowContext(ctx, `
		WITH locked AS (SELECT hold_reason FROM postbacks WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR SHARE)
		SELECT count(hold_reason) FROM locked`, pq.Array(held)).Scan(&still)
	if err != nil {
		return false, fmt.Errorf("looking at held postbacks again: %w", err)
	}
	return still < len(held), nil
}
