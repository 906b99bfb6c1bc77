package intake

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/commission"
	"postrider/internal/pg"
	"postrider/outbox"
)

// gathered is what a transaction has for the windows of postbacks that gather the
// conversions of a click. A window is a delivery that waits for its time; until
// then conversions join it and leave it, each in its own transaction. It closes
// when the promoter finds that it is due: a row that is being joined is locked, so
// what comes first is first, and what comes second opens the next window.
type gathered struct{ steps []gatheredStep }

// gatheredStep is one conversion that joins a window, or has changed since it
// joined one.
type gatheredStep struct {
	event      uuid.UUID
	conversion conversion // as it is after the step
	status     commission.Status
	candidate  *candidate // the postback that fires; nil where it only may have joined before
	now        time.Time
}

// join lets a step of a conversion be told of with others of its click.
func (g *gathered) join(event uuid.UUID, c *conversion, s step, p candidate, now time.Time) {
	g.steps = append(g.steps, gatheredStep{event: event, conversion: *c, status: s.Status, candidate: &p, now: now})
}

// change notes a later step of a conversion. Where it is in a window that is still
// open, its new sum takes the place of the old; with another status it leaves.
func (g *gathered) change(event uuid.UUID, c *conversion, s step, now time.Time) {
	if s.Previous != "" && c.ClickID.Valid {
		g.steps = append(g.steps, gatheredStep{event: event, conversion: *c, status: s.Status, now: now})
	}
}

// gather takes the steps to their windows. It comes when nothing but windows is
// left to be locked, and those of a click have one lock for all: nobody waits in a
// circle.
func (l *ledger) gather(ctx context.Context) error {
	steps, err := l.relevant(ctx)
	if err != nil || len(steps) == 0 {
		return err
	}
	clicks := make([]string, len(steps))
	for i, s := range steps {
		clicks[i] = s.conversion.ClickID.UUID.String()
	}
	slices.Sort(clicks)
	for _, click := range slices.Compact(clicks) {
		if err := pg.Lock(ctx, l.tx, pg.LockGathering.Of(click)); err != nil {
			return fmt.Errorf("waiting for the windows of click %s: %w", click, err)
		}
	}
	touched := map[uuid.UUID]time.Time{}
	for _, s := range steps {
		if s.candidate == nil {
			err = l.changeIn(ctx, s, touched)
		} else {
			err = l.joinIn(ctx, s, touched)
		}
		if err != nil {
			return err
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(touched), func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) }) {
		if err := l.reckonWindow(ctx, id, touched[id]); err != nil {
			return err
		}
	}
	return nil
}

// relevant leaves out the changes of conversions that never joined anything.
func (l *ledger) relevant(ctx context.Context) ([]gatheredStep, error) {
	steps, changed, joins := l.gathered.steps, []string{}, map[uuid.UUID]bool{}
	l.gathered.steps = nil
	for _, s := range steps {
		if s.candidate == nil {
			changed = append(changed, s.conversion.ID.String())
		} else {
			joins[s.conversion.ID] = true
		}
	}
	if len(changed) == 0 {
		return steps, nil
	}
	err := pg.Each(ctx, l.tx, "looking for what was gathered", func(rows *sql.Rows) error {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		joins[id] = true
		return nil
	}, `SELECT DISTINCT conversion_id FROM gathered_events WHERE conversion_id = ANY($1::uuid[]) AND left_at IS NULL`, pq.Array(changed))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(steps, func(s gatheredStep) bool { return !joins[s.conversion.ID] }), nil
}

// changeIn brings the open windows that a conversion is in up to date.
func (l *ledger) changeIn(ctx context.Context, s gatheredStep, touched map[uuid.UUID]time.Time) error {
	return pg.Each(ctx, l.tx, fmt.Sprintf("changing what was gathered of conversion %s", s.conversion.ID), func(rows *sql.Rows) error {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		touched[id] = s.now
		return nil
	}, `
		WITH open AS (
		  SELECT d.id, d.status FROM deliveries d JOIN gathered_events g ON g.gathering_id = d.id
		  WHERE g.conversion_id = $1 AND g.left_at IS NULL AND d.gathers IS NOT NULL ORDER BY d.id FOR UPDATE OF d
		)
		UPDATE gathered_events g SET event_id = CASE WHEN open.status = $2 THEN $3 ELSE g.event_id END,
		  left_at = CASE WHEN open.status <> $2 THEN $4::timestamptz END
		FROM open WHERE g.gathering_id = open.id AND g.conversion_id = $1 RETURNING open.id`,
		s.conversion.ID, string(s.status), s.event, s.now)
}

// window names what belongs together: conversions whose sums can be added up, of
// one status, by one version of a postback.
func (s gatheredStep) window() string {
	c := s.conversion
	return strings.Join([]string{
		fmt.Sprint(s.candidate.ID), c.ClickID.UUID.String(), fmt.Sprint(s.candidate.VersionID), string(s.status), c.Currency, c.PayoutCurrency,
	}, " ")
}

// joinIn puts a step into the open window, or opens one.
func (l *ledger) joinIn(ctx context.Context, s gatheredStep, touched map[uuid.UUID]time.Time) error {
	window, err := l.openWindow(ctx, s)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7AtTime(s.now)
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	_, err = l.tx.ExecContext(ctx, `
		INSERT INTO gathered_events (id, affiliate_id, gathering_id, conversion_id, event_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (gathering_id, conversion_id) DO UPDATE SET event_id = excluded.event_id, left_at = NULL`,
		id, s.conversion.AffiliateID, window, s.conversion.ID, s.event)
	if err != nil {
		return fmt.Errorf("gathering conversion %s: %w", s.conversion.ID, err)
	}
	touched[window] = s.now
	return nil
}

// openWindow gives the window that a step belongs to, locked.
func (l *ledger) openWindow(ctx context.Context, s gatheredStep) (uuid.UUID, error) {
	id, due, err := outbox.Window(ctx, l.tx, s.window())
	switch {
	case err != nil:
		return id, fmt.Errorf("of conversion %s: %w", s.conversion.ID, err)
	case id == uuid.Nil:
		return l.newWindow(s)
	case due.After(s.now):
		return id, nil
	}
	// It is over; whoever promotes has not come to it yet.
	outbox.Close(l.tx, id)
	return l.newWindow(s)
}

func (l *ledger) newWindow(s gatheredStep) (uuid.UUID, error) {
	id, err := uuid.NewV7AtTime(s.now)
	if err != nil {
		return id, fmt.Errorf("making an id: %w", err)
	}
	d := deliveryRow{id: id, event: s.event, conversion: s.conversion, step: step{Status: s.status}, candidate: *s.candidate, now: s.now}
	outbox.Open(l.tx, d.outgoing(), s.window(), s.now.Add(s.candidate.Gathers))
	return id, nil
}
