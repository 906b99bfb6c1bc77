package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/domain/macro"
	"postrider/internal/ids"
	"postrider/internal/pg"
)

// Attempt is a finished attempt: both sides of its exchange.
type Attempt struct {
	ID          uuid.UUID
	AffiliateID ids.Affiliate
	DeliveryID  uuid.UUID
	Number      int // from 1
	Exchange    dispatch.Exchange
	Reason      dispatch.Reason // empty where the tracker accepted
	Detail      string
	EmptyMacros []macro.Name // what the URL had no value for
}

// attemptRow is an attempt with its JSON encoded.
type attemptRow struct {
	Attempt

	sent, got, timings, empty string
}

func newAttemptRow(a Attempt) (row attemptRow, err error) {
	row.Attempt = a
	for into, value := range map[*string]any{
		&row.sent: dispatch.Headers(a.Exchange.RequestHeaders), &row.got: dispatch.Headers(a.Exchange.ResponseHeaders), &row.timings: a.Exchange.Timings,
	} {
		text, err := json.Marshal(value)
		if err != nil {
			return row, fmt.Errorf("writing attempt %d of delivery %s as JSON: %w", a.Number, a.DeliveryID, err)
		}
		*into = string(text)
	}
	if len(a.EmptyMacros) > 0 {
		text, err := json.Marshal(a.EmptyMacros)
		if err != nil {
			return row, fmt.Errorf("writing the empty macros of delivery %s as JSON: %w", a.DeliveryID, err)
		}
		row.empty = string(text)
	}
	return row, nil
}

var attemptColumns = pg.Columns[attemptRow]{
	pg.UUID("id", func(a *attemptRow) uuid.UUID { return a.ID }),
	pg.Bigint("affiliate_id", func(a *attemptRow) ids.Affiliate { return a.AffiliateID }),
	pg.UUID("delivery_id", func(a *attemptRow) uuid.UUID { return a.DeliveryID }),
	pg.Int("number", func(a *attemptRow) int { return a.Number }),
	pg.Time("started_at", func(a *attemptRow) time.Time { return a.Exchange.StartedAt }),
	pg.Text("method", func(a *attemptRow) string { return string(a.Exchange.Method) }),
	pg.Text("url", func(a *attemptRow) string { return a.Exchange.URL }),
	pg.Int("status_code", func(a *attemptRow) int { return a.Exchange.StatusCode }).OrNull(),
	pg.Float("duration_ms", func(a *attemptRow) float64 { return milliseconds(a.Exchange.Duration) }),
	pg.Text("error", func(a *attemptRow) string { return string(a.Reason) }).OrNull(),
	pg.Text("detail", func(a *attemptRow) string { return a.Detail }),
	pg.JSON("request_headers", func(a *attemptRow) string { return a.sent }),
	pg.Text("request_body", func(a *attemptRow) string { return a.Exchange.RequestBody }).OrNull(),
	pg.JSON("response_headers", func(a *attemptRow) string { return a.got }),
	pg.Text("response_body", func(a *attemptRow) string { return a.Exchange.ResponseBody }).OrNull(),
	pg.Bool("response_truncated", func(a *attemptRow) bool { return a.Exchange.ResponseTruncated }),
	pg.JSON("timings", func(a *attemptRow) string { return a.timings }),
	pg.JSON("empty_macros", func(a *attemptRow) string { return a.empty }),
}

var recordAttemptsSQL = attemptColumns.Insert("attempts") + `ON CONFLICT DO NOTHING`

func recordAttempts(tx Tx, attempts []Attempt) error {
	if len(attempts) == 0 {
		return nil
	}
	rows := make([]attemptRow, len(attempts))
	for i, a := range attempts {
		var err error
		if rows[i], err = newAttemptRow(a); err != nil {
			return err
		}
	}
	tx.Queue(recordAttemptsSQL, attemptColumns.Args(rows)...)
	return nil
}

// forgetBodiesSQL clears headers and bodies of attempts after the id $1 and from before $2,
// $3 at a time.
const forgetBodiesSQL = `
WITH old AS (
  SELECT id FROM attempts WHERE id > $1 AND id < uuid_floor($2) ORDER BY id LIMIT $3
), emptied AS (
  UPDATE attempts a SET request_headers = '[]', request_body = NULL, response_headers = '[]', response_body = NULL
  FROM old WHERE a.id = old.id AND a.id > $1 AND a.id < uuid_floor($2)
    AND (a.response_body IS NOT NULL OR a.request_body IS NOT NULL OR a.request_headers <> '[]' OR a.response_headers <> '[]')
)
SELECT id FROM old ORDER BY id`

// ForgetBodies clears headers and bodies of attempts after one and from before then, up to
// most, and returns those that it looked at, in order.
func ForgetBodies(ctx context.Context, tx Tx, after uuid.UUID, before time.Time, most int) ([]uuid.UUID, error) {
	return collect(ctx, tx, "forgetting the bodies of old attempts", pgx.RowTo[uuid.UUID], forgetBodiesSQL, after, before, most)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newID(at time.Time) (uuid.UUID, error) {
	id, err := uuid.NewV7AtTime(at)
	if err != nil {
		return id, fmt.Errorf("making an id: %w", err)
	}
	return id, nil
}
