package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// unmappedRow is a row of unmapped_reports.
type unmappedRow struct {
	id    uuid.UUID
	entry *entry
	text  string // the report as JSON
}

var unmappedColumns = pg.Columns[unmappedRow]{
	pg.UUID("id", func(r *unmappedRow) uuid.UUID { return r.id }),
	pg.Time("received_at", func(r *unmappedRow) time.Time { return r.entry.now }),
	pg.Bigint("integration_id", func(r *unmappedRow) int64 { return r.entry.integration.ID }),
	pg.Text("word", func(r *unmappedRow) string { return inbound.WordKey(r.entry.report.Goal) }),
	pg.Text("key", func(r *unmappedRow) string { return unmappedKey(r.entry.report) }),
	pg.JSON("report", func(r *unmappedRow) string { return r.text }),
}

var insertUnmappedSQL = unmappedColumns.Insert("unmapped_reports") + `ON CONFLICT DO NOTHING RETURNING id`

// unmappedKey identifies what a report says: without a time of its own, the time of the call does
// not count.
func unmappedKey(r inbound.Report) string {
	at := ""
	if r.TimeGiven {
		at = r.OccurredAt.UTC().Format(time.RFC3339Nano)
	}
	said := fmt.Sprintf("%q", []string{
		inbound.WordKey(r.Goal), r.ClickID, r.PlayerID, r.TransactionID, commission.AmountText(r.Amount), r.Currency,
		cmp.Or(r.UnknownStatus, string(r.Status)), at,
	})
	if r.Payout.Valid {
		said += payoutText(r.Payout, r.PayoutIn)
	}
	sum := sha256.Sum256([]byte(said))
	return hex.EncodeToString(sum[:])
}

// unmappedIn says of a test call which of its words nobody has mapped.
func unmappedIn(r inbound.Report) string {
	said := ""
	if r.UnknownGoal {
		said += fmt.Sprintf("; its goal %q is not mapped: the report would wait until it is", r.Goal)
	}
	if r.UnknownStatus != "" {
		said += fmt.Sprintf("; its status %q is not mapped: the conversion would not count until it is", r.UnknownStatus)
	}
	return said
}

// unmappedFirst splits entries into those whose goal nobody has mapped and the others.
func unmappedFirst(entries []*entry) (waiting, mapped []*entry) {
	for _, e := range entries {
		if e.report.UnknownGoal {
			waiting = append(waiting, e)
		} else {
			mapped = append(mapped, e)
		}
	}
	return waiting, mapped
}

// keepUnmapped keeps reports of goals that nobody has mapped.
func keepUnmapped(ctx context.Context, ch *changes, entries []*entry) error {
	if len(entries) == 0 {
		return nil
	}
	rows := make([]unmappedRow, len(entries))
	for i, e := range entries {
		text, err := json.Marshal(e.report)
		if err != nil {
			return fmt.Errorf("writing a report down: %w", err)
		}
		id, err := uuid.NewV7AtTime(e.now)
		if err != nil {
			return fmt.Errorf("making an id: %w", err)
		}
		rows[i] = unmappedRow{id, e, string(text)}
	}
	kept := map[uuid.UUID]bool{}
	ch.tx.QueueRows(func(found pgx.Rows) error {
		ids, err := pgx.CollectRows(found, pgx.RowTo[uuid.UUID])
		for _, id := range ids {
			kept[id] = true
		}
		return err
	}, insertUnmappedSQL, unmappedColumns.Args(rows)...)
	if err := ch.tx.Send(ctx); err != nil {
		return fmt.Errorf("keeping %d reports of unmapped goals: %w", len(rows), err)
	}
	named := make([]string, len(entries))
	for i, e := range entries {
		named[i] = e.report.ClickID
	}
	whose, err := affiliatesOf(ctx, ch.tx, named)
	if err != nil {
		return err
	}
	for i, r := range rows {
		e := r.entry
		e.illegal, e.affiliate = nil, whose[i]
		e.outcome = Outcome{Result: Unmapped, Cause: inbound.UnmappedGoal, Reason: fmt.Sprintf("the goal %q is not mapped: the report is kept, and counts once it is", e.report.Goal)}
		if !kept[r.id] {
			e.outcome = Outcome{Result: Duplicate, Cause: inbound.Repeat, Reason: fmt.Sprintf("the goal %q is not mapped, and the same report is kept already", e.report.Goal)}
		}
	}
	return nil
}

// GoalMapped is what mapping a goal does, or did.
type GoalMapped struct {
	Reports     int                        // that waited for it
	Recorded    int                        // new conversions
	Changed     int                        // recorded conversions that changed
	Refused     int                        // reports that lack what the goal needs
	Left        int                        // reports that a preview did not look at
	Amounts     map[string]decimal.Decimal // of the new conversions, by currency
	Payouts     map[string]decimal.Decimal
	Deliveries  int    // that are queued for them
	FirstReason string // why the first one was refused
}

// mostPreviewed is how many reports a preview looks at.
const mostPreviewed = 500

// mapping is a word's goal that its reports are recorded for.
type mapping struct {
	integration *integration
	goal        string
	by          Move
	entries     map[uuid.UUID]*entry // by report: a transaction may have to run again
}

// mapGoal records the reports of an integration that waited for a goal, in the order in which they
// came and as of their time, each in a transaction of its own. What is recorded already is not
// recorded again.
func (in *receiver) mapGoal(ctx context.Context, integrationKey, word, goal string, by Move) (GoalMapped, error) {
	var total GoalMapped
	src, ids, err := in.waiting(ctx, integrationKey, word)
	if err != nil {
		return total, err
	}
	m := mapping{integration: src, goal: goal, by: by, entries: map[uuid.UUID]*entry{}}
	for _, id := range ids {
		var one GoalMapped
		err := in.changeUnbound(ctx, func(ctx context.Context, ch *changes) (err error) {
			one = GoalMapped{}
			return in.recordWaiting(ctx, ch, m, id, &one)
		})
		if err != nil {
			return total, err
		}
		total.add(one)
	}
	return total, nil
}

// previewGoal records the reports that wait for a goal in one transaction, looks at what came of
// it, and rolls it back.
func (in *receiver) previewGoal(ctx context.Context, integrationKey, word, goal string) (GoalMapped, error) {
	var total GoalMapped
	src, ids, err := in.waiting(ctx, integrationKey, word)
	if err != nil {
		return total, err
	}
	looked := ids[:min(len(ids), mostPreviewed)]
	m := mapping{integration: src, goal: goal, by: Move{Actor: commission.ByStaff}, entries: map[uuid.UUID]*entry{}}
	err = in.changeUnbound(ctx, func(ctx context.Context, ch *changes) error {
		total = GoalMapped{Left: len(ids) - len(looked)}
		ch.previewing = true
		for _, id := range looked {
			var one GoalMapped
			if err := in.recordWaiting(ctx, ch, m, id, &one); err != nil {
				return err
			}
			total.add(one)
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return total, err
}

// waiting returns an integration, and the reports of it that wait for a goal.
func (in *receiver) waiting(ctx context.Context, integrationKey, word string) (*integration, []uuid.UUID, error) {
	src, found, err := in.catalog.integrations.get(ctx, in.db, integrationKey)
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return nil, nil, problem.NotFoundAt("integration", "there is no integration with the key %q", integrationKey)
	}
	ids, err := reportsOf(ctx, in.db, src, word, `recorded_at IS NULL`)
	return src, ids, err
}

// reportsOf returns the reports of an integration's word that meet a condition, oldest first.
func reportsOf(ctx context.Context, on pg.Querier, src *integration, word, where string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := pg.Each(ctx, on, "reading the reports of an unmapped goal", func(rows *sql.Rows) error {
		var id uuid.UUID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM unmapped_reports WHERE integration_id = $1 AND word = $2 AND `+where+` ORDER BY id`, src.ID, inbound.WordKey(word))
	return ids, err
}

// recordWaiting records one report whose goal is mapped now.
func (in *receiver) recordWaiting(ctx context.Context, ch *changes, m mapping, id uuid.UUID, made *GoalMapped) error {
	e, err := m.entry(ctx, ch, id)
	if e == nil || err != nil {
		return err
	}
	g, err := in.catalog.goal(ctx, ch.tx, m.goal)
	if err != nil {
		return err
	}
	made.Reports = 1
	bad := e.report.CheckGoal(&g.Goal, m.integration.Words)
	if len(bad) == 0 {
		if err := recordMapped(ctx, ch, []*entry{e}); err != nil {
			return err
		}
		bad = slices.DeleteFunc([]*problem.Error{e.illegal}, func(p *problem.Error) bool { return p == nil })
	}
	if len(bad) > 0 {
		return refuseWaiting(ctx, ch, id, bad, made)
	}
	made.count(e, ch)
	_, err = ch.tx.ExecContext(ctx, `UPDATE unmapped_reports SET recorded_at = $2, conversion_id = $3, refused = '' WHERE id = $1`, id, ch.now, uuid.NullUUID{UUID: e.outcome.ConversionID, Valid: e.isNew})
	if err != nil {
		return fmt.Errorf("writing what became of report %s: %w", id, err)
	}
	return nil
}

// entry locks a report that waits, and returns it with its goal; nil if somebody else has recorded it.
func (m mapping) entry(ctx context.Context, ch *changes, id uuid.UUID) (*entry, error) {
	var text []byte
	var receivedAt time.Time
	err := ch.tx.QueryRowContext(ctx, `SELECT report, received_at FROM unmapped_reports WHERE id = $1 AND recorded_at IS NULL FOR UPDATE`, id).Scan(&text, &receivedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if e := m.entries[id]; e != nil && err == nil {
		return e, nil
	}
	var r inbound.Report
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return nil, fmt.Errorf("reading report %s: %w", id, err)
	}
	r.Reason, r.UserID = fmt.Sprintf("the operator's goal %q is mapped to %s", r.Goal, m.goal), m.by.UserID
	r.Goal, r.UnknownGoal = m.goal, false
	if !r.StatusGiven {
		r.Status = m.integration.Words.DefaultStatus(m.goal)
	}
	m.entries[id] = &entry{integration: m.integration, report: r, now: ch.now, receivedAt: receivedAt.UTC()}
	return m.entries[id], nil
}

// refuseWaiting writes down why a report cannot be recorded for the goal that it is mapped to.
func refuseWaiting(ctx context.Context, ch *changes, id uuid.UUID, bad []*problem.Error, made *GoalMapped) error {
	made.Refused, made.FirstReason = 1, invalid(bad).reason
	if _, err := ch.tx.ExecContext(ctx, `UPDATE unmapped_reports SET refused = $2 WHERE id = $1`, id, made.FirstReason); err != nil {
		return fmt.Errorf("writing why report %s was refused: %w", id, err)
	}
	return nil
}

// count counts what became of a report.
func (m *GoalMapped) count(e *entry, ch *changes) {
	switch {
	case e.isNew:
		c := e.conversion
		m.Recorded = 1
		m.Amounts, m.Payouts = map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
		if c.Amount.Valid {
			m.Amounts[c.Currency] = c.Amount.Decimal
		}
		if c.Payout.Valid {
			m.Payouts[c.PayoutCurrency] = c.Payout.Decimal
		}
		for _, d := range ch.deliveries {
			if d.ConversionID == c.ID {
				m.Deliveries++
			}
		}
	case e.outcome.Result == Updated:
		m.Changed = 1
	}
}

// add adds what became of other reports.
func (m *GoalMapped) add(o GoalMapped) {
	m.Reports, m.Recorded, m.Changed = m.Reports+o.Reports, m.Recorded+o.Recorded, m.Changed+o.Changed
	m.Refused, m.Deliveries = m.Refused+o.Refused, m.Deliveries+o.Deliveries
	m.FirstReason = cmp.Or(m.FirstReason, o.FirstReason)
	for _, sums := range []struct {
		into *map[string]decimal.Decimal
		from map[string]decimal.Decimal
	}{{&m.Amounts, o.Amounts}, {&m.Payouts, o.Payouts}} {
		if *sums.into == nil {
			*sums.into = map[string]decimal.Decimal{}
		}
		for currency, sum := range sums.from {
			(*sums.into)[currency] = (*sums.into)[currency].Add(sum)
		}
	}
}

// mappedByMistake is the reason of the step by which conversions end whose goal was mapped wrongly.
const mappedByMistake = "Its goal was mapped by mistake, taken back by the network"

// unmapGoal takes back what was recorded when a goal was mapped. Nothing is deleted: each
// conversion ends rejected or cancelled, and its report waits again. It returns how many ended.
func (in *receiver) unmapGoal(ctx context.Context, integrationKey, word string, u Undoing) (int, error) {
	src, found, err := in.catalog.integrations.get(ctx, in.db, integrationKey)
	if err != nil || !found {
		return 0, err
	}
	u.reason = mappedByMistake
	ended := 0
	ids, err := reportsOf(ctx, in.db, src, word, `recorded_at IS NOT NULL`)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		took := false
		err := in.change(ctx, func(ctx context.Context, ch *changes) (err error) {
			ch.undoing = true
			took, err = takeReportBack(ctx, ch, id, u)
			return err
		})
		if err != nil {
			return ended, err
		}
		if took {
			ended++
		}
	}
	return ended, nil
}

// takeReportBack ends the conversion of a report, and lets the report wait again.
func takeReportBack(ctx context.Context, ch *changes, id uuid.UUID, u Undoing) (took bool, err error) {
	var of uuid.NullUUID
	err = ch.tx.QueryRowContext(ctx, `SELECT conversion_id FROM unmapped_reports WHERE id = $1 AND recorded_at IS NOT NULL FOR UPDATE`, id).Scan(&of)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading report %s: %w", id, err)
	}
	if of.Valid {
		c, err := findConversion(ctx, ch.tx, `id = $1`, of)
		if err != nil {
			return false, err
		}
		if took = !c.UndoneAt.Valid; took {
			if err := takeBack(ctx, ch, c, u); err != nil {
				return false, err
			}
		}
	}
	if _, err := ch.tx.ExecContext(ctx, `UPDATE unmapped_reports SET recorded_at = NULL, conversion_id = NULL WHERE id = $1`, id); err != nil {
		return false, fmt.Errorf("letting report %s wait again: %w", id, err)
	}
	return took, nil
}
