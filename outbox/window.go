package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// A window is a delivery that waits for its time; until then conversions join it and
// leave it. It closes when the promoter finds that it is due (Due).

// openSQL opens a window.
const openSQL = `
INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id, transaction_id,
  goal, status, state, reason, priority, endpoint, due_at, gathers, gathering_id, macros, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), $9, nullif($10, ''), $11, $12, 'queued', $13, $14, $15, $16, $17, $1, '{}', $18, $18)`

// Open queues a window for a delivery, which others join until it is due. key names
// what belongs together. The caller announces it.
func Open(tx Tx, d Delivery, key string, due time.Time) {
	tx.Queue(openSQL, d.ID, d.AffiliateID, d.PostbackID, d.VersionID, d.ConversionID, d.EventID, d.OfferID, d.CampaignID,
		uuid.NullUUID{UUID: d.ClickID, Valid: d.ClickID != uuid.Nil}, d.Transaction, d.Goal, d.Status,
		string(dispatch.Gathering), dispatch.PriorityLive, d.Endpoint, due.UTC(), key, d.At.UTC())
}

// Window finds the open window of a key and locks it: its id and when it is due; the
// nil id where there is none.
func Window(ctx context.Context, tx Tx, key string) (id uuid.UUID, due time.Time, err error) {
	_, err = collect(ctx, tx, "finding a window", func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&id, &due)
	}, `SELECT id, due_at FROM deliveries WHERE gathers = $1 FOR UPDATE`, key)
	return id, due, err
}

// Close queues that nothing joins a window any more, though nobody has promoted it
// yet.
func Close(tx Tx, id uuid.UUID) {
	tx.Queue(`UPDATE deliveries SET gathers = NULL WHERE id = $1 AND gathers IS NOT NULL`, id)
}

// Summary is what a window says by now.
type Summary struct {
	ConversionID, EventID uuid.UUID // the first, which speaks for all
	Goal, Transaction     string
	Macros                []byte
}

// Summarize queues what an open window says.
func Summarize(tx Tx, id uuid.UUID, s Summary, now time.Time) {
	tx.Queue(`
		UPDATE deliveries SET macros = $2, conversion_id = $3, event_id = $4, goal = $5, transaction_id = nullif($6, ''), updated_at = $7
		WHERE id = $1 AND gathers IS NOT NULL`,
		id, string(s.Macros), s.ConversionID, s.EventID, s.Goal, s.Transaction, now.UTC())
}

// String says what a move does.
func (m Move) String() string { return fmt.Sprintf("%s: %s → %s", m.Verb, List(m.From), List(m.To)) }
