package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/macro"
)

// member is one conversion of a window.
type member struct {
	conversion, event uuid.UUID
	goal, transaction string
	amount, payout    decimal.NullDecimal
	macros            map[macro.Name]string
}

// summarize sets the macros of a locked window from its members. A window without members
// is cancelled.
func summarize(ctx context.Context, tx Tx, id uuid.UUID, now time.Time) error {
	members, err := collect(ctx, tx, fmt.Sprintf("reading window %s", id), func(row pgx.CollectableRow) (m member, err error) {
		var macros []byte
		if err := row.Scan(&m.conversion, &m.event, &m.goal, &m.transaction, &m.amount, &m.payout, &macros); err != nil {
			return m, err
		}
		if err := json.Unmarshal(macros, &m.macros); err != nil {
			return m, fmt.Errorf("reading the macros of conversion %s: %w", m.conversion, err)
		}
		return m, nil
	}, `
		SELECT c.id, e.id, c.goal, coalesce(c.transaction_id, ''), e.amount, e.payout, e.macros
		FROM aggregated_events g JOIN conversion_events e ON e.id = g.event_id JOIN conversions c ON c.id = g.conversion_id
		WHERE g.aggregation_id = $1 AND g.left_at IS NULL ORDER BY g.id`, id)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return cancelWindow(ctx, tx, id, now)
	}
	says, err := json.Marshal(together(members))
	if err != nil {
		return fmt.Errorf("writing the macros of window %s: %w", id, err)
	}
	first := members[0]
	writeSummary(tx, id, summary{ConversionID: first.conversion, EventID: first.event, Goal: first.goal, Transaction: first.transaction, Macros: says}, now)
	return nil
}

// together returns the macro values of a window's members: the first member's, but for the
// count, the sums and the goal names, which are of all.
func together(members []member) map[macro.Name]string {
	says := maps.Clone(members[0].macros)
	var amount, payout decimal.NullDecimal
	var goals []string
	for _, m := range members {
		amount, payout = plus(amount, m.amount), plus(payout, m.payout)
		if name := m.macros[macro.GoalName]; !slices.Contains(goals, name) {
			goals = append(goals, name)
		}
	}
	says[macro.Count] = strconv.Itoa(len(members))
	says[macro.SumAmount], says[macro.SumPayout] = commission.AmountText(amount), commission.AmountText(payout)
	says[macro.GoalNames] = strings.Join(goals, ",")
	return says
}

// plus adds two amounts; a null one adds nothing.
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

// summary is what a window sends, calculated from its members.
type summary struct {
	ConversionID, EventID uuid.UUID // of the first member
	Goal, Transaction     string
	Macros                []byte
}

var summarySQL = `
WITH summarized AS (
  UPDATE deliveries d SET macros = $2, conversion_id = $3, event_id = $4, goal = $5, transaction_id = nullif($6, ''), updated_at = $7
  WHERE id = $1 AND aggregates IS NOT NULL
  RETURNING ` + returned + `
) ` + logSQL("summarized")

// writeSummary queues the update of an open window.
func writeSummary(tx Tx, id uuid.UUID, s summary, now time.Time) {
	tx.Queue(summarySQL, id, string(s.Macros), s.ConversionID, s.EventID, s.Goal, s.Transaction, now.UTC())
}
