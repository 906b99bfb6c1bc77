package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/outbox"
)

// changes is what one transaction changes about conversions. Steps and deliveries are
// collected, and written with one statement per table, before steps are read. The players
// whose conversions took a step are collected too, and settled once, at the end.
type changes struct {
	tx      *pg.Pipeline
	catalog *catalog
	enqueue Enqueuer
	now     time.Time // when the transaction began

	events     []eventRow
	deliveries []delivery
	received   []receivedRow
	announced  []uuid.UUID // deliveries
	changed    []uuid.UUID // conversions
	windows    outbox.Windows
	undoing    bool                   // an attribution is undone: what followed from it is taken back at any time
	previewing bool                   // the transaction will be rolled back, and its steps looked at
	taken      []eventRow             // the steps, in a preview
	players    map[string]*conversion // the last conversion that took a step, by its player's lock
}

// step is one event of a conversion's lifecycle.
type step struct {
	Previous   commission.Status // empty for the first
	Status     commission.Status
	Correction bool // it changes the amount or the payout, but not the status
	Reason     string
	Actor      commission.Actor
	UserID     ids.User
	At         time.Time
	Macros     map[macro.Name]string
	After      uuid.UUID // the event before it; nil for the first
}

// newID returns the event's id. The ids of a conversion's events sort in the order in which
// the steps were taken: that is not the order in which their calls arrived, nor do the clocks
// of two nodes agree.
func (s *step) newID(now time.Time) (uuid.UUID, error) {
	if before := tracking.ClickID(s.After).Time(); s.After != uuid.Nil && !now.Truncate(time.Millisecond).After(before) {
		now = before.Add(time.Millisecond)
	}
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return id, fmt.Errorf("making an id: %w", err)
	}
	return id, nil
}

// eventRow is a row of conversion_events.
type eventRow struct {
	id         uuid.UUID
	affiliate  ids.Affiliate
	conversion uuid.UUID
	step       step
	amount     decimal.NullDecimal
	payout     decimal.NullDecimal
	macros     string
	considered string
	now        time.Time
}

// delivery is a delivery to record, with the values of its macros.
type delivery struct {
	outbox.Delivery

	macros map[macro.Name]string
}

// addEvent collects a step, and its player for settle. The player of a CPA is not collected:
// the CPA is what settle changes.
func (ch *changes) addEvent(id uuid.UUID, c *conversion, s step, decisions []firing.Decision, now time.Time) error {
	macros, err := json.Marshal(s.Macros)
	if err != nil {
		return fmt.Errorf("writing macros down: %w", err)
	}
	considered, err := json.Marshal(decisions)
	if err != nil {
		return fmt.Errorf("writing decisions down: %w", err)
	}
	row := eventRow{
		id: id, affiliate: c.AffiliateID, conversion: c.ID, step: s, amount: c.Amount, payout: c.Payout,
		macros: string(macros), considered: string(considered), now: now,
	}
	ch.events = append(ch.events, row)
	ch.changed = append(ch.changed, c.ID)
	if ch.previewing {
		ch.taken = append(ch.taken, row)
	}
	if c.AffiliateID != 0 && c.Goal != commission.GoalCPA {
		if ch.players == nil {
			ch.players = map[string]*conversion{}
		}
		ch.players[c.lock()] = c
	}
	return nil
}

// addDelivery adds a step of a conversion to a delivery of a postback: a new one, or the open
// window of a postback that aggregates.
func (ch *changes) addDelivery(event uuid.UUID, c *conversion, s step, p candidate, now time.Time) error {
	d := c.delivery(event, s, now)
	d.PostbackID, d.VersionID, d.Endpoint, d.Held = p.ID, p.VersionID, p.Endpoint, p.Held
	if p.Aggregates > 0 {
		ch.windows.Join(outbox.Joining{Delivery: d, Currency: c.Currency, PayoutCurrency: c.PayoutCurrency, Aggregates: p.Aggregates})
		return nil
	}
	var err error
	if d.ID, err = uuid.NewV7AtTime(now); err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	ch.deliveries = append(ch.deliveries, delivery{d, s.Macros})
	return nil
}

// delivery returns a delivery of a step of a conversion, of no postback yet.
func (c *conversion) delivery(event uuid.UUID, s step, now time.Time) outbox.Delivery {
	return outbox.Delivery{
		AffiliateID: c.AffiliateID, ConversionID: c.ID, EventID: event, OfferID: c.OfferID, CampaignID: c.CampaignID,
		ClickID: c.ClickID.UUID, Transaction: c.TransactionID, Goal: c.Goal, Status: string(s.Status), At: now,
		Follows: s.Previous != "", // a delivery of an earlier step may be in flight
	}
}

// supersede records a later step of a conversion for the windows that it may be in.
func (ch *changes) supersede(event uuid.UUID, c *conversion, s step, now time.Time) {
	if s.Previous != "" && c.ClickID.Valid {
		ch.windows.Supersede(outbox.Joining{Delivery: c.delivery(event, s, now), Currency: c.Currency, PayoutCurrency: c.PayoutCurrency})
	}
}

// lastStep is the last step of a conversion.
type lastStep struct {
	ID         uuid.UUID
	OccurredAt time.Time
	ReceivedAt time.Time
	Actor      commission.Actor
	Macros     map[macro.Name]string
}

// lastStep reads a conversion's last step; collected steps are written first.
func (ch *changes) lastStep(ctx context.Context, conversionID uuid.UUID) (last lastStep, err error) {
	if err := ch.write(ctx); err != nil {
		return last, err
	}
	var macros []byte
	err = ch.tx.QueryRowContext(ctx, `
		SELECT id, occurred_at, received_at, actor, macros FROM conversion_events WHERE conversion_id = $1 ORDER BY id DESC LIMIT 1`, conversionID).
		Scan(&last.ID, &last.OccurredAt, &last.ReceivedAt, &last.Actor, &macros)
	if err != nil {
		return last, fmt.Errorf("reading the last step of conversion %s: %w", conversionID, err)
	}
	if err := json.Unmarshal(macros, &last.Macros); err != nil {
		return last, fmt.Errorf("reading the macros of conversion %s: %w", conversionID, err)
	}
	return last, nil
}

// write queues the collected rows, in the order of their foreign keys.
func (ch *changes) write(ctx context.Context) error {
	if len(ch.events) > 0 {
		ch.tx.Queue(insertEventsSQL, eventColumns.Args(ch.events)...)
		ch.events = nil
	}
	return ch.writeDeliveries(ctx)
}

// close queues the remaining rows and the calls of the inbound log, and notifies once: commits
// with a NOTIFY wait for each other.
func (ch *changes) close(ctx context.Context) error {
	if err := ch.write(ctx); err != nil {
		return err
	}
	changed, err := ch.windows.Settle(ctx, ch.tx)
	if err != nil {
		return err
	}
	ch.announced = append(ch.announced, changed...)
	if len(ch.received) > 0 {
		queueReceived(ch.tx, ch.received)
	}
	outbox.Announce(ch.tx, ch.announced)
	slices.SortFunc(ch.changed, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	live.Queue(ch.tx, live.Conversions, slices.Compact(ch.changed)...)
	return nil
}

var eventColumns = pg.Columns[eventRow]{
	pg.UUID("id", func(e *eventRow) uuid.UUID { return e.id }),
	pg.Bigint("affiliate_id", func(e *eventRow) ids.Affiliate { return e.affiliate }).OrNull(),
	pg.UUID("conversion_id", func(e *eventRow) uuid.UUID { return e.conversion }),
	pg.Text("previous_status", func(e *eventRow) string { return string(e.step.Previous) }).OrNull(),
	pg.Text("status", func(e *eventRow) string { return string(e.step.Status) }),
	pg.Numeric("amount", func(e *eventRow) string { return decimalText(e.amount) }),
	pg.Numeric("payout", func(e *eventRow) string { return decimalText(e.payout) }),
	pg.Text("reason", func(e *eventRow) string { return e.step.Reason }),
	pg.Text("actor", func(e *eventRow) string { return string(e.step.Actor) }),
	pg.Bigint("user_id", func(e *eventRow) ids.User { return e.step.UserID }).OrNull(),
	pg.JSON("macros", func(e *eventRow) string { return e.macros }),
	pg.JSON("considered", func(e *eventRow) string { return e.considered }),
	pg.Time("occurred_at", func(e *eventRow) time.Time { return e.step.At }),
	pg.Time("received_at", func(e *eventRow) time.Time { return e.now }),
}

var insertEventsSQL = eventColumns.Insert("conversion_events")

func (ch *changes) writeDeliveries(ctx context.Context) error {
	if len(ch.deliveries) == 0 {
		return nil
	}
	claimed, err := ch.queue(ctx)
	if err != nil {
		return err
	}
	rows := make([]outbox.Delivery, len(ch.deliveries))
	for i, d := range ch.deliveries {
		rows[i] = d.Delivery
		rows[i].ClaimedAt = claimed[d.ID]
		ch.announced = append(ch.announced, d.ID)
	}
	outbox.Record(ch.tx, rows)
	ch.deliveries = nil
	return nil
}

// queue makes the jobs of the deliveries that are not held, and returns the claim times of
// those that are already claimed.
func (ch *changes) queue(ctx context.Context) (map[uuid.UUID]*time.Time, error) {
	fresh := make([]outbox.Fresh, 0, len(ch.deliveries))
	for _, d := range ch.deliveries {
		if d.Held {
			continue
		}
		fresh = append(fresh, outbox.Fresh{
			Ready:       outbox.Ready{DeliveryID: d.ID, Endpoint: d.Endpoint, Priority: outbox.PriorityLive},
			AffiliateID: d.AffiliateID, PostbackID: d.PostbackID, VersionID: d.VersionID, Goal: d.Goal,
			Macros: d.macros, RecordedAt: d.At, Follows: d.Follows,
		})
	}
	claimedAt, err := ch.enqueue.Enqueue(ctx, ch.tx, fresh)
	if err != nil {
		return nil, fmt.Errorf("queuing %d deliveries: %w", len(fresh), err)
	}
	return claimedAt, nil
}
