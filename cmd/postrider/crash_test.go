package main

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
	"postrider/pgtest"
)

var soak = flag.Duration("soak", 0, "how long the long crash test lasts: load with a kill every few seconds, of PostgreSQL too; 0 leaves it out")

// The program is killed with -9 in the middle of its work, again and again, and nothing is lost:
// every conversion that was answered reaches the tracker, and what the tracker got twice is the
// same delivery, with an attempt row for each.
func TestCrashLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the program three times; left out of -short")
	}
	t.Parallel()
	d := pgtest.New(t)
	c := newCrash(t, build(t), func(context.Context) (string, error) { return d.URL, nil }, "DATABASE_URL="+d.URL, "POSTRIDER_DATA="+t.TempDir())
	c.setUp(t, d)
	c.killEvery = func() int64 { return 40 + rand.Int64N(30) }
	c.load(t, func(reported int64, kills int) bool { return reported >= 200 && kills >= 3 }, nil)
	c.check(t)
}

// The same for as long as it is asked for over the program's own PostgreSQL, which is killed in
// turn: the program, the server, one of the server's processes.
func TestCrashSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("`make soak`, or -soak 1m")
	}
	dir := openFolder(t)
	at := embedded.Config{Dir: dir}
	c := newCrash(t, build(t), func(ctx context.Context) (string, error) { return embedded.Join(ctx, at) }, "POSTRIDER_DATA="+dir)
	c.slow = 200 * time.Millisecond
	c.up(t)
	c.setUp(t, &pgtest.DB{SQL: c.open(t)})
	kill := time.NewTicker(3 * time.Second)
	defer kill.Stop()
	over := time.After(*soak)
	ended := false
	c.load(t, func(reported int64, _ int) bool {
		select {
		case <-over:
			ended = true
		default:
		}
		return ended && reported >= 1000
	}, func(n int) {
		<-kill.C
		was := c.up(t)
		switch n % 3 {
		case 0:
			c.killBackend()
			return // the program lives on
		case 1:
			c.kill()
		case 2:
			c.killPostmaster(t, dir)
		}
		<-was.ended
	})
	c.check(t)
}

// crash is a program that is killed, an operator that calls it, and a tracker that it calls.
type crash struct {
	binary      string
	env         []string
	database    func(ctx context.Context) (string, error) // returns PostgreSQL's current address
	tracker     *httptest.Server
	integration string
	click       uuid.UUID
	began       time.Time

	slow      time.Duration            // maximum response time of the tracker
	status    func(n, attempt int) int // its answer to the nth request; nil for always 200
	killEvery func() int64             // number of requests until the tracker kills the program; nil for never

	mu       sync.Mutex
	running  *child
	changed  chan struct{}       // closed when running changes
	over     bool                // the program is not started again
	kills    map[string]int      // by what was killed
	seen     map[seenAttempt]int // at the tracker
	got      int                 // requests at the tracker
	sent     map[string]string   // transaction → delivery, as the tracker saw it
	mixed    []string            // transactions that came with two deliveries
	answered map[string]int      // transaction → the status of the answer to the operator
	retried  int                 // calls that the operator made again
	until    int64               // requests until the next kill
}

type seenAttempt struct {
	delivery string
	number   int
}

func newCrash(t *testing.T, binary string, database func(context.Context) (string, error), env ...string) *crash {
	t.Helper()
	c := &crash{
		binary: binary, database: database, changed: make(chan struct{}), began: time.Now(),
		kills: map[string]int{}, seen: map[seenAttempt]int{}, sent: map[string]string{}, answered: map[string]int{},
		env: append(append(childEnv(), "POSTRIDER_KEY="+pgtest.KeyText()), env...),
	}
	c.tracker = httptest.NewServer(http.HandlerFunc(c.receive))
	t.Cleanup(c.tracker.Close)
	var supervised sync.WaitGroup
	supervised.Go(func() { c.supervise(t) })
	t.Cleanup(func() {
		c.mu.Lock()
		c.over = true
		running := c.running
		c.mu.Unlock()
		if running != nil {
			_ = running.cmd.Process.Signal(syscall.SIGTERM)
		}
		supervised.Wait()
	})
	return c
}

// setUp creates a campaign whose deposits are all sent to the tracker.
func (c *crash) setUp(t *testing.T, d *pgtest.DB) {
	t.Helper()
	affiliate, offer := pgtest.Affiliate(t, d), pgtest.Offer(t, d)
	link := pgtest.Campaign(t, d, pgtest.For{Affiliate: affiliate, Offer: offer})
	pgtest.Postback(t, d, affiliate, c.tracker.URL+"/cb?tx={transaction_id}", pgtest.On(commission.GoalDeposit))
	c.click, c.integration = pgtest.Click(t, d, link), "crash"
	err := d.Client().Integration.Create().SetKey(c.integration).SetName("Crash").SetOfferID(offer).SetRequireToken(false).
		SetAllowedAddresses([]string{}).SetCreatedAt(pgtest.Now).Exec(pgtest.System(t))
	if err != nil {
		t.Fatal(err)
	}
}

// open connects to the database as it is now.
func (c *crash) open(t *testing.T) *sql.DB {
	t.Helper()
	dsn, err := c.database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, err := pg.OpenSQL(dsn, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// supervise starts the program whenever it has ended, as an init system does.
func (c *crash) supervise(t *testing.T) {
	for {
		p, err := startChild(c.binary, "all", c.env)
		if err != nil {
			t.Errorf("starting the program: %v", err)
			c.set(nil)
			return
		}
		c.set(p)
		c.mu.Lock()
		if c.over { // since it was started
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
		}
		c.mu.Unlock()
		<-p.ended
		c.set(nil)
		c.mu.Lock()
		over := c.over
		c.mu.Unlock()
		if over {
			return
		}
	}
}

func (c *crash) set(p *child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = p
	close(c.changed)
	c.changed = make(chan struct{})
}

// up waits for a program that listens.
func (c *crash) up(t *testing.T) *child {
	t.Helper()
	for {
		c.mu.Lock()
		running, changed := c.running, c.changed
		c.mu.Unlock()
		if running != nil {
			return running
		}
		if t.Failed() {
			runtime.Goexit() // it does not start any more
		}
		<-changed
	}
}

// kill ends the program as kill -9 does.
func (c *crash) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil && c.running.cmd.Process.Kill() == nil {
		c.kills["program"]++
	}
}

// killPostmaster ends the embedded PostgreSQL; its program ends after it.
func (c *crash) killPostmaster(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return // it is starting
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if pid, err := strconv.Atoi(string(first)); err == nil && pid > 1 && syscall.Kill(pid, syscall.SIGKILL) == nil {
		c.note("PostgreSQL")
	}
}

// killBackend kills one of PostgreSQL's processes: the server disconnects every client and
// recovers, and the program must survive it.
func (c *crash) killBackend() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	dsn, err := c.database(ctx)
	if err != nil {
		return
	}
	db, err := pg.OpenSQL(dsn, 1)
	if err != nil {
		return
	}
	defer db.Close()
	var pid int
	err = db.QueryRowContext(ctx, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
		ORDER BY state = 'active' DESC, random() LIMIT 1`).Scan(&pid)
	if err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
		c.note("one of PostgreSQL's processes")
	}
}

func (c *crash) note(killed string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kills[killed]++
}

func (c *crash) killed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, times := range c.kills {
		n += times
	}
	return n
}

// receive is the tracker. It sometimes kills the program before it answers.
func (c *crash) receive(w http.ResponseWriter, r *http.Request) {
	delivery, tx := r.Header.Get("X-Postrider-Delivery"), r.URL.Query().Get("tx")
	number, _ := strconv.Atoi(r.Header.Get("X-Postrider-Attempt"))
	c.mu.Lock()
	c.seen[seenAttempt{delivery, number}]++
	if before, ok := c.sent[tx]; ok && before != delivery {
		c.mixed = append(c.mixed, tx)
	}
	c.sent[tx] = delivery
	now, status := false, http.StatusOK
	c.got++
	if c.status != nil {
		status = c.status(c.got, number)
	}
	if c.killEvery != nil {
		if c.until--; c.until == 0 {
			c.until, now = c.killEvery(), true
		}
	}
	c.mu.Unlock()
	if now {
		c.kill()
	}
	if c.slow > 0 {
		answer := time.NewTimer(rand.N(c.slow))
		<-answer.C
	}
	w.WriteHeader(status)
}

// operators is how many call at once; pace is how fast each calls in the soak.
const (
	operators = 8
	pace      = 100 * time.Millisecond
)

// load reports conversions until enough returns true, and kills meanwhile.
func (c *crash) load(t *testing.T, enough func(reported int64, kills int) bool, kill func(n int)) {
	t.Helper()
	if c.killEvery != nil {
		c.mu.Lock()
		c.until = c.killEvery()
		c.mu.Unlock()
	}
	var next atomic.Int64
	stop := make(chan struct{})
	var calling, killing sync.WaitGroup
	for range operators {
		calling.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
			defer client.CloseIdleConnections()
			turn := time.NewTicker(pace)
			defer turn.Stop()
			for {
				select {
				case <-stop:
					return
				default:
				}
				if kill != nil {
					<-turn.C
				}
				c.report(t, client, fmt.Sprintf("tx%d", next.Add(1)))
			}
		})
	}
	if kill != nil {
		killing.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					kill(n)
				}
			}
		})
	}
	pgtest.Until(t, 5*time.Minute+*soak, "enough conversions and kills", func() bool { return enough(next.Load(), c.killed()) || t.Failed() })
	close(stop)
	calling.Wait()
	killing.Wait()
	c.mu.Lock()
	c.killEvery = nil
	c.mu.Unlock()
}

// report retries until it is answered, as an operator's server does.
func (c *crash) report(t *testing.T, client *http.Client, tx string) {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for t.Context().Err() == nil {
		url := fmt.Sprintf("%s/postback/%s?goal=deposit&amount=5&click_id=%s&transaction_id=%s", c.up(t).url, c.integration, globalid.Hex(c.click), tx)
		res, err := client.Get(url)
		if err == nil {
			body, readErr := io.ReadAll(res.Body)
			_ = res.Body.Close()
			switch {
			case res.StatusCode == http.StatusCreated, res.StatusCode == http.StatusOK && readErr == nil:
				c.mu.Lock()
				c.answered[tx] = res.StatusCode
				c.mu.Unlock()
				return
			case res.StatusCode < 500 && readErr == nil:
				t.Errorf("%s was answered %d %s", tx, res.StatusCode, body)
				return
			}
		}
		c.mu.Lock()
		c.retried++
		c.mu.Unlock()
		<-again.C
	}
}
