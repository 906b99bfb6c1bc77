package inbound

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/tracking"
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
	Currency      string              `json:"currency"`        // as it is stated, and by Complete its code
	Payout        decimal.NullDecimal `json:"payout,omitzero"` // what the operator says that it pays
	PayoutIn      string              `json:"payout_currency,omitempty"`
	Status        commission.Status   `json:"status"`
	Reason        string              `json:"reason,omitempty"`
	OccurredAt    time.Time           `json:"occurred_at"`
	Actor         commission.Actor    `json:"actor"`
	UserID        ids.User            `json:"user_id,omitempty"` // who reported it, if staff or a token

	StatusGiven   bool   `json:"status_given,omitempty"`   // if false, Status is the default, and changes nothing
	CurrencyGiven bool   `json:"currency_given,omitempty"` // if false, Currency is the integration's
	TimeGiven     bool   `json:"time_given,omitempty"`     // if false, OccurredAt is the time of the report
	UnknownGoal   bool   `json:"unknown_goal,omitempty"`   // Goal is the operator's word: it is not mapped
	UnknownStatus string `json:"unknown_status,omitempty"` // the operator's word for the status if it is not mapped; else empty

	Test bool `json:"-"` // it says that it is a test: it is checked, and nothing is recorded

	Notes []string `json:"notes,omitempty"` // what was tolerated, in words that continue a sentence

	Cause Cause `json:"-"` // why it is refused; empty if it is not, or for no other reason than a bad field

	unfilled   []string        // ids that are macros which were not filled in, with their names
	unit       commission.Unit // what stands with the amount
	payoutUnit commission.Unit // what stands with the payout
}

// blame keeps why a report is refused. What was found first stays.
func (r *Report) blame(c Cause) { r.Cause = cmp.Or(r.Cause, c) }

// blameMacro keeps that a value that cannot be read is a macro that was not filled in, if it is one.
func (r *Report) blameMacro(value string) {
	if Unfilled(value) {
		r.blame(MacroNotFilled)
	}
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Unmapped returns which of a report's words nobody has mapped; empty if all are.
func (r *Report) Unmapped() Cause {
	switch {
	case r.UnknownGoal:
		return UnmappedGoal
	case Unfilled(r.UnknownStatus):
		return MacroNotFilled
	case r.UnknownStatus != "":
		return UnmappedStatus
	}
	return ""
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
	from := reading{values: values, report: &r}
	r.Goal = GoalWord(from.text(commission.ParamGoal))
	r.ClickID, r.PlayerID = from.text(commission.ParamClickID), from.text(commission.ParamPlayerID)
	r.TransactionID = from.text(commission.ParamTransaction)
	r.Amount, r.unit = from.amount(commission.ParamAmount)
	r.Payout, r.payoutUnit = from.amount(commission.ParamPayout)
	r.Currency = from.text(commission.ParamCurrency)
	r.Status = commission.Status(from.text(commission.ParamStatus))
	if v := from.text(commission.ParamOccurredAt); v != "" {
		at, err := ParseTime(v)
		if from.check(commission.ParamOccurredAt, err); err != nil {
			r.blameMacro(v)
		}
		if r.OccurredAt = at; err == nil && at.Before(earliest) {
			r.dropTime(v)
		}
	}
	var err error
	word := from.text(commission.ParamTest)
	if r.Test, err = readTest(word); err != nil {
		from.check(commission.ParamTest, err)
		r.blameMacro(word)
	}
	return r, from.bad
}

// reading reads parameters, and collects what is wrong with them.
type reading struct {
	values url.Values
	report *Report
	bad    []*problem.Error
}

// check adds what is wrong with a parameter, if something is.
func (f *reading) check(name string, err error) {
	if err != nil {
		f.bad = append(f.bad, problem.Invalid(name, "%s", err))
	}
}

// text reads a parameter that can be stored as it is.
func (f *reading) text(name string) string {
	v := strings.TrimSpace(f.values.Get(name))
	if fault := Unusable(v); fault != "" {
		f.bad = append(f.bad, problem.Invalid(name, "%s", fault))
		f.report.blame(BadField)
		return ""
	}
	return v
}

// amount reads a sum of a report, and the currency that stands with it.
func (f *reading) amount(name string) (decimal.NullDecimal, commission.Unit) {
	v := f.text(name)
	if v == "" {
		return decimal.NullDecimal{}, commission.Unit{}
	}
	sum, err := commission.ReadAmount(v)
	if err != nil {
		f.bad = append(f.bad, problem.Invalid(name, "%.80q %s", v, err))
		f.report.blameMacro(v)
	}
	if sum.Rounded {
		f.report.note("its %s is rounded from %.80s", name, v)
	}
	return decimal.NewNullDecimal(sum.Amount), sum.Unit
}

// readTest reads whether a call says that it is a test.
func readTest(word string) (bool, error) {
	switch WordKey(word) {
	case "1", "true", "yes":
		return true, nil
	case "", "0", "false", "no":
		return false, nil
	}
	return false, fmt.Errorf("%.80q does not say whether the call is a test: send 1, or leave it out", word)
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

// earliest is the earliest time that can be reported: before it are clocks that were not set.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Complete checks a report against the goal it names, nil for one that is not mapped, and sets its
// defaults.
func (r *Report) Complete(g *Goal, d Dialect, currency string, now time.Time) []*problem.Error {
	var bad []*problem.Error
	switch {
	case r.Goal == "":
		bad = append(bad, problem.Invalid(commission.ParamGoal, "is required: registration, ftd, deposit …"))
	case g == nil && strings.ContainsAny(r.Goal, "{}[]<>#$%"):
		bad = append(bad, problem.Invalid(commission.ParamGoal, "%q is a macro that was not filled in", r.Goal))
		r.blame(MacroNotFilled)
	case g == nil && !strings.ContainsFunc(r.Goal, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }):
		bad = append(bad, problem.Invalid(commission.ParamGoal, "%q is not in the event dictionary", r.Goal))
	default:
		r.UnknownGoal = g == nil // kept until it is mapped
	}
	r.dropUnfilled(commission.ParamPlayerID, &r.PlayerID)
	r.dropUnfilled(commission.ParamTransaction, &r.TransactionID)
	if r.ClickID == "" && r.PlayerID == "" {
		r.blame(NoID)
		bad = append(bad, r.missing(commission.ParamClickID, "is required, or player_id, to attribute the conversion"))
	}
	bad = append(bad, r.settleCurrency(currency)...)
	r.StatusGiven = r.Status != ""
	if !r.StatusGiven {
		r.Status = d.DefaultStatus(r.Goal)
	}
	if status, ok := commission.ParseStatus(WordKey(string(r.Status))); ok {
		r.Status = status
	} else {
		r.UnknownStatus, r.Status = string(r.Status), commission.Unknown // kept until it is mapped
	}
	bad = append(bad, r.settleTime(now)...)
	if g != nil {
		bad = append(bad, r.CheckGoal(g, d)...)
	}
	return bad
}

// dropUnfilled ignores an id that is a macro which was not filled in: all reports with it would look
// like those of one player, or of one event.
func (r *Report) dropUnfilled(name string, id *string) {
	if !tracking.IsToken(strings.TrimSpace(*id)) {
		return
	}
	r.blame(MacroNotFilled)
	r.note("its %s, %.80q, is a macro that was not filled in, and was ignored", name, *id)
	r.unfilled = append(r.unfilled, fmt.Sprintf("%s %.80q", name, *id))
	*id = ""
}

// missing is the problem with an id that is required. It names the macros that were sent in its place.
func (r *Report) missing(name, why string) *problem.Error {
	if len(r.unfilled) > 0 {
		why += fmt.Sprintf(": %s is a macro that was not filled in", strings.Join(r.unfilled, ", "))
	}
	return problem.Invalid(name, "%s", why)
}

// tellApart gives a report of a repeatable goal without a transaction one that is made of its click or
// player, amount and minute: the same again within a minute is taken for a repeat.
func (r *Report) tellApart() {
	who := r.ClickID
	if who == "" {
		who = r.PlayerID
	}
	said := fmt.Sprintf("%q", []string{strings.ToLower(who), commission.AmountText(r.Amount), r.Currency, r.OccurredAt.UTC().Format("2006-01-02T15:04")})
	sum := sha256.Sum256([]byte(said))
	r.TransactionID = "auto-" + hex.EncodeToString(sum[:10])
	r.note("it has no transaction: it is told apart by click, amount and minute, as %s", r.TransactionID)
}

// CheckGoal returns what a completed report lacks for its goal.
func (r *Report) CheckGoal(g *Goal, d Dialect) []*problem.Error {
	var bad []*problem.Error
	if !r.StatusGiven && !slices.Contains(g.Statuses, r.Status) {
		r.Status = commission.Approved // what no status means for others
	}
	if d.TellApart && !g.OncePerPlayer && r.TransactionID == "" {
		r.tellApart()
	}
	if !g.OncePerPlayer && r.TransactionID == "" {
		r.blame(NoID)
		bad = append(bad, r.missing(commission.ParamTransaction, fmt.Sprintf("is required for %q, which a player can reach more than once", g.Key)))
	}
	if r.UnknownStatus == "" && !slices.Contains(g.Statuses, r.Status) {
		bad = append(bad, problem.Invalid(commission.ParamStatus, "a conversion of the goal %s cannot be %s", g.Key, r.Status))
	}
	return bad
}

// settleCurrency sets the currency: the one that is stated, that stands with the amount, or the
// default. A code that is not known is kept: until it has a rate, it pays nothing.
func (r *Report) settleCurrency(byDefault string) []*problem.Error {
	var stated commission.Unit
	if r.CurrencyGiven = r.Currency != ""; r.CurrencyGiven {
		var ok bool
		if stated, ok = commission.ReadUnit(r.Currency); !ok {
			r.blameMacro(r.Currency)
			return []*problem.Error{problem.Invalid(commission.ParamCurrency, "%.80q cannot be the code of a currency: give one such as EUR or USDT", r.Currency)}
		}
	}
	amount, code, err := commission.Sum{Amount: r.Amount.Decimal, Unit: r.unit}.In(stated, byDefault)
	switch {
	case err != nil && r.unit.IsZero():
		return []*problem.Error{problem.Invalid(commission.ParamCurrency, "%s", err)}
	case err != nil:
		return []*problem.Error{problem.Invalid(commission.ParamAmount, "%s", err)}
	case stated.Shift != 0 && !r.Amount.Valid && !r.Payout.Valid:
		return []*problem.Error{problem.Invalid(commission.ParamCurrency, "%q is a part of %s, and needs an amount: give %s", r.Currency, code, code)}
	}
	r.noteCurrency(stated, code, byDefault, amount)
	r.CurrencyGiven = r.CurrencyGiven || !r.unit.IsZero()
	if r.Currency, r.unit = code, (commission.Unit{}); r.Amount.Valid {
		r.Amount.Decimal = amount
	}
	return r.settlePayout(stated)
}

// settlePayout sets the payout's currency: the one that stands with it, or the report's.
func (r *Report) settlePayout(stated commission.Unit) []*problem.Error {
	if !r.Payout.Valid {
		return nil
	}
	said := r.Payout.Decimal
	payout, code, err := ReportedPayout(commission.Sum{Amount: said, Unit: r.payoutUnit}, stated, r.Currency, r.Amount.Valid)
	if err != nil {
		return []*problem.Error{problem.Invalid(commission.ParamPayout, "%s", err)}
	}
	if !payout.Equal(said) {
		r.note("its payout, %s in a part of %s, is %s %s", said, code, payout, code)
	}
	r.Payout.Decimal, r.PayoutIn, r.payoutUnit = payout, code, commission.Unit{}
	return nil
}

// ReportedPayout returns what an operator says that it pays, and its currency. A currency that is
// stated is the amount's, where there is one: the payout may be in another.
func ReportedPayout(sum commission.Sum, stated commission.Unit, byDefault string, hasAmount bool) (decimal.Decimal, string, error) {
	payout, code, err := sum.In(stated, byDefault)
	if err != nil && hasAmount && !sum.Unit.IsZero() {
		return sum.In(commission.Unit{}, byDefault)
	}
	return payout, code, err
}

// noteCurrency notes how the currency was found, if not in its own code.
func (r *Report) noteCurrency(stated commission.Unit, code, byDefault string, amount decimal.Decimal) {
	said := stated
	if said.IsZero() {
		said = r.unit
	}
	switch {
	case said.IsZero():
		return
	case said.Shift != 0 && r.Amount.Valid:
		r.note("%s %.40s is %s %s", r.Amount.Decimal, said.Text, amount, code)
	case code == byDefault:
		return
	case stated.IsZero():
		r.note("its currency, %s, is that of the amount, %.40q", code, said.Text)
	case !strings.EqualFold(said.Text, code):
		r.note("its currency %.40q is %s", said.Text, code)
	}
	if !commission.IsCurrency(code) {
		r.note("the currency %s is not known: it is kept, and until there is a rate of it, revenue in it pays nothing", code)
	}
}

// settleTime sets the time: now if there is none, or if the clock that it is of was not set.
func (r *Report) settleTime(now time.Time) []*problem.Error {
	if !r.OccurredAt.IsZero() && r.OccurredAt.Before(earliest) {
		r.dropTime(r.OccurredAt.UTC().Format(time.RFC3339))
	}
	if r.TimeGiven = !r.OccurredAt.IsZero(); !r.TimeGiven {
		r.OccurredAt = now
	}
	r.OccurredAt = r.OccurredAt.UTC().Truncate(time.Microsecond) // what a row keeps
	if r.OccurredAt.After(now.Add(24 * time.Hour)) {
		return []*problem.Error{problem.Invalid(commission.ParamOccurredAt, "%s is more than a day in the future", r.OccurredAt.Format(time.RFC3339))}
	}
	return nil
}

// dropTime leaves out the time of a clock that was not set.
func (r *Report) dropTime(written string) {
	r.note("its time, %s, is of a clock that was not set: the time of the call counts", written)
	r.OccurredAt = time.Time{}
}

// GoalWord returns a word for a goal as the dictionary writes its keys, in lower case, if it can be
// one; else as it is.
func GoalWord(word string) string {
	if key := WordKey(word); commission.GoalKey.MatchString(key) {
		return key
	}
	return word
}
