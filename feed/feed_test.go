package feed_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/gofrs/uuid/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the writing process
	"go.uber.org/goleak"

	"postrider/feed"
	"postrider/internal/problem"
	"postrider/pgtest"
)

// writerOf is the environment variable that makes the test's binary a process that only writes.
const writerOf = "POSTRIDER_TEST_FEED_WRITER"

func TestMain(m *testing.M) {
	if url := os.Getenv(writerOf); url != "" {
		writeForEver(url)
	}
	goleak.VerifyTestMain(m)
}

// writeForEver writes until it is killed.
func writeForEver(url string) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		panic(err)
	}
	fmt.Println("ready")
	for {
		if err := write(context.Background(), db, 1+rand.Int64N(8)); err != nil {
			panic(err)
		}
	}
}

// write changes a few deliveries in one transaction: each change is numbered while its row is
// locked, as the steps of a delivery are. One transaction in five is aborted.
func write(ctx context.Context, db *sql.DB, affiliate int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	rows := rand.Perm(20)[:1+rand.IntN(4)]
	slices.Sort(rows) // lock order
	for _, row := range rows {
		_, err := tx.ExecContext(ctx, `
			WITH changed AS (UPDATE counters SET n = n + 1 WHERE id = $1 RETURNING n)
			INSERT INTO delivery_changes (affiliate_id, delivery_id, state, attempt)
			SELECT $2, ('00000000-0000-7000-8000-' || lpad($1::text, 12, '0'))::uuid, 'queued', n FROM changed`, row, affiliate)
		if err != nil {
			return err
		}
	}
	if rand.IntN(5) == 0 {
		return tx.Rollback()
	}
	return tx.Commit()
}

type change struct {
	id        uuid.UUID
	affiliate int64
	delivery  string
	number    int
}

func newFeed(d *pgtest.DB) *feed.Feed {
	return &feed.Feed{Name: "deliveries", Tables: []string{"delivery_changes"}, DB: d.SQL, Kept: 90 * 24 * time.Hour}
}

// reader reads the changes of one affiliate, or of all for 0.
func reader(f *feed.Feed, affiliate int64) feed.Reader[change] {
	return feed.Reader[change]{Feed: f, ID: func(c change) uuid.UUID { return c.id }, Read: func(ctx context.Context, span feed.Span) (found []change, err error) {
		selected := entsql.Dialect(dialect.Postgres).Select("id", "affiliate_id", "delivery_id", "attempt").From(entsql.Table("delivery_changes"))
		if affiliate != 0 {
			selected.Where(entsql.EQ("affiliate_id", affiliate))
		}
		span.Select(selected)
		query, args := selected.Query()
		rows, err := f.DB.QueryContext(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var c change
			if err := rows.Scan(&c.id, &c.affiliate, &c.delivery, &c.number); err != nil {
				return nil, err
			}
			found = append(found, c)
		}
		return found, rows.Err()
	}}
}

// follow reads pages from a cursor on until nothing is left, and keeps its cursor as text, as a
// program does that is restarted between any two.
func follow(t *testing.T, r feed.Reader[change], cursor string, size int) (found []change, end string) {
	t.Helper()
	for {
		c, err := r.Feed.Parse(t.Context(), cursor)
		must(t, err)
		p, err := r.Page(t.Context(), c, size)
		must(t, err)
		if len(p.Rows) > size {
			t.Fatalf("a page of %d has %d rows", size, len(p.Rows))
		}
		found = append(found, p.Rows...)
		if cursor = p.End.String(); !p.More {
			return found, cursor
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func counters(t *testing.T, d *pgtest.DB) {
	t.Helper()
	_, err := d.SQL.ExecContext(t.Context(), `CREATE TABLE counters AS SELECT id, 0 AS n FROM generate_series(0, 19) AS id; ALTER TABLE counters ADD PRIMARY KEY (id)`)
	must(t, err)
}

// Sixteen writers, transactions that abort, one that stays open, another process that is killed
// again and again: whoever follows the feed, from the start or from now, for all or for one
// affiliate, gets each change exactly once, and those of one delivery in their order.
func TestEveryChangeOnce(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	counters(t, d)
	f := newFeed(d)
	oldest, err := f.Oldest(t.Context())
	must(t, err)
	newest, err := f.Newest(t.Context())
	must(t, err)

	open := d.Begin(t)
	_, err = open.ExecContext(t.Context(), `INSERT INTO delivery_changes (affiliate_id, delivery_id, state, attempt) VALUES (1, gen_random_uuid(), 'held', 0)`)
	must(t, err)

	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for range 60 {
				if err := write(t.Context(), d.SQL, 1+rand.Int64N(8)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Go(func() { killedAgainAndAgain(t, d, 3) })
	defer writers.Wait()
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()

	readers := []struct {
		name      string
		affiliate int64
		size      int
		cursor    string
		found     []change
	}{
		{name: "all from the start", size: 7, cursor: oldest.String()},
		{name: "all from now on", size: 100, cursor: newest.String()},
		{name: "one affiliate's", affiliate: 3, size: 2, cursor: newest.String()},
	}
	read := func() {
		for i := range readers {
			r := &readers[i]
			more, end := follow(t, reader(f, r.affiliate), r.cursor, r.size)
			r.found, r.cursor = append(r.found, more...), end
		}
	}
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
		}
		read()
	}
	if len(readers[0].found) == 0 {
		t.Error("an open transaction held the feed back")
	}
	must(t, open.Commit())
	read()
	for _, r := range readers {
		compare(t, d, r.name, r.affiliate, r.found)
	}
}

// killedAgainAndAgain runs a process that writes, and kills it in the middle of it.
func killedAgainAndAgain(t *testing.T, d *pgtest.DB, times int) {
	t.Helper()
	for range times {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), writerOf+"="+d.URL)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Error(err)
			return
		}
		if err := child.Start(); err != nil {
			t.Error(err)
			return
		}
		_, _ = out.Read(make([]byte, 8)) // it is ready
		var before, after int
		count := func(n *int) error {
			return d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM delivery_changes`).Scan(n)
		}
		for err = count(&before); err == nil && after < before+20; {
			err = count(&after)
		}
		_ = child.Process.Kill()
		_ = child.Wait()
		if err != nil {
			t.Error(err)
		}
	}
}

// compare checks what a reader found against the table.
func compare(t *testing.T, d *pgtest.DB, name string, affiliate int64, found []change) {
	t.Helper()
	times := map[uuid.UUID]int{}
	last := map[string]int{}
	for _, c := range found {
		times[c.id]++
		if c.number <= last[c.delivery] && c.number > 0 {
			t.Errorf("%s: change %d of %s comes after %d", name, c.number, c.delivery, last[c.delivery])
		}
		last[c.delivery] = c.number
	}
	rows, err := d.SQL.QueryContext(t.Context(), `SELECT id FROM delivery_changes WHERE $1::bigint = 0 OR affiliate_id = $1`, affiliate)
	must(t, err)
	defer func() { _ = rows.Close() }()
	all := 0
	for rows.Next() {
		var id uuid.UUID
		must(t, rows.Scan(&id))
		if all++; times[id] != 1 {
			t.Errorf("%s: %s came %d times", name, id, times[id])
		}
	}
	must(t, rows.Err())
	if len(found) != all || all < 50 {
		t.Errorf("%s: %d changes were found of %d", name, len(found), all)
	}
}

// A reader who sees few of the rows gets short pages, each of bounded work, and everything in the
// end.
func TestAPageIsBoundedWork(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	_, err := d.SQL.ExecContext(t.Context(), `
		INSERT INTO delivery_changes (affiliate_id, delivery_id, state, attempt)
		SELECT CASE WHEN n % 40000 = 39999 THEN 3 ELSE 1 END, gen_random_uuid(), 'queued', 1 FROM generate_series(1, 120001) AS n`)
	must(t, err)
	f := newFeed(d)
	c, err := f.Oldest(t.Context())
	must(t, err)
	r := reader(f, 3)
	steps := 0
	inner := r.Read
	r.Read = func(ctx context.Context, span feed.Span) ([]change, error) {
		steps++
		return inner(ctx, span)
	}
	p, err := r.Page(t.Context(), c, 10)
	must(t, err)
	if steps != 20 || !p.More || len(p.Rows) != 2 {
		t.Errorf("the first page took %d steps, has %d rows, and more: %v", steps, len(p.Rows), p.More)
	}
	p, err = r.Page(t.Context(), p.End, 10)
	must(t, err)
	if p.More || len(p.Rows) != 1 {
		t.Errorf("the second page has %d rows, and more: %v", len(p.Rows), p.More)
	}
	steps = 0
	if p, err = r.Page(t.Context(), p.End, 10); err != nil || steps != 0 || p.More || len(p.Rows) != 0 {
		t.Errorf("where nothing is new, a page takes %d steps and has %d rows, %v", steps, len(p.Rows), err)
	}
}

// Where the database was restored, its rows bring the ids of transactions of another cluster:
// those are not new, however high, and cursors from before are stale.
func TestARestoredDatabaseBeginsAnew(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	counters(t, d)
	f := newFeed(d)
	for range 60 {
		must(t, write(t.Context(), d.SQL, 1))
	}
	for _, statement := range []string{`UPDATE delivery_changes SET tx = tx + 1000000000000`, `UPDATE feed_home SET home = 'elsewhere'`} {
		_, err := d.SQL.ExecContext(t.Context(), statement)
		must(t, err)
	}
	oldest, err := f.Oldest(t.Context())
	must(t, err)
	now, err := f.Newest(t.Context())
	must(t, err)
	must(t, write(t.Context(), d.SQL, 1))
	all, end := follow(t, reader(f, 0), oldest.String(), 5)
	compare(t, d, "after the restore", 0, all)
	if again, _ := follow(t, reader(f, 0), end, 5); len(again) > 0 {
		t.Errorf("%d changes came twice", len(again))
	}
	if news, _ := follow(t, reader(f, 0), now.String(), 5); len(news) >= len(all) {
		t.Errorf("what was restored is new: %d of %d", len(news), len(all))
	}
}

func TestStaleCursors(t *testing.T) {
	t.Parallel()
	d, other := pgtest.New(t), pgtest.New(t)
	f := newFeed(d)
	here, err := f.Newest(t.Context())
	must(t, err)
	elsewhere, err := newFeed(other).Newest(t.Context())
	must(t, err)
	if _, err := f.Parse(t.Context(), here.String()); err != nil {
		t.Errorf("its own cursor: %v", err)
	}
	if _, err := f.Parse(t.Context(), elsewhere.String()); problem.CodeOf(err) != problem.CodeStaleCursor {
		t.Errorf("the cursor of another database: %v", err)
	}
	f.Kept = time.Nanosecond
	if _, err := f.Parse(t.Context(), here.String()); problem.CodeOf(err) != problem.CodeStaleCursor {
		t.Errorf("a cursor from before what is kept: %v", err)
	}
	f.Name = "conversions"
	if _, err := f.Parse(t.Context(), here.String()); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("the cursor of another feed: %v", err)
	}
}
