package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/outbox"
)

// ledger gathers what a transaction writes besides conversions themselves.
type ledger struct {
	tx      *pg.Pipeline
	enqueue Enqueuer

	events     []eventRow
	deliveries []delivery
	received   []receivedRow
	announced  []uuid.UUID
	windows    outbox.Windows
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

// delivery is one that is recorded, and what its macros say.
type delivery struct {
	outbox.Delivery

	macros map[macro.Name]string
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

// addDelivery lets a postback tell of a step of a conversion: with a delivery of its
// own, or in the window of a postback that gathers.
func (l *ledger) addDelivery(event uuid.UUID, c *conversion, s step, p candidate, now time.Time) error {
	d := outbox.Delivery{
		AffiliateID: c.AffiliateID, PostbackID: p.ID, VersionID: p.VersionID, ConversionID: c.ID, EventID: event,
		OfferID: c.OfferID, CampaignID: c.CampaignID, ClickID: c.ClickID.UUID, Transaction: c.TransactionID, Goal: c.Goal,
		Status: string(s.Status), Endpoint: p.Endpoint, At: now, Held: p.Held,
		Follows: s.Previous != "", // one that tells of an earlier step may be on its way
	}
	if p.Gathers > 0 {
		l.windows.Join(outbox.Joining{Delivery: d, Currency: c.Currency, PayoutCurrency: c.PayoutCurrency, Gathers: p.Gathers})
		return nil
	}
	var err error
	if d.ID, err = uuid.NewV7AtTime(now); err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	l.deliveries = append(l.deliveries, delivery{d, s.Macros})
	return nil
}

// supersede notes a later step of a conversion for the windows that it may be in.
func (l *ledger) supersede(event uuid.UUID, c *conversion, s step, now time.Time) {
	if s.Previous != "" && c.ClickID.Valid {
		l.windows.Supersede(c.ID, event, c.ClickID.UUID, string(s.Status), now)
	}
}

// write queues what was collected, in the order in which rows refer to each other.
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
	changed, err := l.windows.Settle(ctx, l.tx)
	if err != nil {
		return err
	}
	l.announced = append(l.announced, changed...)
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

func (l *ledger) writeDeliveries(ctx context.Context) error {
	if len(l.deliveries) == 0 {
		return nil
	}
	claimed, err := l.queue(ctx)
	if err != nil {
		return err
	}
	rows := make([]outbox.Delivery, len(l.deliveries))
	for i, d := range l.deliveries {
		rows[i] = d.Delivery
		rows[i].ClaimedAt = claimed[d.ID]
		l.announced = append(l.announced, d.ID)
	}
	outbox.Record(l.tx, rows)
	l.deliveries = nil
	return nil
}

// queue makes the jobs of what is not on hold, and tells which of it is claimed
// already, and when.
func (l *ledger) queue(ctx context.Context) (map[uuid.UUID]*time.Time, error) {
	fresh := make([]outbox.Fresh, 0, len(l.deliveries))
	for _, d := range l.deliveries {
		if d.Held {
			continue
		}
		fresh = append(fresh, outbox.Fresh{
			Ready:       outbox.Ready{DeliveryID: d.ID, Endpoint: d.Endpoint, Priority: outbox.PriorityLive},
			AffiliateID: d.AffiliateID, PostbackID: d.PostbackID, VersionID: d.VersionID, Goal: d.Goal,
			Macros: d.macros, RecordedAt: d.At, Follows: d.Follows,
		})
	}
	claimedAt, err := l.enqueue.Enqueue(ctx, l.tx, fresh)
	if err != nil {
		return nil, fmt.Errorf("queuing %d deliveries: %w", len(fresh), err)
	}
	return claimedAt, nil
}
