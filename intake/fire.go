package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/pg"
)

// step is one event of a conversion's lifecycle.
type step struct {
	Previous commission.Status // empty for the first
	Status   commission.Status
	Reason   string
	Actor    commission.Actor
	UserID   int64
	At       time.Time
	Macros   map[macro.Name]string
	After    uuid.UUID // the event before it; nil for the first
}

// newID makes the id of the event. A conversion's events sort by their ids, in
// the order in which they were taken: that is not the order in which their calls
// came, nor do the clocks of two nodes agree.
func (s step) newID(now time.Time) (uuid.UUID, error) {
	if before := tracking.ClickID(s.After).Time(); s.After != uuid.Nil && !now.Truncate(time.Millisecond).After(before) {
		now = before.Add(time.Millisecond)
	}
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return id, fmt.Errorf("making an id: %w", err)
	}
	return id, nil
}

// take takes one step down, decides which postbacks fire for it, and queues
// their deliveries, all in the ledger's transaction.
func (in *Intake) take(ctx context.Context, l *ledger, c *conversion, s step, now time.Time) error {
	candidates, err := in.candidates(ctx, l.tx, c.AffiliateID)
	if err != nil {
		return err
	}
	decisions := firing.Decide(firing.Event{
		AffiliateID: c.AffiliateID, OfferID: c.OfferID, CampaignID: c.CampaignID, Goal: c.Goal, Status: s.Status,
		CappedBy: c.CappedBy, Unchanged: s.Previous == s.Status,
	}, rules(candidates))
	eventID, err := s.newID(now)
	if err != nil {
		return err
	}
	if err := l.addEvent(eventID, c, s, decisions, now); err != nil {
		return err
	}
	l.supersede(eventID, c, s, now)
	for i, decision := range decisions {
		if !decision.Fired {
			continue
		}
		if err := l.addDelivery(eventID, c, s, candidates[i], now); err != nil {
			return err
		}
	}
	return in.qualify(ctx, l, c, now)
}

func (in *Intake) candidates(ctx context.Context, tx *pg.Pipeline, affiliateID int64) ([]candidate, error) {
	if affiliateID == 0 {
		return nil, nil
	}
	found, _, err := in.catalog.postbacks.get(ctx, tx, affiliateID)
	if err != nil {
		return nil, err
	}
	resumed, err := anyResumed(ctx, tx, found)
	if err != nil || !resumed {
		return found, err
	}
	found, _, err = in.catalog.postbacks.load(ctx, tx, affiliateID)
	return found, err
}

// anyResumed tells whether a postback that the catalog has on hold is so no more.
// It looks under a lock: whoever resumes one lets go what was held before, and
// what is held after that would wait for ever.
func anyResumed(ctx context.Context, tx *pg.Pipeline, candidates []candidate) (bool, error) {
	var held []int64
	for _, c := range candidates {
		if c.Held {
			held = append(held, c.ID)
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

func rules(candidates []candidate) []firing.Postback {
	list := make([]firing.Postback, len(candidates))
	for i, c := range candidates {
		list[i] = c.Postback
	}
	return list
}
