package commission_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
)

var dayZero = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func day(n int) time.Time { return dayZero.AddDate(0, 0, n) }

func TestQualificationGolden(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/qualification.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var name string
	var rule commission.Qualification
	var events []commission.Event
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case word == "==":
			name, rule, events = rest, commission.Qualification{}, nil
		case word == "rule":
			rule = readRule(t, rest)
		case word == "qualified" || word == "missing":
			cases++
			if got := told(rule.Judge(events)); got != line {
				t.Errorf("%s: %s, want %s", name, got, line)
			}
		default:
			events = append(events, readEvent(t, line))
		}
	}
	if cases < 20 {
		t.Errorf("%d cases were read", cases)
	}
}

func told(v commission.Verdict) string {
	if v.Qualified {
		return fmt.Sprintf("qualified day %d", int(v.At.Sub(dayZero).Hours()/24))
	}
	return "missing " + strings.Join(v.Missing, "; ")
}

func readRule(t *testing.T, text string) (q commission.Qualification) {
	t.Helper()
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, "=")
		switch name {
		case "goals":
			q.Goals = strings.Split(value, "+")
		case "min":
			q.MinDeposit = decimal.RequireFromString(value)
		case "sum":
			q.MinCumulativeDeposit = decimal.RequireFromString(value)
		case "within":
			q.WithinDays, _ = strconv.Atoi(value)
		default:
			t.Fatalf("a rule knows no %s", name)
		}
	}
	return q
}

func readEvent(t *testing.T, line string) commission.Event {
	t.Helper()
	fields := strings.Fields(line)
	n, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	e := commission.Event{At: day(n), Goal: fields[1], Status: commission.Approved}
	for _, field := range fields[2:] {
		switch {
		case strings.HasPrefix(field, "#"):
			e.Transaction = field[1:]
		case strings.Trim(field, "0123456789.") == "":
			e.Amount = decimal.RequireFromString(field)
		default:
			e.Status = commission.Status(field)
		}
	}
	return e
}

func drawEvents(t *rapid.T) []commission.Event {
	one := rapid.Custom(func(t *rapid.T) commission.Event {
		return commission.Event{
			Goal:        rapid.SampledFrom([]string{"registration", "kyc", "ftd", "deposit"}).Draw(t, "goal"),
			Transaction: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "transaction"),
			Status:      rapid.SampledFrom(append(commission.Statuses(), commission.Unknown)).Draw(t, "status"),
			Amount:      decimal.NewFromInt(rapid.Int64Range(0, 60).Draw(t, "amount")),
			At:          day(rapid.IntRange(0, 12).Draw(t, "day")),
		}
	})
	return rapid.SliceOfN(one, 0, 10).Draw(t, "events")
}

func drawRule(t *rapid.T) commission.Qualification {
	return commission.Qualification{
		Goals:                rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"registration", "kyc", "ftd"}), 0, 3, rapid.ID).Draw(t, "goals"),
		MinDeposit:           decimal.NewFromInt(rapid.Int64Range(0, 40).Draw(t, "least")),
		MinCumulativeDeposit: decimal.NewFromInt(rapid.Int64Range(0, 90).Draw(t, "sum")),
		WithinDays:           rapid.IntRange(0, 8).Draw(t, "within"),
	}
}

func TestQualificationDoesNotDependOnTheOrderOfTelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, events := drawRule(t), drawEvents(t)
		first := rule.Judge(events)
		again := rule.Judge(rapid.Permutation(events).Draw(t, "order"))
		if told(first) != told(again) {
			t.Fatalf("%s, and in another order %s", told(first), told(again))
		}
	})
}

func TestMoreApprovedEventsNeverDisqualify(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, events := drawRule(t), drawEvents(t)
		rule.WithinDays = 0 // with it, an earlier first event moves the end
		before := rule.Judge(events)
		more := rule.Judge(append(slices.Clone(events), drawEvents(t)...))
		if before.Qualified && (!more.Qualified || more.At.After(before.At)) {
			t.Fatalf("%s, and with more events %s", told(before), told(more))
		}
	})
}

func TestQualifiedExactlyWhenNothingIsMissing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := drawRule(t).Judge(drawEvents(t))
		if v.Qualified == (len(v.Missing) > 0) || v.Qualified == v.At.IsZero() {
			t.Fatalf("%+v", v)
		}
	})
}

func TestUndoes(t *testing.T) {
	t.Parallel()
	held := commission.Qualification{ClawbackDays: 14}
	for _, c := range []struct {
		rule commission.Qualification
		days int
		want bool
	}{{held, 0, true}, {held, 13, true}, {held, 14, false}, {held, 400, false}, {commission.Qualification{}, 400, true}} {
		if got := c.rule.Undoes(day(0), day(c.days)); got != c.want {
			t.Errorf("hold %d, after %d days: undone %t, want %t", c.rule.ClawbackDays, c.days, got, c.want)
		}
	}
}

func TestQualificationValidate(t *testing.T) {
	t.Parallel()
	for _, q := range []commission.Qualification{
		{Goals: []string{"cpa"}},
		{MinDeposit: decimal.NewFromInt(-1)},
		{WithinDays: -1},
	} {
		if q.Validate() == nil {
			t.Errorf("%+v is valid", q)
		}
	}
	if err := (commission.Qualification{Goals: []string{"ftd"}, ClawbackDays: 30}).Validate(); err != nil {
		t.Error(err)
	}
}
