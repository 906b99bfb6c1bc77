package backoffice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// StatusLine is one line of a file of status changes, and its outcome, or with dryRun what it
// would be.
type StatusLine struct {
	Line         int
	Key          string // the id that the line names
	ConversionID uuid.UUID
	From, To     commission.Status
	Outcome      LineOutcome
	Message      string

	goal   string
	sum    commission.Sum
	amount decimal.NullDecimal // of the sum, in the conversion's currency
	reason string

	payoutSum commission.Sum
	payout    decimal.NullDecimal // of the payoutSum, as the operator reports it
	payoutIn  string
	stated    commission.Unit // the currency of the line
}

// LineOutcome is the outcome of a line.
type LineOutcome string

// The outcomes of a line.
const (
	LineChange   LineOutcome = "change"
	LineSame     LineOutcome = "same"
	LineNotFound LineOutcome = "not_found"
	LineRefused  LineOutcome = "refused"
)

// LineOutcomes lists every LineOutcome.
func LineOutcomes() []LineOutcome {
	return []LineOutcome{LineChange, LineSame, LineNotFound, LineRefused}
}

// The limits of a file of status changes.
const (
	maxStatusFile  = 1 << 20
	maxStatusLines = 5000
)

// statusColumns are the columns of a file of status changes.
var statusColumns = []string{"conversion_id", "transaction_id", "status", "goal", "amount", "currency", "payout", "reason"}

// readStatusFile reads lines of conversion_id or transaction_id, status, and optionally goal,
// amount, currency, payout and reason. The first line names the columns; commas, semicolons, tabs or bars
// separate them, or what a line before that, sep=, says.
func readStatusFile(text string) ([]*StatusLine, error) {
	if len(text) > maxStatusFile {
		return nil, problem.Invalid("csv", "is larger than 1 MiB: split it")
	}
	t := newTable(text)
	columns, err := readColumns(t)
	if err != nil {
		return nil, err
	}
	var lines []*StatusLine
	for {
		record, written, number, err := t.next()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if len(lines) == maxStatusLines {
			return nil, problem.Invalid("csv", "has more than %d lines: split it", maxStatusLines)
		}
		if err != nil {
			l := &StatusLine{Line: number}
			lines = append(lines, l.refuse("%.200q cannot be read: %s", written, err))
			continue
		}
		lines = append(lines, readStatusLine(number, columns, record))
	}
}

// readColumns reads the line that names the columns.
func readColumns(t *table) (map[string]int, error) {
	names, written, _, err := t.next()
	if err != nil {
		return nil, problem.Invalid("csv", "the first line must name the columns: transaction_id,status")
	}
	columns := map[string]int{}
	for i, name := range names {
		name = inbound.WordKey(name)
		if _, twice := columns[name]; twice && slices.Contains(statusColumns, name) {
			return nil, problem.Invalid("csv", "the first line names %s twice: %.200q", name, written)
		}
		columns[name] = i
	}
	_, byConversion := columns["conversion_id"]
	_, byTransaction := columns["transaction_id"]
	if _, ok := columns["status"]; !ok || !byConversion && !byTransaction {
		return nil, problem.Invalid("csv", "the first line must name status, and conversion_id or transaction_id; it is %.200q", written)
	}
	return columns, nil
}

func readStatusLine(number int, columns map[string]int, record []string) *StatusLine {
	field := func(name string) string {
		if i, ok := columns[name]; ok && i < len(record) {
			return strings.TrimSpace(strings.ToValidUTF8(record[i], "\uFFFD"))
		}
		return ""
	}
	l := &StatusLine{Line: number, Key: field("conversion_id"), goal: inbound.GoalWord(field("goal")), reason: field("reason")}
	if id, ok := intake.ClickUUID(l.Key); ok {
		l.ConversionID = id
	}
	if l.Key == "" {
		l.Key = field("transaction_id")
	}
	status, ok := commission.ParseStatus(inbound.WordKey(field("status")))
	switch {
	case !ok:
		return l.refuse("%q is not a status: use pending, approved, rejected or cancelled", field("status"))
	case inbound.Unusable(l.Key) != "" || strings.ContainsRune(l.Key+l.goal, 0):
		return l.refuse("its id %s", inbound.Unusable(l.Key))
	case l.Key == "":
		return l.refuse("it has no conversion_id and no transaction_id")
	}
	l.To = status
	return l.readSums(field("amount"), field("payout"), field("currency"))
}

// readSums reads the amount and the payout of a line and their currency, which may stand with them too.
func (l *StatusLine) readSums(amount, payout, currency string) *StatusLine {
	if currency != "" {
		var ok bool
		if l.stated, ok = commission.ReadUnit(currency); !ok {
			return l.refuse("the currency %.80q cannot be the code of one", currency)
		}
	}
	var err error
	if amount != "" {
		l.amount.Valid = true
		if l.sum, err = commission.ReadAmount(amount); err != nil {
			return l.refuse("the amount %.80q %s", amount, err)
		}
	}
	if payout != "" {
		l.payout.Valid = true
		if l.payoutSum, err = commission.ReadAmount(payout); err != nil {
			return l.refuse("the payout %.80q %s", payout, err)
		}
	}
	if payout != "" && amount == "" {
		return l // the currency is the payout's
	}
	if l.sum.Unit, err = l.sum.Unit.Agree(l.stated); err != nil {
		return l.refuse("its amount %s", err)
	}
	return l
}

func (l *StatusLine) refuse(format string, args ...any) *StatusLine {
	l.Outcome, l.Message = LineRefused, fmt.Sprintf(format, args...)
	return l
}

// ImportStatuses changes many conversions by a file, or with dryRun returns what it would do.
// Each line is a transaction of its own: a bad line does not stop the others.
func (office *Office) ImportStatuses(ctx context.Context, text string, dryRun bool, by intake.Move) ([]*StatusLine, error) {
	lines, err := readStatusFile(text)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if l.Outcome != "" {
			continue
		}
		if err := office.findLine(ctx, l); err != nil {
			return nil, err
		}
		if l.Outcome != LineChange || dryRun {
			continue
		}
		by.To, by.Amount, by.Reason = l.To, l.amount, l.reason
		by.ReportedPayout, by.ReportedPayoutIn = l.payout, l.payoutIn
		if _, err := office.Intake.Move(ctx, l.ConversionID, by); publicProblem(err) && err != nil {
			l.refuse("%s", problem.From(err).PublicMessage())
		} else if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// findLine finds the conversion that a line names and sets what the line would do.
func (office *Office) findLine(ctx context.Context, l *StatusLine) error {
	var was lineConversion
	found, undone := 0, false
	err := pg.Each(ctx, office.Intake.DB, fmt.Sprintf("finding the conversion of line %d", l.Line), func(rows *sql.Rows) error {
		found++
		if err := rows.Scan(&l.ConversionID, &was.goal, &l.From, &was.amount, &was.currency, &was.payout, &was.payoutIn, &undone); err != nil {
			return err
		}
		return nil
	}, `
		SELECT id, goal, status, amount, currency, reported_payout, reported_payout_currency, undone_at IS NOT NULL FROM conversions
		WHERE CASE WHEN $1::uuid IS NULL THEN transaction_id = $2 AND undone_at IS NULL ELSE id = $1::uuid END AND ($3 = '' OR goal = $3) LIMIT 2`,
		uuid.NullUUID{UUID: l.ConversionID, Valid: l.ConversionID != uuid.Nil}, l.Key, l.goal)
	if err != nil {
		return err
	}
	switch {
	case found == 0:
		l.Outcome, l.Message = LineNotFound, "there is no such conversion"
		return nil
	case found > 1:
		l.ConversionID = uuid.Nil
		l.refuse("several conversions have this transaction: add the column goal, or use conversion_id")
		return nil
	case undone:
		l.refuse("its attribution was undone: name its transaction_id, or the conversion that stands in its place")
		return nil
	}
	if l.settleSums(was.currency); l.Outcome != "" {
		return nil
	}
	return office.judgeLine(ctx, l, was)
}

// lineConversion is what the conversion of a line has.
type lineConversion struct {
	goal, currency, payoutIn string
	amount, payout           decimal.NullDecimal
}

// settleSums sets the amount in the conversion's currency, and the payout in the one that it is in.
func (l *StatusLine) settleSums(currency string) {
	var err error
	of, _ := commission.ReadUnit(currency)
	if l.amount.Decimal, _, err = l.sum.In(of, ""); err != nil {
		l.refuse("its amount %s", err)
		return
	}
	if !l.payout.Valid {
		return
	}
	if l.payout.Decimal, l.payoutIn, err = inbound.ReportedPayout(l.payoutSum, l.stated, currency, l.amount.Valid); err != nil {
		l.refuse("its payout %s", err)
	}
}

func (office *Office) judgeLine(ctx context.Context, l *StatusLine, was lineConversion) error {
	corrects := l.amount.Valid && !commission.SameAmount(l.amount, was.amount)
	repays := l.payout.Valid && (!commission.SameAmount(l.payout, was.payout) || l.payoutIn != was.payoutIn)
	if l.From == l.To && !corrects && !repays {
		l.Outcome, l.Message = LineSame, fmt.Sprintf("it is already %s", l.To)
		return nil
	}
	g, err := office.Intake.Goal(ctx, was.goal)
	if err != nil {
		return err
	}
	if _, why := g.CanMove(l.From, l.To); why != "" && l.From != l.To {
		l.refuse("%s", why)
		return nil
	}
	l.Outcome, l.Message = LineChange, fmt.Sprintf("from %s to %s", l.From, l.To)
	if corrects {
		l.Message += ", amount " + commission.AmountText(l.amount)
	}
	if repays {
		l.Message += ", reported payout " + commission.AmountText(l.payout) + " " + l.payoutIn
	}
	return nil
}
