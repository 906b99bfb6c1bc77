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
var statusColumns = []string{"conversion_id", "transaction_id", "status", "goal", "amount", "currency", "reason"}

// readStatusFile reads lines of conversion_id or transaction_id, status, and optionally goal,
// amount, currency and reason. The first line names the columns; commas, semicolons, tabs or bars
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
	return l.readSum(field("amount"), field("currency"))
}

// readSum reads the amount of a line and its currency, which may stand with the amount too.
func (l *StatusLine) readSum(amount, currency string) *StatusLine {
	var stated commission.Unit
	if currency != "" {
		var ok bool
		if stated, ok = commission.ReadUnit(currency); !ok {
			return l.refuse("the currency %.80q cannot be the code of one", currency)
		}
	}
	if amount != "" {
		sum, err := commission.ReadAmount(amount)
		if err != nil {
			return l.refuse("the amount %.80q %s", amount, err)
		}
		l.sum, l.amount.Valid = sum, true
	}
	var err error
	if l.sum.Unit, err = l.sum.Unit.Agree(stated); err != nil {
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
	var goal, currency string
	var amount decimal.NullDecimal
	found, undone := 0, false
	err := pg.Each(ctx, office.Intake.DB, fmt.Sprintf("finding the conversion of line %d", l.Line), func(rows *sql.Rows) error {
		found++
		if err := rows.Scan(&l.ConversionID, &goal, &l.From, &amount, &currency, &undone); err != nil {
			return err
		}
		return nil
	}, `
		SELECT id, goal, status, amount, currency, undone_at IS NOT NULL FROM conversions
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
	stated, _ := commission.ReadUnit(currency)
	sum, _, wrong := l.sum.In(stated, "")
	if wrong != nil {
		l.refuse("its amount %s", wrong)
		return nil
	}
	l.amount.Decimal = sum
	return office.judgeLine(ctx, l, goal, amount)
}

func (office *Office) judgeLine(ctx context.Context, l *StatusLine, goalKey string, amount decimal.NullDecimal) error {
	corrects := l.amount.Valid && !commission.SameAmount(l.amount, amount)
	if l.From == l.To && !corrects {
		l.Outcome, l.Message = LineSame, fmt.Sprintf("it is already %s", l.To)
		return nil
	}
	g, err := office.Intake.Goal(ctx, goalKey)
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
	return nil
}
