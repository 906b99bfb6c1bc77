package inbound

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// Report is a conversion as reported. Its JSON is what is kept of a report that waits for staff.
type Report struct {
	Goal          string              `json:"goal"`
	ClickID       string              `json:"click_id,omitempty"`       // ours, as given; empty for none
	PlayerID      string              `json:"player_id,omitempty"`      // the operator's; empty for none
	TransactionID string              `json:"transaction_id,omitempty"` // the operator's; empty for none
	Amount        decimal.NullDecimal `json:"amount"`
	Currency      string              `json:"currency"` // ISO 4217; empty for the offer's
	Status        commission.Status   `json:"status"`
	Reason        string              `json:"reason,omitempty"`
	OccurredAt    time.Time           `json:"occurred_at"`
	Actor         commission.Actor    `json:"actor"`
	UserID        ids.User            `json:"user_id,omitempty"` // who reported it, if staff or a token

	StatusGiven   bool   `json:"status_given,omitempty"`   // if false, Status is the default, and changes nothing
	CurrencyGiven bool   `json:"currency_given,omitempty"` // if false, Currency is the integration's
	TimeGiven     bool   `json:"time_given,omitempty"`     // if false, OccurredAt is the time of the report
	UnknownStatus string `json:"unknown_status,omitempty"` // the operator's word for the status if it is not mapped; else empty
}

// Goal is what a report is checked against: an entry of the event dictionary.
type Goal struct {
	commission.Goal

	OncePerPlayer bool
	Parameters    []string // that it may have, besides those that identify it
}

// Read parses parameters into a report, and returns a problem for each bad field.
func Read(values url.Values) (Report, []*problem.Error) {
	r := Report{Actor: commission.ByOperator}
	var bad []*problem.Error
	text := func(name string) string {
		v := strings.TrimSpace(values.Get(name))
		if fault := Unusable(v); fault != "" {
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
	if v := text(commission.ParamOccurredAt); v != "" {
		at, err := readTime(v)
		if err != nil {
			bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s", err))
		}
		r.OccurredAt = at
	}
	return r, bad
}

// Unlisted returns the parameters of a report that the dictionary does not list for its goal.
// They are kept nonetheless: a superfluous parameter costs nobody a conversion, and the
// inbound log notes it.
func (r *Report) Unlisted(g *Goal) []string {
	var extra []string
	for _, p := range []struct {
		name  string
		given bool
	}{
		{commission.ParamTransaction, r.TransactionID != ""},
		{commission.ParamAmount, r.Amount.Valid},
		{commission.ParamStatus, r.StatusGiven},
	} {
		if p.given && !slices.Contains(g.Parameters, p.name) && (p.name != commission.ParamTransaction || g.OncePerPlayer) {
			extra = append(extra, p.name)
		}
	}
	return extra
}

// Unreadable returns the problems with texts of a report that cannot be stored. A call's texts
// are checked when it is parsed.
func (r *Report) Unreadable() []*problem.Error {
	var bad []*problem.Error
	for _, text := range []struct{ name, value string }{
		{commission.ParamGoal, r.Goal},
		{commission.ParamClickID, r.ClickID},
		{commission.ParamPlayerID, r.PlayerID},
		{commission.ParamTransaction, r.TransactionID},
	} {
		if fault := Unusable(text.value); fault != "" {
			bad = append(bad, problem.Invalid(text.name, "%s", fault))
		}
	}
	return bad
}

// Unusable returns why a value cannot be stored, or nothing.
func Unusable(v string) string {
	switch {
	case len(v) > MaxID:
		return fmt.Sprintf("is %d bytes long; the limit is %d", len(v), MaxID)
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		return "is not valid UTF-8 text"
	}
	return ""
}

// readTime parses RFC 3339 or Unix seconds.
func readTime(v string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(v, 10, 64); err == nil && seconds >= 0 && seconds < 1<<33 {
		return time.Unix(seconds, 0).UTC(), nil
	}
	// A plus sign that was not percent-encoded arrives as a space.
	at, err := time.Parse(time.RFC3339Nano, strings.Replace(v, " ", "+", 1))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither RFC 3339 (2026-06-12T10:00:00Z) nor Unix seconds (1781258400)", v)
	}
	if at = at.UTC().Truncate(time.Microsecond); at.Before(epoch) {
		return time.Time{}, fmt.Errorf("%q is before 1970", v)
	}
	return at, nil
}

// epoch is the earliest time that can be reported.
var epoch = time.Unix(0, 0).UTC()

// Complete checks a report against the goal it names, nil for none, and sets its defaults.
func (r *Report) Complete(g *Goal, currency string, now time.Time) []*problem.Error {
	var bad []*problem.Error
	switch {
	case r.Goal == "":
		bad = append(bad, problem.Invalid(commission.ParamGoal, "is required: registration, ftd, deposit …"))
	case g == nil:
		bad = append(bad, problem.Invalid(commission.ParamGoal, "%q is not in the event dictionary", r.Goal))
	}
	if r.ClickID == "" && r.PlayerID == "" {
		bad = append(bad, problem.Invalid(commission.ParamClickID, "is required, or player_id, to attribute the conversion"))
	}
	if g != nil && !g.OncePerPlayer && r.TransactionID == "" {
		bad = append(bad, problem.Invalid(commission.ParamTransaction, "is required for %q, which a player can reach more than once", g.Key))
	}
	if r.CurrencyGiven = r.Currency != ""; !r.CurrencyGiven {
		r.Currency = currency
	}
	code, ok := commission.ParseCurrency(r.Currency)
	if !ok {
		bad = append(bad, problem.Invalid(commission.ParamCurrency, "%q is not an ISO 4217 currency code", r.Currency))
	}
	r.Currency = code
	r.StatusGiven = r.Status != ""
	if !r.StatusGiven {
		r.Status = commission.Approved
	}
	if status, ok := commission.ParseStatus(WordKey(string(r.Status))); ok {
		r.Status = status
	} else {
		r.UnknownStatus, r.Status = string(r.Status), commission.Unknown // kept until it is mapped
	}
	if r.TimeGiven = !r.OccurredAt.IsZero(); !r.TimeGiven {
		r.OccurredAt = now
	}
	r.OccurredAt = r.OccurredAt.UTC().Truncate(time.Microsecond) // what a row keeps
	if r.OccurredAt.Before(epoch) {
		bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s is before 1970", r.OccurredAt.Format(time.RFC3339)))
	}
	if r.OccurredAt.After(now.Add(24 * time.Hour)) {
		bad = append(bad, problem.Invalid(commission.ParamOccurredAt, "%s is more than a day in the future", r.OccurredAt.Format(time.RFC3339)))
	}
	if len(bad) == 0 && r.UnknownStatus == "" && !slices.Contains(g.Statuses, r.Status) {
		bad = append(bad, problem.Invalid(commission.ParamStatus, "a conversion of the goal %s cannot be %s", g.Key, r.Status))
	}
	return bad
}
