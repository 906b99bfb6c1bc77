package feed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/gofrs/uuid/v5"

	"postrider/internal/installation"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Feed is the changes in some insert-only tables, each with an id that sorts by time and a stamp:
// uuid id, bigint tx with a BRIN index.
type Feed struct {
	Name   string
	Tables []string
	Kept   time.Duration // how long rows are kept; zero for ever
	DB     *sql.DB
}

// Span is a part of a window to read: the rows with ids above After, up to UpTo unless that is
// nil, in ascending order, at most Limit.
type Span struct {
	Window

	After, UpTo uuid.UUID
	Limit       int
}

// Select restricts a selection to the rows of the span, in their order.
func (s Span) Select(sel *entsql.Selector) {
	id := sel.C("id")
	sel.Where(entsql.GT(id, s.After))
	if s.UpTo != uuid.Nil {
		sel.Where(entsql.LTE(id, s.UpTo))
	}
	s.Window.Select(sel)
	sel.OrderBy(entsql.Asc(id)).Limit(s.Limit)
}

// Page is some rows of a feed, and the cursor after them.
type Page[T any] struct {
	Rows []T
	End  Cursor
	More bool // whether there are more rows now; they need not be the reader's

	window Cursor // that the rows are of
}

// After returns the cursor after a row of the page, by its id.
func (p Page[T]) After(id uuid.UUID) Cursor {
	c := p.window
	c.place = id
	return c
}

// How many rows of all readers one query of a page passes at most, and how many such queries a
// page makes: a reader who sees few of the rows gets a short page instead of a slow one.
const (
	rowsAStep = 5000
	stepsMost = 20
)

// Reader reads a feed for a viewer.
type Reader[T any] struct {
	Feed *Feed
	ID   func(T) uuid.UUID
	Read func(ctx context.Context, span Span) ([]T, error) // the viewer's rows of a span
}

// Oldest returns the cursor before the oldest row that is kept.
func (f *Feed) Oldest(ctx context.Context) (Cursor, error) {
	home, err := f.settle(ctx)
	return Cursor{feed: f.Name, home: home}, err
}

// Newest returns the cursor after every row that is committed now.
func (f *Feed) Newest(ctx context.Context) (Cursor, error) {
	home, err := f.settle(ctx)
	if err != nil {
		return Cursor{}, err
	}
	c := Cursor{feed: f.Name, home: home}
	c.window.After, c.at, err = f.now(ctx)
	return c, err
}

// Parse parses a cursor and checks that the feed can go on from it: it is stale where the database
// was restored or promoted since, or where rows after it have been dropped.
func (f *Feed) Parse(ctx context.Context, text string) (Cursor, error) {
	c, err := ParseCursor(f.Name, text)
	if err != nil {
		return c, err
	}
	home, err := f.settle(ctx)
	if err != nil {
		return c, err
	}
	if c.home != home {
		return c, problem.StaleCursor("the database was restored or moved since this cursor was made: list everything again, and begin the feed anew")
	}
	if f.Kept > 0 && !c.window.fromTheStart() && c.at.Before(time.Now().Add(-f.Kept)) {
		return c, problem.StaleCursor("this cursor is older than changes are kept (%d days): list everything again, and begin the feed anew", int(f.Kept.Hours()/24))
	}
	return c, nil
}

// Page reads up to first rows after a cursor.
func (r Reader[T]) Page(ctx context.Context, c Cursor, first int) (Page[T], error) {
	c, err := r.Feed.open(ctx, c)
	if err != nil || !c.reading {
		return Page[T]{End: c}, err
	}
	var rows []T
	for range stepsMost {
		bound, err := r.Feed.bound(ctx, c.place)
		if err != nil {
			return Page[T]{}, err
		}
		found, err := r.Read(ctx, Span{Window: c.window, After: c.place, UpTo: bound, Limit: first + 1 - len(rows)})
		if err != nil {
			return Page[T]{}, fmt.Errorf("reading the changes of %s: %w", r.Feed.Name, err)
		}
		if rows = append(rows, found...); len(rows) > first {
			rows = rows[:first]
			c.place = r.ID(rows[first-1])
			return Page[T]{Rows: rows, End: c, More: true, window: c}, nil
		}
		if bound == uuid.Nil {
			return Page[T]{Rows: rows, End: c.over(), window: c}, nil
		}
		c.place = bound
	}
	return Page[T]{Rows: rows, End: c, More: true, window: c}, nil
}

// over returns the cursor after the window.
func (c Cursor) over() Cursor {
	return Cursor{feed: c.feed, home: c.home, at: c.until, window: Window{After: c.window.UpTo}}
}

// open begins the window after a cursor that has read everything: up to now. It leaves the cursor
// as it is where nothing is new.
func (f *Feed) open(ctx context.Context, c Cursor) (Cursor, error) {
	if c.reading {
		return c, nil
	}
	now, at, err := f.now(ctx)
	if err != nil || now.Equal(c.window.After) {
		return c, err
	}
	c.window.UpTo, c.until, c.reading = now, at, true
	if c.window.fromTheStart() {
		c.at = at
		return c, nil
	}
	first, err := f.firstOf(ctx, c.window)
	if err != nil {
		return c, err
	}
	if first == uuid.Nil {
		return c.over(), nil
	}
	c.place = before(first)
	return c, nil
}

// before returns an id that is less than any UUIDv7 of the millisecond of id: a reader is shown no
// part of another's id.
func before(id uuid.UUID) uuid.UUID {
	clear(id[6:])
	return id
}

// now returns the database's snapshot and time.
func (f *Feed) now(ctx context.Context) (s Snapshot, at time.Time, err error) {
	var text string
	if err := f.DB.QueryRowContext(ctx, `SELECT txid_current_snapshot()::text, now()`).Scan(&text, &at); err != nil {
		return s, at, fmt.Errorf("asking which transactions have ended: %w", err)
	}
	s, err = parseSnapshot(text)
	return s, at.UTC().Truncate(time.Second), err
}

// planned is how a statement that goes by stamps has to be planned: the planner takes a third of
// the table for new, and would scan and compile accordingly.
const planned = `SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0`

// firstOf returns the lowest id of a window; nil if it is empty.
func (f *Feed) firstOf(ctx context.Context, w Window) (lowest uuid.UUID, err error) {
	err = pg.WithTx(ctx, f.DB, func(ctx context.Context, tx *sql.Tx) error {
		lowest = uuid.Nil
		if _, err := tx.ExecContext(ctx, planned); err != nil {
			return err
		}
		for _, table := range f.Tables {
			rows := entsql.Dialect(dialect.Postgres).Select("id").From(entsql.Table(table))
			w.Select(rows)
			query, args := rows.Query()
			var id uuid.UUID
			err := tx.QueryRowContext(ctx, `WITH new AS MATERIALIZED (`+query+`) SELECT id FROM new ORDER BY id LIMIT 1`, args...).Scan(&id)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			lowest = lower(lowest, id)
		}
		return nil
	})
	if err != nil {
		return lowest, fmt.Errorf("finding the first change of %s: %w", f.Name, err)
	}
	return lowest, nil
}

// lower returns the lower of two ids; nil is none.
func lower(ids ...uuid.UUID) (lowest uuid.UUID) {
	for _, id := range ids {
		if lowest == uuid.Nil || id != uuid.Nil && string(id[:]) < string(lowest[:]) {
			lowest = id
		}
	}
	return lowest
}

// bound returns the id up to which the next step may read; nil if that is the end.
func (f *Feed) bound(ctx context.Context, after uuid.UUID) (lowest uuid.UUID, err error) {
	for _, table := range f.Tables {
		var id uuid.UUID
		err := f.DB.QueryRowContext(ctx, `SELECT id FROM `+table+` WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1`, after, rowsAStep).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return lowest, fmt.Errorf("finding how far to read %s: %w", table, err)
		}
		lowest = lower(lowest, id)
	}
	return lowest, nil
}

// settle returns where the database is. Where it was restored or moved, the stamps that it brought
// are those of another cluster: ids that this one has yet to assign would be taken for new then,
// so they become those of transaction 0.
func (f *Feed) settle(ctx context.Context) (home uint64, err error) {
	here, err := installation.Home(ctx, f.DB)
	if err != nil {
		return 0, err
	}
	var was string
	if err := f.DB.QueryRowContext(ctx, `SELECT home FROM feed_home`).Scan(&was); err != nil {
		return 0, fmt.Errorf("reading which cluster the stamps are of: %w", err)
	}
	if was != here {
		if err := f.move(ctx, here); err != nil {
			return 0, fmt.Errorf("moving the feeds to this cluster: %w", err)
		}
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(here))
	return sum.Sum64(), nil
}

// stamped lists the tables with stamps.
var stamped = []string{"conversion_events", "conversion_bindings", "delivery_changes"}

func (f *Feed) move(ctx context.Context, here string) error {
	return pg.WithTx(ctx, f.DB, func(ctx context.Context, tx *sql.Tx) error {
		var was string
		if err := tx.QueryRowContext(ctx, `SELECT home FROM feed_home FOR UPDATE`).Scan(&was); err != nil || was == here {
			return err
		}
		for _, table := range stamped {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf(`UPDATE %s SET tx = 0 WHERE tx >= txid_current()`, table)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE feed_home SET home = $1`, here)
		return err
	})
}
