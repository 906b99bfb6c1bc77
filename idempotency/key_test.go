package idempotency_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/idempotency"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// process is one process of an installation: its keys have a pool of their own.
type process struct {
	*idempotency.Keys

	db *sql.DB
}

func newProcess(t testing.TB, d *pgtest.DB, options ...func(*idempotency.Config)) *process {
	t.Helper()
	pool, err := pg.OpenSQL(d.URL, 6)
	must(t, err)
	t.Cleanup(func() { _ = pool.Close() })
	cfg := idempotency.Config{DB: pool, Secrets: pgtest.Key(t), Now: func() time.Time { return pgtest.Now }}
	for _, o := range options {
		o(&cfg)
	}
	return &process{idempotency.New(cfg), pool}
}

// as returns a context of a user's.
func as(ctx context.Context, user ids.User) context.Context {
	return viewer.With(ctx, &viewer.Viewer{UserID: user, Role: viewer.Admin})
}

// work writes a row of work, in a transaction that names it.
func (p *process) work(ctx context.Context, c *idempotency.Call, what string) error {
	return pg.WithPipeline(ctx, p.db, func(ctx context.Context, tx *pg.Pipeline) error {
		tx.Queue(`INSERT INTO work (what) VALUES ($1)`, what)
		return c.Done(tx, idempotency.Done{IDs: []string{what}})
	})
}

func withWork(t testing.TB) *pgtest.DB {
	t.Helper()
	d := pgtest.New(t)
	_, err := d.SQL.ExecContext(t.Context(), `CREATE TABLE work (what text)`)
	must(t, err)
	return d
}

func worked(t testing.TB, d *pgtest.DB) (n int) {
	t.Helper()
	must(t, d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM work`).Scan(&n))
	return n
}

// 16 processes call at once: one of them does it, and the others get what it kept.
func TestProcessesWaitForTheOneThatHasTheKey(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	var calls sync.WaitGroup
	for range 16 {
		p := newProcess(t, d, func(c *idempotency.Config) { c.Wait = time.Minute })
		calls.Go(func() {
			ctx := as(t.Context(), 1)
			c, err := p.Begin(ctx, "k", "create", input{})
			if err != nil {
				t.Error(err)
				return
			}
			defer c.End()
			if c.Kept != nil {
				if string(c.Kept.Payload) != `{"n": 1}` {
					t.Errorf("it got %s", c.Kept.Payload)
				}
				return
			}
			if err := errors.Join(p.work(ctx, c, "w"), c.Finish(ctx, []byte(`{"n": 1}`))); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if n := worked(t, d); n != 1 {
		t.Errorf("it was done %d times", n)
	}
}

// Waiting is bounded, in this process as between processes, and the refusal says what to do.
func TestWaitingIsBounded(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	ctx := as(t.Context(), 1)
	impatient := func(c *idempotency.Config) { c.Wait = time.Millisecond }
	p, other := newProcess(t, d, impatient), newProcess(t, d, impatient)
	first, err := newProcess(t, d).Begin(ctx, "other", "create", input{})
	must(t, err)
	defer first.End()
	p.Wait = time.Minute
	c, err := p.Begin(ctx, "k", "create", input{})
	must(t, err)
	p.Wait = time.Millisecond
	for _, waits := range []*process{p, other} {
		if _, err := waits.Begin(ctx, "k", "create", input{}); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "still running") {
			t.Errorf("it waits: %v", err)
		}
	}
	if _, err := p.Begin(as(t.Context(), 2), "k", "create", input{}); err != nil && problem.CodeOf(err) == problem.CodeConflict && !strings.Contains(err.Error(), "still running") {
		t.Errorf("another viewer: %v", err)
	}
	c.End()
	p.Wait = time.Minute
	again, err := p.Begin(ctx, "k", "create", input{})
	must(t, err)
	again.End()
}

// A process that is cut off loses its lock, and another one does the work. When the first comes
// back, its transaction is refused, and it finds what the other has done.
func TestWorkIsRefusedOfACallThatLostItsLock(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	ctx := as(t.Context(), 1)
	p, other := newProcess(t, d), newProcess(t, d, func(c *idempotency.Config) { c.Wait = time.Minute })
	lost, err := p.Begin(ctx, "k", "create", input{})
	must(t, err)
	_, err = d.SQL.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	must(t, err)
	c, err := other.Begin(ctx, "k", "create", input{})
	must(t, err)
	must(t, other.work(ctx, c, "other"))
	c.End()
	if err := p.work(ctx, lost, "lost"); err == nil {
		t.Error("the work of a call that lost its lock was committed")
	}
	if overtaken, err := lost.Overtaken(ctx); err != nil || !overtaken || fmt.Sprint(lost.Kept.IDs()) != "[other]" || worked(t, d) != 1 {
		t.Errorf("kept: %+v; it was done %d times", lost.Kept, worked(t, d))
	}
	lost.End()
	next, err := p.Begin(ctx, "k", "create", input{}) // on another connection
	must(t, err)
	next.End()
	own, err := p.Begin(ctx, "own", "create", input{})
	must(t, err)
	defer own.End()
	must(t, p.work(ctx, own, "own"))
	must(t, p.work(ctx, own, "more"))
	if overtaken, err := own.Overtaken(ctx); err != nil || overtaken || fmt.Sprint(own.Kept.IDs()) != "[own more]" {
		t.Errorf("by itself: %t, %v, %+v", overtaken, err, own.Kept)
	}
}

// The calls of a process share one connection, which goes back to the pool.
func TestLocksShareAConnection(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	ctx := as(t.Context(), 1)
	p := newProcess(t, d)
	var calls []*idempotency.Call
	for i := range 20 {
		c, err := p.Begin(ctx, fmt.Sprint(i), "create", input{})
		must(t, err)
		calls = append(calls, c)
	}
	if n := p.db.Stats().InUse; n != 1 {
		t.Errorf("20 calls hold %d connections", n)
	}
	for _, c := range calls {
		c.End()
	}
	var held int
	must(t, d.SQL.QueryRowContext(ctx, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&held))
	if n := p.db.Stats().InUse; n != 0 || held != 0 {
		t.Errorf("afterwards %d connections are in use, and %d locks held", n, held)
	}
}

func TestExpiredKeysAreForgotten(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	_, err := d.SQL.ExecContext(t.Context(), `
		INSERT INTO idempotency_keys (user_id, token_id, affiliate_id, key, owner, mutation, input_hash, created_at)
		SELECT 1, 0, 0, n::text, gen_random_uuid(), 'create', '', $1::timestamptz - n * interval '20 s' FROM generate_series(0, 9999) n`, pgtest.Now)
	must(t, err)
	must(t, idempotency.Forget(t.Context(), d.SQL, pgtest.Now))
	var kept int
	must(t, d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM idempotency_keys`).Scan(&kept))
	if want := 24*60*3 + 1; kept != want {
		t.Errorf("%d keys are kept, want %d", kept, want)
	}
}

// After any calls, by any viewers under any keys, with refusals, crashes at any place and hours in
// between, each thing was done as often as the model says.
func TestAnyCalls(t *testing.T) {
	t.Parallel()
	d := withWork(t)
	now := pgtest.Now
	p := newProcess(t, d, func(c *idempotency.Config) { c.Now = func() time.Time { return now } })
	type slot struct {
		user ids.User
		key  string
	}
	type kept struct {
		input string
		at    time.Time
		paid  bool
	}
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		model, want := map[slot]kept{}, worked(t, d)
		r.Repeat(map[string]func(*rapid.T){
			"hours": func(r *rapid.T) { now = now.Add(time.Duration(rapid.IntRange(1, 20).Draw(r, "hours")) * time.Hour) },
			"call": func(r *rapid.T) {
				s := slot{ids.User(rapid.Int64Range(1, 2).Draw(r, "user")), fmt.Sprintf("%d-%d", run, rapid.IntRange(1, 2).Draw(r, "key"))}
				in := rapid.SampledFrom([]string{"a", "b"}).Draw(r, "input")
				ends := rapid.SampledFrom([]string{"refused", "dies before", "dies after", "kept"}).Draw(r, "ends")
				before, used := model[s]
				used = used && now.Sub(before.at) <= idempotency.Kept
				ctx := as(t.Context(), s.user)
				c, err := p.Begin(ctx, s.key, "create", input{Name: in})
				if used && before.input != in {
					if problem.CodeOf(err) != problem.CodeConflict {
						r.Fatalf("another input: %v", err)
					}
					return
				}
				if err != nil {
					r.Fatal(err)
				}
				defer c.End()
				if used != (c.Kept != nil) {
					r.Fatalf("kept: %+v, the model %t", c.Kept, used)
				}
				if used {
					if fmt.Sprint(c.Kept.IDs()) != "["+in+"]" || (c.Kept.Payload != nil) != before.paid {
						r.Fatalf("kept: %+v, the model %+v", c.Kept, before)
					}
					return
				}
				if ends == "refused" || ends == "dies before" {
					return
				}
				must(t, p.work(ctx, c, in))
				want++
				if ends == "kept" {
					must(t, c.Finish(ctx, []byte(`{}`)))
				}
				model[s] = kept{in, now, ends == "kept"}
			},
			"": func(r *rapid.T) {
				if n := worked(t, d); n != want {
					r.Fatalf("done %d times, the model says %d", n, want)
				}
			},
		})
	})
}
