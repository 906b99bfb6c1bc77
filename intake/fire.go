package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/commission"
	"postrider/dispatch"
	"postrider/firing"
	"postrider/internal/live"
	"postrider/macro"
	"postrider/tracking"
)

// step is one event of a conversion's lifecycle.
type step struct {
	Previous commission.Status // empty for the first
	Status   commission.Status
	Reason   string
	Actor    Actor
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

// reasonHeld is why a delivery of a held postback waits.
const reasonHeld = dispatch.PostbackHeld

// take writes one step down, decides which postbacks fire for it, and queues
// their deliveries, all in the caller's transaction.
func (in *Intake) take(ctx context.Context, tx *sql.Tx, c *conversion, s step, now time.Time) error {
	candidates, err := in.candidates(ctx, tx, c.AffiliateID)
	if err != nil {
		return err
	}
	decisions := firing.Decide(firing.Event{
		AffiliateID: c.AffiliateID, OfferID: c.OfferID, CampaignID: c.CampaignID, Goal: c.Goal, Status: s.Status,
	}, rules(candidates))
	eventID, err := insertEvent(ctx, tx, c, s, decisions, now)
	if err != nil {
		return err
	}
	batch, err := newDeliveries(candidates, decisions, now)
	if err != nil || len(batch.ids) == 0 {
		return err
	}
	if err := batch.insert(ctx, tx, c, s, eventID, now); err != nil {
		return err
	}
	if err := in.Enqueuer.Enqueue(ctx, tx, batch.queued); err != nil {
		return fmt.Errorf("queuing %d deliveries: %w", len(batch.queued), err)
	}
	return live.Notify(ctx, tx, live.Deliveries, batch.ids...)
}

func (in *Intake) candidates(ctx context.Context, tx *sql.Tx, affiliateID int64) ([]candidate, error) {
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
func anyResumed(ctx context.Context, tx *sql.Tx, candidates []candidate) (bool, error) {
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

func insertEvent(ctx context.Context, tx *sql.Tx, c *conversion, s step, decisions []firing.Decision, now time.Time) (uuid.UUID, error) {
	id, err := s.newID(now)
	if err != nil {
		return id, err
	}
	macros, err := json.Marshal(s.Macros)
	if err != nil {
		return id, fmt.Errorf("writing macros down: %w", err)
	}
	considered, err := json.Marshal(decisions)
	if err != nil {
		return id, fmt.Errorf("writing decisions down: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO conversion_events (id, affiliate_id, conversion_id, previous_status, status, amount, payout, reason, actor, user_id,
		                               macros, considered, occurred_at, received_at)
		VALUES ($1, nullif($2::bigint, 0), $3, nullif($4, ''), $5, $6, $7, $8, $9, nullif($10::bigint, 0), $11, $12, $13, $14)`,
		id, c.AffiliateID, c.ID, s.Previous, s.Status, c.Amount, c.Payout, s.Reason, s.Actor, s.UserID, macros, considered, s.At, now)
	if err != nil {
		return id, fmt.Errorf("writing the event: %w", err)
	}
	return id, nil
}

// deliveries is a batch of rows, a slice a column.
type deliveries struct {
	ids       []uuid.UUID
	postbacks []int64
	versions  []int64
	endpoints []string
	states    []string
	queued    []dispatch.Due
}

func newDeliveries(candidates []candidate, decisions []firing.Decision, now time.Time) (*deliveries, error) {
	d := &deliveries{}
	for i, decision := range decisions {
		if !decision.Fired {
			continue
		}
		id, err := uuid.NewV7AtTime(now)
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		state := dispatch.Queued
		if candidates[i].Held {
			state = dispatch.Held
		} else {
			d.queued = append(d.queued, dispatch.Due{DeliveryID: id, Endpoint: candidates[i].Endpoint, Priority: dispatch.PriorityLive})
		}
		d.ids = append(d.ids, id)
		d.postbacks = append(d.postbacks, candidates[i].ID)
		d.versions = append(d.versions, candidates[i].VersionID)
		d.endpoints = append(d.endpoints, candidates[i].Endpoint)
		d.states = append(d.states, string(state))
	}
	return d, nil
}

func (d *deliveries) insert(ctx context.Context, tx *sql.Tx, c *conversion, s step, eventID uuid.UUID, now time.Time) error {
	ids := make([]string, len(d.ids))
	for i, id := range d.ids {
		ids[i] = id.String()
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
		  transaction_id, goal, status, state, reason, priority, endpoint, queued_at, created_at, updated_at)
		SELECT u.id, $6::bigint, u.postback, u.version, $7::uuid, $8::uuid, $9::bigint, nullif($10::bigint, 0), $11::uuid,
		  nullif($12, ''), $13, $14, u.state, CASE u.state WHEN 'held' THEN $17 END, $15, u.endpoint,
		  CASE u.state WHEN 'queued' THEN $16::timestamptz END, $16::timestamptz, $16::timestamptz
		FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS u(id, postback, version, endpoint, state)`,
		pq.Array(ids), pq.Array(d.postbacks), pq.Array(d.versions), pq.Array(d.endpoints), pq.Array(d.states),
		c.AffiliateID, c.ID, eventID, c.OfferID, c.CampaignID, c.ClickID, c.TransactionID, c.Goal, s.Status, dispatch.PriorityLive, now, reasonHeld)
	if err != nil {
		return fmt.Errorf("writing %d deliveries: %w", len(d.ids), err)
	}
	return nil
}
