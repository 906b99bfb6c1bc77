package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/commission"
	"postrider/internal/problem"
	"postrider/tracking"
)

// The limits of a call.
const (
	MaxBody       = 256 << 10 // bytes of a body
	maxParameters = 200
	maxID         = 255 // bytes of an operator's id
)

// Report is a conversion as somebody reports it.
type Report struct {
	Goal          string
	ClickID       string // ours, as it was given; empty for none
	PlayerID      string // the operator's; empty for none
	TransactionID string // the operator's; empty for none
	Amount        decimal.NullDecimal
	Currency      string // ISO 4217; empty for the offer's
	Status        commission.Status
	Reason        string
	OccurredAt    time.Time
	Actor         Actor
	UserID        int64 // who reported it, for staff and tokens

	statusGiven   bool   // otherwise Status is the default, and changes nothing
	unknownStatus string // the operator's word for the status, which nobody has mapped; else empty
}

// Actor is who moved a conversion.
type Actor string

// The actors.
const (
	Operator  Actor = "operator"
	Staff     Actor = "staff"
	API       Actor = "api"
	Postrider Actor = "postrider"
)

// hasBody tells whether the body is what a call says. That of a GET is ignored:
// no signature covers it.
func (c Call) hasBody() bool { return c.Method != http.MethodGet && len(c.Body) > 0 }

// parameters reads the names and values of a call: the query's, and over them
// the body's, a form or a JSON object. Where only the body is signed, the query
// brings no more than the proof: whoever heard one call must not make another
// of it.
func parameters(c Call, signed bool) (url.Values, error) {
	values, err := url.ParseQuery(c.RawQuery)
	if err != nil {
		return nil, problem.Invalid("query", "the query string cannot be read (%s): percent-encode each value", err)
	}
	if c.hasBody() {
		body, err := bodyParameters(c)
		if err != nil {
			return nil, err
		}
		if signed {
			maps.DeleteFunc(values, func(name string, _ []string) bool { return !c.hides(name) })
		}
		maps.Copy(values, body)
	}
	if len(values) > maxParameters {
		return nil, problem.Invalid("query", "%d parameters are more than the %d that are read", len(values), maxParameters)
	}
	return values, nil
}

func bodyParameters(c Call) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.ContentType)
	switch {
	case err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")), looksLikeJSON(c.Body):
		return jsonParameters(c.Body)
	case c.isForm():
		values, err := url.ParseQuery(strings.TrimSpace(string(c.Body)))
		if err != nil {
			return nil, problem.Invalid("body", "the form cannot be read (%s): percent-encode each value", err)
		}
		return values, nil
	default:
		return nil, problem.Invalid("body", "a body of type %q is not read: send a form or a JSON object", c.ContentType)
	}
}

// isForm tells whether the body is a form; one without a type is taken for it.
func (c Call) isForm() bool {
	kind, _, err := mime.ParseMediaType(c.ContentType)
	return c.ContentType == "" || err == nil && kind == "application/x-www-form-urlencoded"
}

func looksLikeJSON(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }

// jsonParameters reads a JSON object; numbers keep their digits. What lies deeper
// has its path with dots for a name: data.player.id, events.0.type.
func jsonParameters(body []byte) (url.Values, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		if _, other := errors.AsType[*json.UnmarshalTypeError](err); other {
			return nil, problem.Invalid("body", "the body is JSON, and no object: names and values in braces are read")
		}
		return nil, problem.Invalid("body", "the body is no JSON object (%s)", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, problem.Invalid("body", "something follows the JSON object")
	}
	for name, v := range object {
		if what := compound(v); what != "" && commission.IsParameter(name) {
			return nil, problem.Invalid(name, "must be a string or a number, not %s", what)
		}
	}
	values := url.Values{}
	flatten(values, "", object)
	return values, nil
}

// compound names a JSON value that has others in it; empty for a plain one.
func compound(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return ""
}

// flatten puts the plain values of a JSON value under their paths, as many as are
// read at all.
func flatten(values url.Values, path string, v any) {
	if len(values) > maxParameters {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(values, join(path, name), inner)
		}
	case []any:
		for i, inner := range v {
			flatten(values, join(path, strconv.Itoa(i)), inner)
		}
	case string:
		values.Set(path, v)
	case json.Number:
		values.Set(path, v.String())
	case bool:
		values.Set(path, strconv.FormatBool(v))
	}
}

// readReport turns parameters into a report, or says of each bad field what is
// wrong with it.
func readReport(values url.Values, now time.Time) (Report, []*problem.Error) {
	r := Report{Actor: Operator}
	var bad []*problem.Error
	text := func(name string) string {
		v := strings.TrimSpace(values.Get(name))
		if fault := unusable(v); fault != "" {
			bad = append(bad, problem.Invalid(name, "%s", fault))
			return ""
		}
		return v
	}
	r.Goal = text(commission.ParamGoal)
	r.ClickID, r.PlayerID, r.TransactionID = text(commission.ParamClickID), text(commission.ParamPlayerID), text(commission.ParamTransaction)
	if v := text(commission.ParamAmount); v != "" {
		amount, err := commission.ParseAmount(v)
		if err != nil {
			bad = append(bad, problem.Invalid(commission.ParamAmount, "%s", err))
		}
		r.Amount = decimal.NewNullDecimal(amount)
	}
	r.Currency = text(commission.ParamCurrency)
	r.Status = commission.Status(text(commission.ParamStatus))
	if at, err := readTime(text(commission.ParamOccurredAt), now); err != nil {
		bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s", err))
	} else {
		r.OccurredAt = at
	}
	return r, bad
}

// unlisted names what a report carries and the dictionary does not list for its
// goal. It is kept all the same: what an operator says too much of costs nobody a
// conversion, and the received log says so.
func (r Report) unlisted(g *goal) []string {
	var extra []string
	for _, p := range []struct {
		name  string
		given bool
	}{
		{commission.ParamTransaction, r.TransactionID != ""},
		{commission.ParamAmount, r.Amount.Valid},
		{commission.ParamStatus, r.statusGiven},
	} {
		if p.given && !slices.Contains(g.Parameters, p.name) && (p.name != commission.ParamTransaction || g.OncePerPlayer) {
			extra = append(extra, p.name)
		}
	}
	return extra
}

// unreadable lists the texts of a report that cannot be kept. A call's are
// checked as they are read.
func (r Report) unreadable() []*problem.Error {
	var bad []*problem.Error
	for _, text := range []struct{ name, value string }{
		{commission.ParamGoal, r.Goal},
		{commission.ParamClickID, r.ClickID},
		{commission.ParamPlayerID, r.PlayerID},
		{commission.ParamTransaction, r.TransactionID},
	} {
		if fault := unusable(text.value); fault != "" {
			bad = append(bad, problem.Invalid(text.name, "%s", fault))
		}
	}
	return bad
}

// unusable says why a value cannot be kept, or nothing.
func unusable(v string) string {
	switch {
	case len(v) > maxID:
		return fmt.Sprintf("is %d bytes long; at most %d are kept", len(v), maxID)
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		return "is not valid UTF-8 text"
	}
	return ""
}

// readTime reads RFC 3339 or Unix seconds; nothing means now.
func readTime(v string, now time.Time) (time.Time, error) {
	if v == "" {
		return now, nil
	}
	if seconds, err := strconv.ParseInt(v, 10, 64); err == nil && seconds >= 0 && seconds < 1<<33 {
		return time.Unix(seconds, 0).UTC(), nil
	}
	// A plus sign that was not percent-encoded arrives as a space.
	at, err := time.Parse(time.RFC3339Nano, strings.Replace(v, " ", "+", 1))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither RFC 3339 (2026-06-12T10:00:00Z) nor Unix seconds (1781258400)", v)
	}
	if at = at.UTC().Truncate(time.Microsecond); at.Before(epoch) {
		return time.Time{}, fmt.Errorf("%q lies before 1970", v)
	}
	return at, nil
}

// epoch is before everything that can have been reported.
var epoch = time.Unix(0, 0).UTC()

// complete checks a report against the goal it names and fills its defaults.
func (r *Report) complete(g *goal, currency string, now time.Time) []*problem.Error {
	var bad []*problem.Error
	if r.ClickID == "" && r.PlayerID == "" {
		bad = append(bad, problem.Invalid(commission.ParamClickID, "give click_id, player_id or both: without one, nobody can be credited"))
	}
	if g != nil && !g.OncePerPlayer && r.TransactionID == "" {
		bad = append(bad, problem.Invalid(commission.ParamTransaction, "is required for %q, which a player can reach many times", g.Key))
	}
	if r.Currency == "" {
		r.Currency = currency
	}
	code, ok := commission.ParseCurrency(r.Currency)
	if !ok {
		bad = append(bad, problem.Invalid(commission.ParamCurrency, "%q is no ISO 4217 currency code", r.Currency))
	}
	r.Currency = code
	r.statusGiven = r.Status != ""
	if !r.statusGiven {
		r.Status = commission.Approved
	}
	if status, ok := commission.ParseStatus(wordKey(string(r.Status))); ok {
		r.Status = status
	} else {
		r.unknownStatus, r.Status = string(r.Status), commission.Unknown // kept until somebody says what it means
	}
	if r.OccurredAt.IsZero() {
		r.OccurredAt = now
	}
	if r.OccurredAt.Before(epoch) {
		bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s lies before 1970", r.OccurredAt.Format(time.RFC3339)))
	}
	if r.OccurredAt.After(now.Add(24 * time.Hour)) {
		bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s lies more than a day ahead", r.OccurredAt.Format(time.RFC3339)))
	}
	return bad
}

// clickUUID reads a click id in any spelling; false where it is none.
func clickUUID(id string) (uuid.UUID, bool) {
	click, err := tracking.ParseClickID(id)
	return uuid.UUID(click), err == nil
}
