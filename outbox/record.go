package outbox

import (
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/macro"
	"postrider/internal/ids"
	"postrider/internal/pg"
)

// Delivery is a delivery to record.
type Delivery struct {
	ID           uuid.UUID
	AffiliateID  ids.Affiliate
	PostbackID   ids.Postback
	VersionID    int64
	ConversionID uuid.UUID
	EventID      uuid.UUID
	OfferID      ids.Offer
	CampaignID   ids.Campaign // zero for none
	ClickID      uuid.UUID    // nil for none
	Transaction  string
	Goal         string
	Status       string // of the conversion
	Endpoint     string
	At           time.Time
	Held         bool       // with its postback
	Follows      bool       // an earlier step of its conversion may be on its way
	ClaimedAt    *time.Time // where it is sent with the commit
}

func (d *Delivery) state() string {
	if d.Held {
		return string(Held)
	}
	return string(Queued)
}

// deliveryColumns: $$1 is the reason of what is held, $$2 the priority.
var deliveryColumns = pg.Columns[Delivery]{
	pg.UUID("id", func(d *Delivery) uuid.UUID { return d.ID }),
	pg.Bigint("affiliate_id", func(d *Delivery) ids.Affiliate { return d.AffiliateID }),
	pg.Bigint("postback_id", func(d *Delivery) ids.Postback { return d.PostbackID }),
	pg.Bigint("version_id", func(d *Delivery) int64 { return d.VersionID }),
	pg.UUID("conversion_id", func(d *Delivery) uuid.UUID { return d.ConversionID }),
	pg.UUID("event_id", func(d *Delivery) uuid.UUID { return d.EventID }),
	pg.Bigint("offer_id", func(d *Delivery) ids.Offer { return d.OfferID }),
	pg.Bigint("campaign_id", func(d *Delivery) ids.Campaign { return d.CampaignID }).OrNull(),
	pg.UUID("click_id", func(d *Delivery) uuid.UUID { return d.ClickID }).OrNull(),
	pg.Text("transaction_id", func(d *Delivery) string { return d.Transaction }).OrNull(),
	pg.Text("goal", func(d *Delivery) string { return d.Goal }),
	pg.Text("status", func(d *Delivery) string { return d.Status }),
	pg.Text("state", (*Delivery).state),
	pg.Always[Delivery]("reason", "CASE state WHEN 'held' THEN $$1 END"),
	pg.Always[Delivery]("priority", "$$2"),
	pg.Text("endpoint", func(d *Delivery) string { return d.Endpoint }),
	pg.Bool("follows", func(d *Delivery) bool { return d.Follows }),
	pg.Always[Delivery]("queued_at", "CASE state WHEN 'queued' THEN now() END"),
	pg.Time("created_at", func(d *Delivery) time.Time { return d.At }),
	pg.Always[Delivery]("updated_at", "created_at"),
	pg.TimeOrNull("first_attempt_at", func(d *Delivery) *time.Time { return d.ClaimedAt }),
	pg.Always[Delivery]("attempt", "CASE WHEN first_attempt_at IS NULL THEN 0 ELSE 1 END"),
	pg.Always[Delivery]("claimed_at", "CASE WHEN first_attempt_at IS NOT NULL THEN now() END"),
}

var recordSQL = `WITH recorded AS (` + deliveryColumns.Insert("deliveries AS d") + ` RETURNING ` + returned + `) ` + logSQL("recorded")

// Record queues new deliveries: held with their postback, claimed, or in a job that the
// caller makes. The caller announces them, once for all that it writes.
func Record(tx Tx, deliveries []Delivery) {
	if len(deliveries) > 0 {
		tx.Queue(recordSQL, deliveryColumns.Args(deliveries, string(PostbackHeld), PriorityLive)...)
	}
}

// Ended is a delivery that is recorded after it has ended: a test.
type Ended struct {
	ID          uuid.UUID
	AffiliateID ids.Affiliate
	PostbackID  ids.Postback // zero for a template without a postback, as the next three
	VersionID   int64
	OfferID     ids.Offer
	CampaignID  ids.Campaign
	Transaction string
	Goal        string
	Status      string
	Endpoint    string
	Exchange    dispatch.Exchange
	Outcome     dispatch.Outcome // Accepted, or GiveUp
	EmptyMacros []macro.Name     // what the URL had no value for
	Warning     Warning
	At          time.Time
}

// endedColumns: $$1 is the priority.
var endedColumns = pg.Columns[Ended]{
	pg.UUID("id", func(e *Ended) uuid.UUID { return e.ID }),
	pg.Bigint("affiliate_id", func(e *Ended) ids.Affiliate { return e.AffiliateID }),
	pg.Bigint("postback_id", func(e *Ended) ids.Postback { return e.PostbackID }).OrNull(),
	pg.Bigint("version_id", func(e *Ended) int64 { return e.VersionID }).OrNull(),
	pg.Bigint("offer_id", func(e *Ended) ids.Offer { return e.OfferID }).OrNull(),
	pg.Bigint("campaign_id", func(e *Ended) ids.Campaign { return e.CampaignID }).OrNull(),
	pg.Text("transaction_id", func(e *Ended) string { return e.Transaction }).OrNull(),
	pg.Text("goal", func(e *Ended) string { return e.Goal }),
	pg.Text("status", func(e *Ended) string { return e.Status }),
	pg.Text("state", func(e *Ended) string { return string(after(e.Outcome.Verdict)) }),
	pg.Always[Ended]("priority", "$$1"),
	pg.Text("endpoint", func(e *Ended) string { return e.Endpoint }),
	pg.Always[Ended]("attempt", "1"),
	pg.Time("first_attempt_at", func(e *Ended) time.Time { return e.Exchange.StartedAt }),
	pg.Text("url", func(e *Ended) string { return e.Exchange.URL }).OrNull(),
	pg.Int("status_code", func(e *Ended) int { return e.Exchange.StatusCode }).OrNull(),
	pg.Float("duration_ms", func(e *Ended) float64 { return milliseconds(e.Exchange.Duration) }),
	pg.Text("reason", func(e *Ended) string { return string(e.Outcome.Reason) }).OrNull(),
	pg.Text("detail", func(e *Ended) string { return e.Outcome.Detail }),
	pg.Text("warning", func(e *Ended) string { return string(e.Warning) }).OrNull(),
	pg.Always[Ended]("test", "true"),
	pg.Always[Ended]("created_at", "first_attempt_at"),
	pg.Time("updated_at", func(e *Ended) time.Time { return e.At }),
	pg.Always[Ended]("delivered_at", "CASE state WHEN 'delivered' THEN updated_at END"),
}

var recordEndedSQL = `WITH recorded AS (` + endedColumns.Insert("deliveries AS d") + ` RETURNING ` + returned + `) ` + logSQL("recorded")

// RecordEnded queues deliveries that have ended, with their only attempts, and
// announces them.
func RecordEnded(tx Tx, ended ...Ended) error {
	attempts := make([]Attempt, len(ended))
	ids := make([]uuid.UUID, len(ended))
	for i, e := range ended {
		id, err := newID(e.At)
		if err != nil {
			return err
		}
		ids[i] = e.ID
		attempts[i] = Attempt{
			ID: id, AffiliateID: e.AffiliateID, DeliveryID: e.ID, Number: 1, Exchange: e.Exchange,
			Reason: e.Outcome.AttemptReason, Detail: e.Outcome.AttemptDetail, EmptyMacros: e.EmptyMacros,
		}
	}
	tx.Queue(recordEndedSQL, endedColumns.Args(ended, PriorityLive)...)
	if err := recordAttempts(tx, attempts); err != nil {
		return err
	}
	Announce(tx, ids)
	return nil
}
