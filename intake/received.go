package intake

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Call is an operator's request, as it came.
type Call struct {
	SourceKey   string
	Method      string
	RawQuery    string
	ContentType string
	Body        []byte // at most MaxBody
	Truncated   bool   // the body was longer than MaxBody
	Headers     []dispatch.Header
	Address     netip.Addr
	Secure      bool // over https, as far as it can be believed

	signatureHeader string          // where its source signs; empty for X-Signature
	stranger        bool            // nobody knows its source
	secretNames     map[string]bool // where its source puts its proof; nil for the usual names
}

// hides tells whether a parameter of this name is a secret.
func (c Call) hides(name string) bool { return secretName(name) || c.secretNames[name] }

// Answer is what the operator is told.
type Answer struct {
	StatusCode   int           `json:"-"`
	RetryAfter   time.Duration `json:"-"`
	Result       Result        `json:"result"`
	ConversionID string        `json:"conversion_id,omitempty"`
	Errors       []AnswerError `json:"errors,omitempty"`
	reason       string        // for the received log
	sourceID     int64         // zero for an unknown source
	conversion   uuid.NullUUID // what came of it
	unkept       bool          // it is not in the received log
}

// AnswerError is one bad field of a call.
type AnswerError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Result is what became of a report.
type Result string

// The results, as the contract lists them.
const (
	Recorded      Result = "recorded"
	Duplicate     Result = "duplicate"
	Updated       Result = "updated"
	Unattributed  Result = "unattributed"
	Invalid       Result = "invalid"
	Unauthorized  Result = "unauthorized"
	UnknownSource Result = "unknown_source"
	RateLimited   Result = "rate_limited"
	Tested        Result = "test" // the source is in test mode: nothing was recorded
)

// statusCodes is the HTTP status of each result.
var statusCodes = map[Result]int{
	Recorded: 201, Duplicate: 200, Updated: 200, Unattributed: 202, Tested: 200,
	Invalid: 400, Unauthorized: 401, UnknownSource: 404, RateLimited: 429,
}

func (c Call) header(name string) string {
	for _, h := range c.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func answer(result Result, format string, args ...any) Answer {
	return Answer{Result: result, StatusCode: statusCodes[result], reason: fmt.Sprintf(format, args...)}
}

func invalid(problems []*problem.Error) Answer {
	a := Answer{Result: Invalid, StatusCode: statusCodes[Invalid]}
	reasons := make([]string, 0, len(problems))
	for _, p := range problems {
		field := strings.Join(p.Field, ".")
		a.Errors = append(a.Errors, AnswerError{Field: field, Message: p.Message})
		reasons = append(reasons, field+" "+p.Message)
	}
	a.reason = strings.Join(reasons, "; ")
	return a
}

// receivedRow is a row of the received log.
type receivedRow struct {
	id      uuid.UUID
	call    Call
	answer  Answer
	at      time.Time
	took    time.Duration
	headers []byte
}

func newReceivedRow(c Call, a Answer, at time.Time, took time.Duration) (receivedRow, error) {
	id, err := uuid.NewV7AtTime(at)
	if err != nil {
		return receivedRow{}, fmt.Errorf("making an id: %w", err)
	}
	c.Headers = c.keptHeaders()
	headers, err := json.Marshal(maskHeaders(c.Headers, c.signatureHeader))
	if err != nil {
		return receivedRow{}, fmt.Errorf("writing headers down: %w", err)
	}
	return receivedRow{id: id, call: c, answer: a, at: at, took: took, headers: headers}, nil
}

var receivedColumns = pg.Columns[receivedRow]{
	pg.UUID("id", func(r *receivedRow) uuid.UUID { return r.id }),
	pg.Time("received_at", func(r *receivedRow) time.Time { return r.at }),
	pg.Bigint("source_id", func(r *receivedRow) int64 { return r.answer.sourceID }).OrNull(),
	pg.Text("source_key", func(r *receivedRow) string { return clean(r.call.SourceKey, maxID) }),
	pg.Text("method", func(r *receivedRow) string { return r.call.Method }),
	pg.Text("query", func(r *receivedRow) string { return clean(maskPairs(r.call.RawQuery, r.call.hides), r.call.kept()) }),
	pg.Text("body", func(r *receivedRow) string { return clean(maskBody(r.call), r.call.kept()) }),
	pg.JSON("headers", func(r *receivedRow) string { return string(r.headers) }),
	pg.Text("address", func(r *receivedRow) string { return truncated(r.call.Address) }),
	pg.Text("result", func(r *receivedRow) string { return string(r.answer.Result) }),
	pg.Text("reason", func(r *receivedRow) string { return clean(r.answer.reason, maxLogged) }),
	pg.Int("status_code", func(r *receivedRow) int { return r.answer.StatusCode }),
	pg.Float("duration_ms", func(r *receivedRow) float64 { return float64(r.took.Microseconds()) / 1000 }),
	pg.UUID("conversion_id", func(r *receivedRow) uuid.UUID { return r.answer.conversion.UUID }).OrNull(),
}

var insertReceivedSQL = receivedColumns.Insert("received_postbacks")

// queueReceived keeps calls in the received log and announces them.
func queueReceived(tx *pg.Pipeline, rows []receivedRow) {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	tx.Queue(insertReceivedSQL, receivedColumns.Args(rows)...)
	live.Queue(tx, live.Received, ids...)
}

// maxLogged is how much of a query or a body the received log keeps.
const maxLogged = 64 << 10

// kept is how much of each part of a call the received log keeps.
func (c Call) kept() int {
	if c.stranger {
		return maxStranger
	}
	return maxLogged
}

// keptHeaders are the headers that the received log keeps: of a stranger the first
// ones, as far as there is room.
func (c Call) keptHeaders() []dispatch.Header {
	if !c.stranger {
		return c.Headers
	}
	room := maxStranger
	for i, h := range c.Headers {
		if room -= len(h.Name) + len(h.Value); room < 0 {
			return c.Headers[:i]
		}
	}
	return c.Headers
}

// clean makes text that PostgreSQL takes: valid UTF-8, no NUL, bounded.
func clean(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
