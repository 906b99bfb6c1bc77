package testfire

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/live"
)

// MaxEcho is how many bytes of a request's body the echo tracker keeps.
const MaxEcho = 64 << 10

// EchoRequest is a request to the echo tracker.
type EchoRequest struct {
	Key        string // of the inbox
	Method     string
	URL        string // path and query as received
	Headers    []dispatch.Header
	Body       []byte
	StatusCode int // the answer's
}

// Inbox keeps the requests to the echo tracker, for users who try a postback without a tracker
// of their own.
type Inbox struct {
	DB  *sql.DB
	Now func() time.Time
}

// Keep keeps a request for the owner of the inbox; it returns false if there is no such inbox.
func (in Inbox) Keep(ctx context.Context, r EchoRequest) (bool, error) {
	if inbound.Unusable(r.Key) != "" {
		return false, nil
	}
	now := in.Now().UTC()
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return false, fmt.Errorf("making an id: %w", err)
	}
	var nobodys *inbound.Integration // nil: the usual names are masked
	headers, err := json.Marshal(dispatch.MaskHeaders(r.Headers, nobodys.MaskHeader))
	if err != nil {
		return false, fmt.Errorf("writing headers down: %w", err)
	}
	res, err := in.DB.ExecContext(ctx, `
		WITH kept AS (
		  INSERT INTO echo_requests (id, affiliate_id, received_at, method, url, headers, body, status_code)
		  SELECT $1, a.id, $2, $3, $4, $5, $6, $7 FROM affiliates a WHERE a.echo_key = $8
		  RETURNING id
		)
		SELECT pg_notify($9, $10) FROM kept`,
		id, now, r.Method, tracking.Clean(r.URL, MaxEcho), headers, tracking.Clean(string(r.Body), MaxEcho), r.StatusCode, r.Key, string(live.Echoes), live.Payload([]uuid.UUID{id}))
	if err != nil {
		return false, fmt.Errorf("keeping what the echo tracker got: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
