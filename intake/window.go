package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/internal/pg"
	"postrider/macro"
	"postrider/outbox"
)

// told is one conversion of those that a window tells of.
type told struct {
	conversion, event uuid.UUID
	goal, transaction string
	amount, payout    decimal.NullDecimal
	macros            map[macro.Name]string
}

// reckonWindow writes down what a locked window says by now. One that nothing is
// left in is called off.
func (l *ledger) reckonWindow(ctx context.Context, id uuid.UUID, now time.Time) error {
	list, err := l.toldBy(ctx, id)
	if err != nil {
		return err
	}
	l.announced = append(l.announced, id)
	if len(list) == 0 {
		return outbox.CancelWindow(ctx, l.tx, id, now)
	}
	says, err := json.Marshal(summary(list))
	if err != nil {
		return fmt.Errorf("writing macros down: %w", err)
	}
	first := list[0]
	outbox.Summarize(l.tx, id, outbox.Summary{
		ConversionID: first.conversion, EventID: first.event, Goal: first.goal, Transaction: first.transaction, Macros: says,
	}, now)
	return nil
}

// toldBy reads what is in a window, in the order in which it joined.
func (l *ledger) toldBy(ctx context.Context, window uuid.UUID) ([]told, error) {
	var list []told
	err := pg.Each(ctx, l.tx, fmt.Sprintf("reading window %s", window), func(rows *sql.Rows) error {
		var t told
		var macros []byte
		if err := rows.Scan(&t.conversion, &t.event, &t.goal, &t.transaction, &t.amount, &t.payout, &macros); err != nil {
			return err
		}
		if err := json.Unmarshal(macros, &t.macros); err != nil {
			return fmt.Errorf("reading the macros of conversion %s: %w", t.conversion, err)
		}
		list = append(list, t)
		return nil
	}, `
		SELECT c.id, e.id, c.goal, coalesce(c.transaction_id, ''), e.amount, e.payout, e.macros
		FROM gathered_events g JOIN conversion_events e ON e.id = g.event_id JOIN conversions c ON c.id = g.conversion_id
		WHERE g.gathering_id = $1 AND g.left_at IS NULL ORDER BY g.id`, window)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// summary is what each macro says of conversions that go out together: the first
// speaks for all, but for the sums.
func summary(list []told) map[macro.Name]string {
	says := maps.Clone(list[0].macros)
	var amount, payout decimal.NullDecimal
	var goals []string
	for _, t := range list {
		amount, payout = plus(amount, t.amount), plus(payout, t.payout)
		if name := t.macros[macro.GoalName]; !slices.Contains(goals, name) {
			goals = append(goals, name)
		}
	}
	says[macro.Count] = strconv.Itoa(len(list))
	says[macro.SumAmount], says[macro.SumPayout] = money(amount), money(payout)
	says[macro.GoalNames] = strings.Join(goals, ",")
	return says
}

// plus adds what has a sum; it is none while nothing has.
func plus(a, b decimal.NullDecimal) decimal.NullDecimal {
	switch {
	case !b.Valid:
		return a
	case !a.Valid:
		return b
	default:
		return decimal.NewNullDecimal(a.Decimal.Add(b.Decimal))
	}
}
