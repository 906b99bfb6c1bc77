package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/commission"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
	"postrider/internal/pgtest"
)

var soak = flag.Bool("soak", false, "the long crash test: a minute of load with a kill every few seconds, of PostgreSQL too")

// The program is killed with -9 in the middle of its work, again and again, and
// nothing is lost: every conversion that was answered reaches the tracker, and
// what the tracker got twice is the same delivery, with an attempt row for each.
func TestCrashLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the program three times; left out of -short")
	}
	t.Parallel()
	d := pgtest.New(t)
	c := newCrash(t, func(context.Context) (string, error) { return d.URL, nil }, "DATABASE_URL="+d.URL, "POSTRIDER_DATA="+t.TempDir())
	c.setUp(t, d)
	c.killEvery = func() int64 { return 40 + rand.Int64N(30) }
	c.load(t, func(reported int64, kills int) bool { return reported >= 200 && kills >= 3 }, nil)
	c.check(t)
}

// The same for a minute over the program's own PostgreSQL, which is killed in
// turn: the program, the server, one of the server's processes.
func TestCrashSoak(t *testing.T) {
	if !*soak {
		t.Skip("takes a minute; `make soak`, or -soak")
	}
	dir := openFolder(t)
	at := embedded.Config{Dir: dir}
	c := newCrash(t, func(ctx context.Context) (string, error) { return embedded.Join(ctx, at) }, "POSTRIDER_DATA="+dir)
	c.slow = 200 * time.Millisecond
	c.up(t)
	c.setUp(t, &pgtest.DB{SQL: c.open(t)})
	kill := time.NewTicker(3 * time.Second)
	defer kill.Stop()
	over := time.After(time.Minute)
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

// crash is a program that is killed, an operator that calls it, and a tracker
// that it calls.
type crash struct {
	binary   string
	env      []string
	database func(ctx context.Context) (string, error) // where PostgreSQL is now
	tracker  *httptest.Server
	source   string
	click    uuid.UUID
	began    time.Time

	slow      time.Duration // how long the tracker takes at the most
	killEvery func() int64  // how many more requests until the tracker kills the program; nil for never

	mu       sync.Mutex
	running  *child
	changed  chan struct{}       // closed when running changes
	over     bool                // the program is not started again
	kills    map[string]int      // by what was killed
	seen     map[seenAttempt]int // at the tracker
	sent     map[string]string   // transaction → delivery, as the tracker saw it
	mixed    []string            // transactions that came with two deliveries
	answered map[string]int      // transaction → the status that the operator was answered
	retried  int                 // calls that the operator made again
	until    int64               // requests until the next kill
}

type seenAttempt struct {
	delivery string
	number   int
}

// child is one life of the program.
type child struct {
	url   string
	cmd   *exec.Cmd
	ended chan struct{}
	log   *logTail
}

// build makes the true program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postrider")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return path
}

func newCrash(t *testing.T, database func(context.Context) (string, error), env ...string) *crash {
	t.Helper()
	c := &crash{
		binary: build(t), database: database, changed: make(chan struct{}), began: time.Now(),
		kills: map[string]int{}, seen: map[seenAttempt]int{}, sent: map[string]string{}, answered: map[string]int{},
		env: append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR"),
			"POSTRIDER_ADDR=127.0.0.1:0", "POSTRIDER_ALLOW_PRIVATE_TARGETS=true", "POSTRIDER_SWEEP_AFTER=2s", "POSTRIDER_LOG=info",
		}, env...),
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

// setUp makes a campaign whose every deposit is to be told to the tracker.
func (c *crash) setUp(t *testing.T, d *pgtest.DB) {
	t.Helper()
	affiliate, offer := pgtest.Affiliate(t, d), pgtest.Offer(t, d)
	link := pgtest.Campaign(t, d, affiliate, offer)
	pgtest.Postback(t, d, affiliate, c.tracker.URL+"/cb?tx={transaction_id}", pgtest.On(commission.GoalDeposit))
	c.click, c.source = pgtest.Click(t, d, link), "crash"
	err := d.Client().Source.Create().SetKey(c.source).SetName("Crash").SetOfferID(offer).SetRequireToken(false).
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
		p, err := c.start()
		if err != nil {
			t.Errorf("starting the program: %v", err)
			c.set(nil)
			return
		}
		c.set(p)
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

// start runs the program and returns when it listens.
func (c *crash) start() (*child, error) {
	p := &child{cmd: exec.Command(c.binary, "all"), ended: make(chan struct{}), log: &logTail{}}
	p.cmd.Env = c.env
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	listening := make(chan string, 1)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(io.TeeReader(stderr, p.log))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var said struct{ Msg, Addr string }
			if json.Unmarshal(lines.Bytes(), &said) == nil && said.Msg == "listening" {
				listening <- said.Addr
			}
		}
		_, _ = io.Copy(io.Discard, stderr)
		_ = p.cmd.Wait()
	}()
	select {
	case addr := <-listening:
		p.url = "http://" + addr
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("it ended before it listened:\n%s", p.log)
	case <-time.After(time.Minute):
		_ = p.cmd.Process.Kill()
		return nil, fmt.Errorf("it does not listen:\n%s", p.log)
	}
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

// killBackend ends one of PostgreSQL's processes: the server throws out everybody
// and recovers, and the program must live through it.
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

// receive is the tracker. Now and then it kills the program before it answers.
func (c *crash) receive(w http.ResponseWriter, r *http.Request) {
	delivery, tx := r.Header.Get("X-Postrider-Delivery"), r.URL.Query().Get("tx")
	number, _ := strconv.Atoi(r.Header.Get("X-Postrider-Attempt"))
	c.mu.Lock()
	c.seen[seenAttempt{delivery, number}]++
	if before, ok := c.sent[tx]; ok && before != delivery {
		c.mixed = append(c.mixed, tx)
	}
	c.sent[tx] = delivery
	now := false
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
	w.WriteHeader(http.StatusOK)
}

// operators is how many call at once; pace is how fast each calls in the soak.
const (
	operators = 8
	pace      = 100 * time.Millisecond
)

// load reports conversions until it is enough, and kills meanwhile.
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
	waitFor(t, 5*time.Minute, "enough conversions and kills", func() bool { return enough(next.Load(), c.killed()) || t.Failed() })
	close(stop)
	calling.Wait()
	killing.Wait()
	c.mu.Lock()
	c.killEvery = nil
	c.mu.Unlock()
}

// report calls until it is answered, as an operator's server does.
func (c *crash) report(t *testing.T, client *http.Client, tx string) {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for t.Context().Err() == nil {
		url := fmt.Sprintf("%s/postback/%s?goal=deposit&amount=5&click_id=%s&transaction_id=%s", c.up(t).url, c.source, globalid.Hex(c.click), tx)
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

// check waits until everything is delivered, and compares what the operator was
// answered, what is in the database, and what the tracker got.
func (c *crash) check(t *testing.T) {
	t.Helper()
	c.up(t)
	d := c.open(t)
	var waiting int
	settled := func() bool {
		err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM deliveries WHERE state <> 'delivered'`).Scan(&waiting)
		return err == nil && waiting == 0
	}
	began := time.Now()
	for !settled() && time.Since(began) < time.Minute {
		wait := time.NewTimer(50 * time.Millisecond)
		<-wait.C
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting > 0 {
		t.Errorf("%d deliveries are still on their way:\n%s", waiting, rowsOf(t, d, `
			SELECT d.id, d.state, d.attempt, d.due_at, d.claimed_at, d.queued_at, d.reason,
			  (SELECT json_agg(json_build_array(j.id, j.state, j.attempt, j.args->'attempt', j.attempted_at, j.errors) ORDER BY j.id) FROM river_job j WHERE j.args->>'delivery_id' = d.id::text)
			FROM deliveries d WHERE state <> 'delivered' LIMIT 5`))
	}
	lost := 0
	for tx := range c.answered {
		if _, ok := c.sent[tx]; !ok {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d conversions were answered and never reached the tracker", lost)
	}
	if len(c.mixed) > 0 {
		t.Errorf("the tracker cannot tell that these were sent twice: %q", c.mixed)
	}
	duplicates := c.compareAttempts(t, d)
	c.compareConversions(t, d)
	t.Logf("%d conversions in %s; kills %v; %d calls repeated by the operator; %d duplicates at the tracker, all accounted for; %d lost",
		len(c.answered), time.Since(c.began).Round(time.Second), c.kills, c.retried, duplicates, lost)
}

// compareAttempts finds an attempt row for every request that the tracker got.
func (c *crash) compareAttempts(t *testing.T, d *sql.DB) (duplicates int) {
	t.Helper()
	rows, err := d.QueryContext(t.Context(), `SELECT delivery_id, number, count(*) FROM attempts GROUP BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	written := map[seenAttempt]int{}
	for rows.Next() {
		var id uuid.UUID
		var number, times int
		if err := rows.Scan(&id, &number, &times); err != nil {
			t.Fatal(err)
		}
		written[seenAttempt{globalid.Hex(id), number}] = times
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	deliveries := map[string]int{}
	for attempt, times := range c.seen {
		deliveries[attempt.delivery] += times
		if times > written[attempt] {
			t.Errorf("the tracker got attempt %d of %s %d times; there are %d rows of it", attempt.number, attempt.delivery, times, written[attempt])
		}
	}
	for _, times := range deliveries {
		duplicates += times - 1
	}
	return duplicates
}

// compareConversions finds one conversion with one delivery for each transaction.
func (c *crash) compareConversions(t *testing.T, d *sql.DB) {
	t.Helper()
	var conversions, without, many int
	err := d.QueryRowContext(t.Context(), `
		SELECT count(*), count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1)
		FROM (SELECT (SELECT count(*) FROM deliveries d WHERE d.conversion_id = c.id) AS n FROM conversions c) counted`).
		Scan(&conversions, &without, &many)
	if err != nil {
		t.Fatal(err)
	}
	if conversions != len(c.answered) || without > 0 || many > 0 {
		t.Errorf("%d conversions for %d that were answered; %d without a delivery, %d with several", conversions, len(c.answered), without, many)
	}
}

// rowsOf prints rows for the log of a failed test.
func rowsOf(t *testing.T, d *sql.DB, query string) string {
	t.Helper()
	rows, err := d.QueryContext(t.Context(), `SELECT row_to_json(r)::text FROM (`+query+`) r`)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err.Error()
		}
		b.WriteString(text + "\n")
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return b.String()
}

// waitFor looks again and again until something is so.
func waitFor(t *testing.T, patience time.Duration, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !so() {
		select {
		case <-late:
			t.Fatalf("still not so after %s: %s", patience, what)
		case <-tick.C:
		}
	}
}

// logTail keeps the end of a log.
type logTail struct {
	mu   sync.Mutex
	text []byte
}

func (l *logTail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if over := len(l.text) - 16<<10; over > 0 {
		l.text = l.text[over:]
	}
	return len(p), nil
}

func (l *logTail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
