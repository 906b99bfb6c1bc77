package pgtest

import (
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/outbox"
)

// Conversion creates an approved registration of the scene's click, with the event that every
// conversion begins with.
func (s Scene) Conversion(t testing.TB, d *DB, options ...func(*db.ConversionCreate)) *db.Conversion {
	t.Helper()
	c := d.Client().Conversion.Create().SetID(ID(t)).SetAffiliateID(s.Affiliate).SetIntegrationID(s.Integration.ID).SetOfferID(s.Offer).
		SetCampaignID(s.Link.CampaignID).SetClickID(s.Click).SetGoal(commission.GoalRegistration).SetCurrency("EUR").
		SetStatus(commission.Approved).SetAttributedBy("click").SetOccurredAt(Now).SetReceivedAt(Now)
	made := saved(t, c, options)
	saved(t, d.Client().ConversionEvent.Create().SetID(ID(t)).SetNillableAffiliateID(made.AffiliateID).SetConversionID(made.ID).
		SetStatus(made.Status).SetReason("").SetActor("operator").SetMacros(map[string]string{"param_1": "wgk3l5f2c1"}).
		SetConsidered([]firing.Decision{}).SetOccurredAt(Now).SetReceivedAt(Now), nil)
	return made
}

// Delivery creates a delivery of a conversion's latest event for a postback, in the state
// delivered, with the change that says so. It has no River job.
func Delivery(t testing.TB, d *DB, conversionID uuid.UUID, p *db.Postback, options ...func(*db.DeliveryCreate)) *db.Delivery {
	t.Helper()
	ctx, client := System(t), d.Client()
	c, err := client.Conversion.Get(ctx, conversionID)
	must(t, err)
	var event uuid.UUID
	must(t, d.SQL.QueryRowContext(ctx, `SELECT id FROM conversion_events WHERE conversion_id = $1 ORDER BY id DESC LIMIT 1`, conversionID).Scan(&event))
	var version int64
	must(t, d.SQL.QueryRowContext(ctx, `SELECT id FROM postback_versions WHERE postback_id = $1 AND number = $2`, p.ID, p.Version).Scan(&version))
	row := client.Delivery.Create().SetID(ID(t)).SetAffiliateID(p.AffiliateID).SetPostbackID(p.ID).SetVersionID(version).
		SetConversionID(c.ID).SetEventID(event).SetOfferID(c.OfferID).SetNillableCampaignID(c.CampaignID).SetNillableClickID(c.ClickID).
		SetNillableTransactionID(c.TransactionID).SetGoal(c.Goal).SetStatus(c.Status).SetState(outbox.Delivered).
		SetPriority(outbox.PriorityLive).SetEndpoint("https://tracker.example:443").SetAttempt(1).
		SetCreatedAt(Now).SetUpdatedAt(Now)
	made := saved(t, row, options)
	_, err = d.SQL.ExecContext(ctx, `INSERT INTO delivery_changes (affiliate_id, delivery_id, state, attempt) VALUES ($1, $2, $3, $4)`,
		made.AffiliateID, made.ID, made.State, made.Attempt)
	must(t, err)
	return made
}

// Aggregate makes a delivery report its conversion as one of several; the conversion has left the
// aggregation since.
func Aggregate(t testing.TB, d *DB, delivery *db.Delivery) {
	t.Helper()
	_, err := d.SQL.ExecContext(t.Context(), `
		WITH aggregation AS (UPDATE deliveries SET aggregation_id = id, macros = '{"count": "1"}' WHERE id = $1 RETURNING *)
		INSERT INTO aggregated_events (id, affiliate_id, aggregation_id, conversion_id, event_id, left_at)
		SELECT $2, affiliate_id, id, conversion_id, event_id, $3 FROM aggregation`, delivery.ID, ID(t), Now)
	must(t, err)
}

// Attempt creates a delivery's attempt that the tracker accepted.
func Attempt(t testing.TB, d *DB, delivery *db.Delivery, options ...func(*db.AttemptCreate)) *db.Attempt {
	t.Helper()
	row := d.Client().Attempt.Create().SetID(ID(t)).SetAffiliateID(delivery.AffiliateID).SetDeliveryID(delivery.ID).
		SetNumber(delivery.Attempt).SetStartedAt(Now).SetMethod(firing.GET).SetURL("https://tracker.example/?c=wgk3l5f2c1").
		SetStatusCode(200).SetDurationMs(12.5).SetRequestHeaders([]dispatch.Header{}).SetResponseHeaders([]dispatch.Header{}).
		SetTimings(dispatch.Timings{})
	return saved(t, row, options)
}

// Player creates a player of the scene's operator, bound to the scene's click.
func (s Scene) Player(t testing.TB, d *DB, externalID string, options ...func(*db.PlayerCreate)) *db.Player {
	t.Helper()
	return saved(t, d.Client().Player.Create().SetID(ID(t)).SetIntegrationID(s.Integration.ID).SetExternalID(externalID).
		SetClickID(s.Click).SetCreatedAt(Now), options)
}

// Received creates an entry of the received log.
func (s Scene) Received(t testing.TB, d *DB, options ...func(*db.ReceivedPostbackCreate)) *db.ReceivedPostback {
	t.Helper()
	return saved(t, d.Client().ReceivedPostback.Create().SetID(ID(t)).SetReceivedAt(Now).SetIntegrationID(s.Integration.ID).SetIntegrationKey(s.Integration.Key).
		SetMethod("GET").SetQuery("goal=registration").SetBody("").SetHeaders([]dispatch.Header{}).SetAddress("203.0.113.0/24").
		SetResult("recorded").SetReason("new").SetStatusCode(201).SetDurationMs(3), options)
}
