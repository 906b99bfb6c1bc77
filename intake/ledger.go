package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/dispatch"
	"postrider/firing"
	"postrider/internal/live"
	"postrider/internal/pg"
)

// ledger gathers what a transaction writes besides conversions themselves.
type ledger struct {
	tx      *pg.Pipeline
	enqueue Enqueuer

	events     []eventRow
	deliveries []deliveryRow
	received   []receivedRow
	announced  []uuid.UUID
	gathered   gathered
}

// eventRow is a row of conversion_events.
type eventRow struct {
	id         uuid.UUID
	affiliate  int64
	conversion uuid.UUID
	step       step
	amount     decimal.NullDecimal
	payout     decimal.NullDecimal
	macros     string
	considered string
	now        time.Time
}

// deliveryRow is a row of deliveries.
type deliveryRow struct {
	id         uuid.UUID
	event      uuid.UUID
	conversion conversion // as it was at that step
	step       step
	candidate  candidate
	now        time.Time
}

func (in *Intake) newLedger(tx *pg.Pipeline) *ledger { return &ledger{tx: tx, enqueue: in.Enqueuer} }

func (l *ledger) addEvent(id uuid.UUID, c *conversion, s step, decisions []firing.Decision, now time.Time) error {
	macros, err := json.Marshal(s.Macros)
	if err != nil {
		return fmt.Errorf("writing macros down: %w", err)
	}
	considered, err := json.Marshal(decisions)
	if err != nil {
		return fmt.Errorf("writing decisions down: %w", err)
	}
	l.events = append(l.events, eventRow{
		id: id, affiliate: c.AffiliateID, conversion: c.ID, step: s, amount: c.Amount, payout: c.Payout,
		macros: string(macros), considered: string(considered), now: now,
	})
	return nil
}

func (l *ledger) addDelivery(event uuid.UUID, c *conversion, s step, candidate candidate, now time.Time) error {
	if candidate.Gathers > 0 {
		l.gathered.join(event, c, s, candidate, now)
		return nil
	}
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	l.deliveries = append(l.deliveries, deliveryRow{id: id, event: event, conversion: *c, step: s, candidate: candidate, now: now})
	return nil
}

// write queues what was gathered, in the order in which rows refer to each other.
func (l *ledger) write(ctx context.Context) error {
	l.writeEvents()
	return l.writeDeliveries(ctx)
}

// close queues what is left, keeps the calls, and announces it all once: a
// commit that announces waits for every other that does.
func (l *ledger) close(ctx context.Context) error {
	if err := l.write(ctx); err != nil {
		return err
	}
	if err := l.gather(ctx); err != nil {
		return err
	}
	if len(l.received) > 0 {
		queueReceived(l.tx, l.received)
	}
	live.Queue(l.tx, live.Deliveries, l.announced...)
	return nil
}

const insertEventsSQL = `
INSERT INTO conversion_events (id, affiliate_id, conversion_id, previous_status, status, amount, payout, reason, actor, user_id,
                               macros, considered, occurred_at, received_at)
SELECT id, nullif(affiliate, 0), conversion, nullif(previous, ''), status, nullif(amount, '')::numeric, nullif(payout, '')::numeric,
       reason, actor, nullif(usr, 0), macros, considered, occurred, received
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::bigint[], $11::jsonb[], $12::jsonb[], $13::timestamptz[], $14::timestamptz[])
  AS u(id, affiliate, conversion, previous, status, amount, payout, reason, actor, usr, macros, considered, occurred, received)`

func (l *ledger) writeEvents() {
	if len(l.events) == 0 {
		return
	}
	var ids, conversions pg.UUIDs
	var previous, statuses, amounts, payouts, reasons, actors, macros, considered []string
	var occurred, received []time.Time
	var affiliates, users []int64
	for _, e := range l.events {
		ids, conversions = append(ids, e.id), append(conversions, e.conversion)
		previous, statuses = append(previous, string(e.step.Previous)), append(statuses, string(e.step.Status))
		amounts, payouts = append(amounts, decimalText(e.amount)), append(payouts, decimalText(e.payout))
		reasons, actors = append(reasons, e.step.Reason), append(actors, string(e.step.Actor))
		macros, considered = append(macros, e.macros), append(considered, e.considered)
		occurred, received = append(occurred, e.step.At.UTC()), append(received, e.now.UTC())
		affiliates, users = append(affiliates, e.affiliate), append(users, e.step.UserID)
	}
	l.tx.Queue(insertEventsSQL, ids, affiliates, conversions, previous, statuses, amounts, payouts, reasons, actors, users, macros, considered,
		occurred, received)
	l.events = nil
}

// insertDeliveriesSQL writes deliveries, an array a column; $15 is the reason of
// those that are on hold, $16 the priority, $19 the nil id.
const insertDeliveriesSQL = `
INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
  transaction_id, goal, status, state, reason, priority, endpoint, follows, queued_at, created_at, updated_at,
  attempt, claimed_at, first_attempt_at)
SELECT id, affiliate, postback, version, conversion, event, offer, nullif(campaign, 0), nullif(click, $19),
  nullif(transaction, ''), goal, status, state, CASE state WHEN 'held' THEN $15 END, $16, endpoint, follows,
  CASE state WHEN 'queued' THEN now() END, at, at, CASE WHEN claimed IS NULL THEN 0 ELSE 1 END, CASE WHEN claimed IS NOT NULL THEN now() END, claimed
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[], $9::uuid[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $17::timestamptz[], $18::bool[], $20::timestamptz[])
  AS u(id, affiliate, postback, version, conversion, event, offer, campaign, click, transaction, goal, status, state, endpoint, at, follows,
       claimed)`

func (l *ledger) writeDeliveries(ctx context.Context) error {
	if len(l.deliveries) == 0 {
		return nil
	}
	claimed, err := l.queue(ctx)
	if err != nil {
		return err
	}
	var ids, conversions, events, clicks pg.UUIDs
	var transactions, goals, statuses, states, endpoints []string
	var times []time.Time
	var claims []*time.Time
	var affiliates, postbacks, versions, offers, campaigns []int64
	var follows []bool
	for _, d := range l.deliveries {
		c, state := d.conversion, dispatch.Queued
		if d.candidate.Held {
			state = dispatch.Held
		}
		l.announced = append(l.announced, d.id)
		ids, conversions, events = append(ids, d.id), append(conversions, c.ID), append(events, d.event)
		transactions, goals, statuses = append(transactions, c.TransactionID), append(goals, c.Goal), append(statuses, string(d.step.Status))
		states, endpoints, times = append(states, string(state)), append(endpoints, d.candidate.Endpoint), append(times, d.now.UTC())
		clicks, claims = append(clicks, c.ClickID.UUID), append(claims, claimed[d.id])
		affiliates, postbacks, versions = append(affiliates, c.AffiliateID), append(postbacks, d.candidate.ID), append(versions, d.candidate.VersionID)
		offers, campaigns = append(offers, c.OfferID), append(campaigns, c.CampaignID)
		follows = append(follows, d.follows())
	}
	l.tx.Queue(insertDeliveriesSQL, ids, affiliates, postbacks, versions, conversions, events, offers, campaigns, clicks, transactions, goals,
		statuses, states, endpoints, string(dispatch.PostbackHeld), dispatch.PriorityLive, times, follows, uuid.Nil, claims)
	l.deliveries = nil
	return nil
}

// queue makes the jobs of what is not on hold, and tells which of it is claimed
// already, and when.
func (l *ledger) queue(ctx context.Context) (map[uuid.UUID]*time.Time, error) {
	fresh := make([]dispatch.Fresh, 0, len(l.deliveries))
	for _, d := range l.deliveries {
		if d.candidate.Held {
			continue
		}
		fresh = append(fresh, dispatch.Fresh{
			Due:         dispatch.Due{DeliveryID: d.id, Endpoint: d.candidate.Endpoint, Priority: dispatch.PriorityLive},
			AffiliateID: d.conversion.AffiliateID, PostbackID: d.candidate.ID, VersionID: d.candidate.VersionID, Goal: d.conversion.Goal,
			Macros: d.step.Macros, RecordedAt: d.now, Follows: d.follows(),
		})
	}
	claimedAt, err := l.enqueue.Enqueue(ctx, l.tx, fresh)
	if err != nil {
		return nil, fmt.Errorf("queuing %d deliveries: %w", len(fresh), err)
	}
	return claimedAt, nil
}

// follows tells whether one that tells of an earlier step may be on its way.
func (d deliveryRow) follows() bool { return d.step.Previous != "" }
