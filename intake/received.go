package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Answer is the answer to the operator.
type Answer struct {
	StatusCode    int                  `json:"-"`
	RetryAfter    time.Duration        `json:"-"`
	Result        Result               `json:"result"`
	ConversionID  string               `json:"conversion_id,omitempty"`
	Errors        []AnswerError        `json:"errors,omitempty"`
	Differs       []inbound.Difference `json:"differs,omitempty"`
	Results       []Answer             `json:"-"` // of a list, in its order; the rest is empty then
	reason        string               // for the inbound log
	cause         inbound.Cause        // of that
	notes         []string             // what was tolerated in the call
	affiliate     ids.Affiliate        // whose click or player it names; zero if none is known
	click         string               // the click id of a call that was authentic and is refused
	integrationID int64                // zero for an unknown integration
	conversion    uuid.NullUUID        // the conversion that was reported
	unkept        bool                 // it is not in the inbound log
	logged        bool                 // it is in the inbound log already
}

// AnswerError is one bad field of a call.
type AnswerError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Result is the result of a report.
type Result string

// The results, as the contract lists them.
const (
	Recorded           Result = "recorded"
	Duplicate          Result = "duplicate"
	Updated            Result = "updated"
	Unattributed       Result = "unattributed"
	Unmapped           Result = "unmapped" // kept until its goal is mapped
	Clash              Result = "clash"    // kept for staff: the transaction is recorded with another click or player
	Invalid            Result = "invalid"
	Unauthorized       Result = "unauthorized"
	UnknownIntegration Result = "unknown_integration"
	RateLimited        Result = "rate_limited"
	Tested             Result = "test" // the integration is in test mode, or the call says that it is a test: nothing was recorded
)

// Results lists every Result.
func Results() []Result {
	return []Result{Recorded, Duplicate, Updated, Unattributed, Unmapped, Clash, Tested, Invalid, Unauthorized, UnknownIntegration, RateLimited}
}

// statusCodes is the HTTP status of each result.
var statusCodes = map[Result]int{
	Recorded: 201, Duplicate: 200, Updated: 200, Unattributed: 202, Unmapped: 202, Clash: 202, Tested: 200,
	Invalid: 400, Unauthorized: 401, UnknownIntegration: 404, RateLimited: 429,
}

// StatusCode returns the HTTP status with which an operator is told the result.
func (r Result) StatusCode() int { return statusCodes[r] }

func answer(result Result, cause inbound.Cause, format string, args ...any) Answer {
	return Answer{Result: result, StatusCode: statusCodes[result], cause: cause, reason: fmt.Sprintf(format, args...)}
}

// invalidCodes is the HTTP status of what cannot be read for another reason than its content.
var invalidCodes = map[problem.Code]int{
	problem.CodeMethodNotAllowed: 405, problem.CodeLimitExceeded: 413, problem.CodeUnsupportedMediaType: 415,
}

func invalid(problems []*problem.Error) Answer {
	a := Answer{Result: Invalid, StatusCode: statusCodes[Invalid], cause: inbound.BadField}
	reasons := make([]string, 0, len(problems))
	for _, p := range problems {
		field := strings.Join(p.Field, ".")
		a.Errors = append(a.Errors, AnswerError{Field: field, Message: p.Message})
		reasons = append(reasons, field+" "+p.Message)
		a.StatusCode = cmp.Or(invalidCodes[p.Code], a.StatusCode)
	}
	a.reason = strings.Join(reasons, "; ")
	return a
}

// receivedRow is a row of the inbound log.
type receivedRow struct {
	id          uuid.UUID
	integration *inbound.Integration // nil for an unknown integration
	call        *inbound.Call
	answer      Answer
	at          time.Time
	took        time.Duration
	headers     []byte
}

func newReceivedRow(src *integration, c *inbound.Call, a Answer, at time.Time, took time.Duration) (receivedRow, error) {
	row := receivedRow{call: c, answer: a, at: at, took: took}
	if src != nil {
		row.integration = &src.Integration
	}
	var err error
	if row.id, err = uuid.NewV7AtTime(at); err != nil {
		return row, fmt.Errorf("making an id: %w", err)
	}
	if row.headers, err = json.Marshal(dispatch.MaskHeaders(row.keptHeaders(), row.integration.MaskHeader)); err != nil {
		return row, fmt.Errorf("writing headers down: %w", err)
	}
	return row, nil
}

var receivedColumns = pg.Columns[receivedRow]{
	pg.UUID("id", func(r *receivedRow) uuid.UUID { return r.id }),
	pg.Time("received_at", func(r *receivedRow) time.Time { return r.at }),
	pg.Bigint("integration_id", func(r *receivedRow) int64 { return r.answer.integrationID }).OrNull(),
	pg.Text("integration_key", func(r *receivedRow) string { return tracking.Clean(r.key(), inbound.MaxID) }),
	pg.Text("method", func(r *receivedRow) string { return r.call.Method }),
	pg.Text("query", func(r *receivedRow) string { return tracking.Clean(r.integration.MaskQuery(r.call.RawQuery), r.kept()) }),
	pg.Text("body", func(r *receivedRow) string { return tracking.Clean(r.integration.MaskBody(r.call), r.kept()) }),
	pg.JSON("headers", func(r *receivedRow) string { return string(r.headers) }),
	pg.Text("address", func(r *receivedRow) string { return truncated(r.call.Address) }),
	pg.Text("result", func(r *receivedRow) string { return string(r.answer.Result) }),
	pg.Text("cause", func(r *receivedRow) string { return string(r.answer.cause) }).OrNull(),
	pg.Text("reason", func(r *receivedRow) string { return tracking.Clean(r.integration.MaskText(r.answer.reason), maxLogged) }),
	pg.Texts("notes", (*receivedRow).notes),
	pg.Bigint("affiliate_id", func(r *receivedRow) ids.Affiliate { return r.answer.affiliate }).OrNull(),
	pg.Int("status_code", func(r *receivedRow) int { return r.answer.StatusCode }),
	pg.Float("duration_ms", func(r *receivedRow) float64 { return float64(r.took.Microseconds()) / 1000 }),
	pg.UUID("conversion_id", func(r *receivedRow) uuid.UUID { return r.answer.conversion.UUID }).OrNull(),
}

var insertReceivedSQL = receivedColumns.Insert("received_postbacks")

// queueReceived writes calls to the inbound log and announces them.
func queueReceived(tx *pg.Pipeline, rows []receivedRow) {
	announced := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		announced[i] = r.id
	}
	tx.Queue(insertReceivedSQL, receivedColumns.Args(rows)...)
	live.Queue(tx, live.Received, announced...)
}

// key returns the key of the call's integration, or what was sent in its place.
func (r *receivedRow) key() string {
	if r.integration == nil {
		return inbound.MaskKey(r.call.IntegrationKey)
	}
	return r.call.IntegrationKey
}

// The limits of what the inbound log keeps of what was tolerated in a call.
const (
	maxNotes = 50
	maxNote  = 1000 // bytes of one
)

// notes returns what was tolerated in the call, as the inbound log keeps it.
func (r *receivedRow) notes() []string {
	kept := make([]string, min(len(r.answer.notes), maxNotes))
	for i := range kept {
		kept[i] = tracking.Clean(r.integration.MaskText(r.answer.notes[i]), maxNote)
	}
	return kept
}

// maxLogged is how many bytes of a query or a body the inbound log keeps.
const maxLogged = 64 << 10

// kept returns how many bytes of each part of a call the inbound log keeps.
func (r *receivedRow) kept() int {
	if r.integration == nil {
		return maxStranger
	}
	return maxLogged
}

// keptHeaders returns the headers that the inbound log keeps: of a call to an unknown
// integration the first ones, up to its limit.
func (r *receivedRow) keptHeaders() []dispatch.Header {
	headers := dispatch.Headers(r.call.Header)
	if r.integration != nil {
		return headers
	}
	room := maxStranger
	for i, h := range headers {
		if room -= len(h.Name) + len(h.Value); room < 0 {
			return headers[:i]
		}
	}
	return headers
}
