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
	claimedAt  *time.Time // where it goes out with the commit
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

var eventColumns = pg.Columns[eventRow]{
	pg.UUID("id", func(e *eventRow) uuid.UUID { return e.id }),
	pg.Bigint("affiliate_id", func(e *eventRow) int64 { return e.affiliate }).OrNull(),
	pg.UUID("conversion_id", func(e *eventRow) uuid.UUID { return e.conversion }),
	pg.Text("previous_status", func(e *eventRow) string { return string(e.step.Previous) }).OrNull(),
	pg.Text("status", func(e *eventRow) string { return string(e.step.Status) }),
	pg.Numeric("amount", func(e *eventRow) string { return decimalText(e.amount) }),
	pg.Numeric("payout", func(e *eventRow) string { return decimalText(e.payout) }),
	pg.Text("reason", func(e *eventRow) string { return e.step.Reason }),
	pg.Text("actor", func(e *eventRow) string { return string(e.step.Actor) }),
	pg.Bigint("user_id", func(e *eventRow) int64 { return e.step.UserID }).OrNull(),
	pg.JSON("macros", func(e *eventRow) string { return e.macros }),
	pg.JSON("considered", func(e *eventRow) string { return e.considered }),
	pg.Time("occurred_at", func(e *eventRow) time.Time { return e.step.At }),
	pg.Time("received_at", func(e *eventRow) time.Time { return e.now }),
}

var insertEventsSQL = eventColumns.Insert("conversion_events")

func (l *ledger) writeEvents() {
	if len(l.events) > 0 {
		l.tx.Queue(insertEventsSQL, eventColumns.Args(l.events)...)
		l.events = nil
	}
}

// deliveryColumns are those of a delivery that is new: held with its postback, claimed
// already, or in a job. $$1 is the reason of what is held, $$2 the priority.
var deliveryColumns = pg.Columns[deliveryRow]{
	pg.UUID("id", func(d *deliveryRow) uuid.UUID { return d.id }),
	pg.Bigint("affiliate_id", func(d *deliveryRow) int64 { return d.conversion.AffiliateID }),
	pg.Bigint("postback_id", func(d *deliveryRow) int64 { return d.candidate.ID }),
	pg.Bigint("version_id", func(d *deliveryRow) int64 { return d.candidate.VersionID }),
	pg.UUID("conversion_id", func(d *deliveryRow) uuid.UUID { return d.conversion.ID }),
	pg.UUID("event_id", func(d *deliveryRow) uuid.UUID { return d.event }),
	pg.Bigint("offer_id", func(d *deliveryRow) int64 { return d.conversion.OfferID }),
	pg.Bigint("campaign_id", func(d *deliveryRow) int64 { return d.conversion.CampaignID }).OrNull(),
	pg.UUID("click_id", func(d *deliveryRow) uuid.UUID { return d.conversion.ClickID.UUID }).OrNull(),
	pg.Text("transaction_id", func(d *deliveryRow) string { return d.conversion.TransactionID }).OrNull(),
	pg.Text("goal", func(d *deliveryRow) string { return d.conversion.Goal }),
	pg.Text("status", func(d *deliveryRow) string { return string(d.step.Status) }),
	pg.Text("state", func(d *deliveryRow) string { return string(d.state()) }),
	pg.Always[deliveryRow]("reason", "CASE state WHEN 'held' THEN $$1 END"),
	pg.Always[deliveryRow]("priority", "$$2"),
	pg.Text("endpoint", func(d *deliveryRow) string { return d.candidate.Endpoint }),
	pg.Bool("follows", (*deliveryRow).follows),
	pg.Always[deliveryRow]("queued_at", "CASE state WHEN 'queued' THEN now() END"),
	pg.Time("created_at", func(d *deliveryRow) time.Time { return d.now }),
	pg.Always[deliveryRow]("updated_at", "created_at"),
	pg.TimeOrNull("first_attempt_at", func(d *deliveryRow) *time.Time { return d.claimedAt }),
	pg.Always[deliveryRow]("attempt", "CASE WHEN first_attempt_at IS NULL THEN 0 ELSE 1 END"),
	pg.Always[deliveryRow]("claimed_at", "CASE WHEN first_attempt_at IS NOT NULL THEN now() END"),
}

var insertDeliveriesSQL = deliveryColumns.Insert("deliveries")

func (l *ledger) writeDeliveries(ctx context.Context) error {
	if len(l.deliveries) == 0 {
		return nil
	}
	claimed, err := l.queue(ctx)
	if err != nil {
		return err
	}
	for i := range l.deliveries {
		d := &l.deliveries[i]
		d.claimedAt = claimed[d.id]
		l.announced = append(l.announced, d.id)
	}
	l.tx.Queue(insertDeliveriesSQL, deliveryColumns.Args(l.deliveries, string(dispatch.PostbackHeld), dispatch.PriorityLive)...)
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
func (d *deliveryRow) follows() bool { return d.step.Previous != "" }

// state is where it begins: with its postback, or queued.
func (d *deliveryRow) state() dispatch.State {
	if d.candidate.Held {
		return dispatch.Held
	}
	return dispatch.Queued
}
