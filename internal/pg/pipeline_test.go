package pg_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"postrider/internal/pg"
)

const insertNote = `INSERT INTO notes (name) VALUES ($1::text)`

func TestAPipeline(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for _, tc := range []struct {
		name string
		fn   func(ctx context.Context, tx *pg.Pipeline) error
		rows int
		err  error // nil where any will do
		ok   bool
	}{
		{name: "commits what is queued", ok: true, rows: 2, fn: func(_ context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			tx.Queue(insertNote, "b")
			return nil
		}},
		{name: "commits nothing where nothing is done", ok: true, fn: func(context.Context, *pg.Pipeline) error { return nil }},
		{name: "sends what is queued before what is asked", ok: true, rows: 1, fn: func(ctx context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM notes`).Scan(&n); err != nil || n != 1 {
				return errors.Join(err, errors.New("it was not there"))
			}
			return nil
		}},
		{name: "takes back what an error follows", err: refused, fn: func(ctx context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			return errors.Join(tx.Send(ctx), refused)
		}},
		{name: "takes back what a panic follows", err: refused, fn: func(ctx context.Context, tx *pg.Pipeline) error {
			_, _ = tx.ExecContext(ctx, insertNote, "a")
			panic(refused)
		}},
		{name: "has not begun when an error comes at once", err: refused, fn: func(_ context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			return refused
		}},
		{name: "fails with what was queued", fn: func(_ context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			tx.Queue(`SELECT 1/0`)
			return nil
		}},
		{name: "fails though nobody looked at the error", fn: func(ctx context.Context, tx *pg.Pipeline) error {
			tx.Queue(insertNote, "a")
			_, _ = tx.ExecContext(ctx, `SELECT 1/0`)
			return nil
		}},
		{name: "fails with the first error", fn: func(ctx context.Context, tx *pg.Pipeline) error {
			tx.Queue(`SELECT 1/0`)
			var n int
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM notes`).Scan(&n)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			db := withTable(t)
			var told []bool
			err := recovered(func() error {
				return pg.WithPipeline(t.Context(), db, func(ctx context.Context, tx *pg.Pipeline) error {
					tx.AtEnd(func(committed bool) { told = append(told, committed) })
					return tc.fn(ctx, tx)
				})
			})
			if (err == nil) != tc.ok || tc.err != nil && !errors.Is(err, tc.err) {
				t.Fatalf("got %v", err)
			}
			if got := count(t, db, "notes"); got != tc.rows {
				t.Fatalf("%d rows, want %d", got, tc.rows)
			}
			if want := []bool{tc.ok}; !slices.Equal(told, want) {
				t.Fatalf("told %v at the end, want %v", told, want)
			}
			if open := db.Stats().InUse; open != 0 {
				t.Fatalf("%d connections are still in use", open)
			}
		})
	}
}

// Queued, sent or queried in any order: every statement sees the effects of those before it, and
// in the end all of it is committed, or nothing.
func TestAPipelineIsATransaction(t *testing.T) {
	t.Parallel()
	db := withTable(t)
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := db.ExecContext(t.Context(), `DELETE FROM notes`); err != nil {
			rt.Fatal(err)
		}
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"queue", "send", "exec", "query", "rows"}), 0, 12).Draw(rt, "steps")
		fails := rapid.Bool().Draw(rt, "fails")
		written := 0
		err := pg.WithPipeline(t.Context(), db, func(ctx context.Context, tx *pg.Pipeline) error {
			written = 0
			for _, step := range steps {
				if err := play(ctx, tx, step, &written); err != nil {
					return err
				}
			}
			if fails {
				tx.Queue(`SELECT 1/0`)
			}
			return nil
		})
		if (err != nil) != fails {
			rt.Fatalf("fails: %v, and it ended with %v", fails, err)
		}
		want := written
		if fails {
			want = 0
		}
		if got := count(t, db, "notes"); got != want {
			rt.Fatalf("%d rows, want %d", got, want)
		}
	})
}

func play(ctx context.Context, tx *pg.Pipeline, step string, written *int) error {
	seen, want := *written, *written
	switch step {
	case "queue":
		*written++
		tx.Queue(insertNote, strconv.Itoa(*written))
	case "send":
		return tx.Send(ctx)
	case "exec":
		*written++
		_, err := tx.ExecContext(ctx, insertNote, strconv.Itoa(*written))
		return err
	case "query":
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM notes`).Scan(&seen); err != nil {
			return err
		}
	case "rows":
		tx.QueueRows(func(rows pgx.Rows) error {
			got, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
			seen = got
			return err
		}, `SELECT count(*) FROM notes`)
		if err := tx.Send(ctx); err != nil {
			return err
		}
	}
	if seen != want {
		return errors.New("a statement does not see what came before it")
	}
	return nil
}

func TestAPipelineTriesAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	db := withTable(t)
	for _, note := range []string{"a", "b"} {
		must(t, pg.WithTx(t.Context(), db, insert(note)))
	}
	var bothHold, done sync.WaitGroup
	bothHold.Add(2)
	errs := make([]error, 2)
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		first := sync.OnceFunc(func() { bothHold.Done(); bothHold.Wait() })
		done.Go(func() {
			errs[i] = pg.WithPipeline(t.Context(), db, func(ctx context.Context, tx *pg.Pipeline) error {
				tx.Queue(`SELECT FROM notes WHERE name = $1 FOR UPDATE`, order[0])
				if err := tx.Send(ctx); err != nil {
					return err
				}
				first()
				tx.Queue(`SELECT FROM notes WHERE name = $1 FOR UPDATE`, order[1])
				return nil
			})
		})
	}
	done.Wait()
	if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
		t.Fatal(errs)
	}
}

func TestAPipelineThatIsCutOffLeavesAGoodPool(t *testing.T) {
	t.Parallel()
	db := withTable(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := pg.WithPipeline(ctx, db, func(ctx context.Context, tx *pg.Pipeline) error {
		tx.Queue(insertNote, "a")
		if err := tx.Send(ctx); err != nil {
			return err
		}
		cancel()
		tx.Queue(insertNote, "b")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got := count(t, db, "notes"); got != 0 {
		t.Fatalf("%d rows are there", got)
	}
}
