package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/outbox"
)

// hanging is a tracker that answers slowly: the worst neighbour.
type hanging struct {
	server   *http.Server
	endpoint string
}

// hangsFor is how long the hanging tracker takes to answer.
const hangsFor = 5 * time.Second

func newHanging(ctx context.Context) (*hanging, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &hanging{endpoint: "http://" + listener.Addr().String()}
	h.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(hangsFor):
		case <-r.Context().Done():
		}
	})}
	go func() { _ = h.server.Serve(listener) }()
	return h, nil
}

// fillParked writes n deliveries that wait for an endpoint: as many replays of
// one conversion as it takes.
func fillParked(ctx context.Context, pool *pg.Pool, endpoint string, n int, state outbox.State) error {
	now := time.Now().UTC().Add(-time.Hour)
	conversion, event := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO postbacks (id, affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
		  SELECT 1000, 1, 'global', 'ftd', $1, '["approved"]', signing_secret, now(), now() FROM postbacks WHERE id = 1 ON CONFLICT DO NOTHING`, []any{endpoint + "/?cid={param_1}"}},
		{`INSERT INTO postback_versions (id, affiliate_id, postback_id, number, url_template, method, statuses, enabled, created_at)
		  VALUES (1000, 1, 1000, 1, $1, 'GET', '["approved"]', true, now()) ON CONFLICT DO NOTHING`, []any{endpoint + "/?cid={param_1}"}},
		{`INSERT INTO conversions (id, affiliate_id, integration_id, offer_id, campaign_id, goal, currency, status, attributed_by, occurred_at, received_at)
		  VALUES ($1, 1, 1, 1, 1, 'ftd', 'EUR', 'approved', 'click', $2, $2)`, []any{conversion, now}},
		{`INSERT INTO conversion_events (id, affiliate_id, conversion_id, status, reason, actor, macros, considered, occurred_at, received_at)
		  VALUES ($1, 1, $2, 'approved', '', 'operator', '{"param_1":"x"}', '[]', $3, $3)`, []any{event, conversion, now}},
	} {
		if _, err := pool.Pgx.Exec(ctx, q.sql, q.args...); err != nil {
			return fmt.Errorf("filling the backlog: %w", err)
		}
	}
	var parked *time.Time
	if !state.Final() {
		parked = &now
	}
	columns := []string{
		"id", "affiliate_id", "postback_id", "version_id", "conversion_id", "event_id", "offer_id", "campaign_id", "goal", "status",
		"state", "priority", "endpoint", "parked_at", "replay_of", "created_at", "updated_at",
	}
	_, err := pool.Pgx.CopyFrom(ctx, pgx.Identifier{"deliveries"}, columns, pgx.CopyFromSlice(n, func(int) ([]any, error) {
		return []any{
			uuid.Must(uuid.NewV7AtTime(now)), int64(1), int64(1000), int64(1000), conversion, event, int64(1), int64(1), "ftd", "approved",
			string(state), int16(outbox.PriorityRetry), endpoint, parked, conversion, now, now,
		}, nil
	}))
	if err != nil {
		return fmt.Errorf("filling the backlog: %w", err)
	}
	// The background work that filling leaves behind is done now.
	for _, settle := range []string{"VACUUM (ANALYZE) deliveries", "CHECKPOINT"} {
		if _, err := pool.Pgx.Exec(ctx, settle); err != nil {
			return fmt.Errorf("filling the backlog: %w", err)
		}
	}
	return nil
}

// healthyP95 returns the p95 from the operator's call to a healthy sink, at 200 a second,
// on a database that prepare has set up.
func healthyP95(ctx context.Context, e *env, n int, prepare func(pool *pg.Pool) error) (float64, error) {
	return e.withEngine(ctx, n, healthyRate, 0.95, prepare)
}

const healthyRate = 200

// healthyBesideHanging compares healthy deliveries beside a hanging endpoint with a long
// backlog, with those without it.
func healthyBesideHanging(ctx context.Context, e *env) (figures, error) {
	h, err := newHanging(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = h.server.Close() }()
	n := e.size(4000)
	alone, err := healthyP95(ctx, e, n, nil)
	if err != nil {
		return figures{}, err
	}
	beside, err := healthyP95(ctx, e, n, func(pool *pg.Pool) error {
		return fillParked(ctx, pool, h.endpoint, e.size(500_000), outbox.Queued)
	})
	return figures{ours: beside, peer: alone, unit: "ms"}, err
}

// liveBesideReplay compares live deliveries beside a bulk replay with live ones
// alone.
func liveBesideReplay(ctx context.Context, e *env) (figures, error) {
	n := e.size(1000)
	alone, err := e.withEngine(ctx, n, idleRate, 0.99, nil)
	if err != nil {
		return figures{}, err
	}
	beside, err := e.withEngine(ctx, n, idleRate, 0.99, func(pool *pg.Pool) error {
		if err := fillParked(ctx, pool, e.sink.host(0), e.size(100_000), outbox.Failed); err != nil {
			return err
		}
		rows, err := pool.Pgx.Query(ctx, `SELECT id FROM deliveries WHERE state = 'failed' ORDER BY id`)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		_, err = jobs.Replayer{Pool: pool.Pgx, Now: time.Now}.ReplayMany(ctx, 1, 0, false, ids)
		return err
	})
	return figures{ours: beside, peer: alone, unit: "ms"}, err
}

// laterCost compares deliveries/s with many ended ones in the table, with those in an empty
// one: the figures are the time per delivery.
func laterCost(ctx context.Context, e *env) (figures, error) {
	n, before := e.size(30_000), e.size(2_000_000)
	if e.long {
		before = 10_000_000
	}
	first, err := deliveriesPerSecond(ctx, e, n)
	if err != nil {
		return figures{}, err
	}
	later, err := deliveriesAfter(ctx, e, n, func(pool *pg.Pool) error {
		return fillParked(ctx, pool, "http://127.0.0.1:1", before, outbox.Delivered)
	})
	return figures{ours: 1e6 / later, peer: 1e6 / first, unit: "µs"}, err
}

// besideWaiting compares deliveries/s while a million wait for an endpoint that
// hangs, with none waiting.
func besideWaiting(ctx context.Context, e *env) (figures, error) {
	h, err := newHanging(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = h.server.Close() }()
	n := e.size(30_000)
	none, err := deliveriesPerSecond(ctx, e, n)
	if err != nil {
		return figures{}, err
	}
	many, err := deliveriesAfter(ctx, e, n, func(pool *pg.Pool) error {
		return fillParked(ctx, pool, h.endpoint, e.size(1_000_000), outbox.Queued)
	})
	return figures{ours: 1e6 / many, peer: 1e6 / none, unit: "µs"}, err
}

// memoryLimit is the memory limit of a process, in MB.
const memoryLimit = 150

// memoryWithWaiting measures the memory of a separate process on a database in which a
// million deliveries wait.
func memoryWithWaiting(ctx context.Context, e *env) (figures, error) {
	h, err := newHanging(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = h.server.Close() }()
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	if _, err := newWorld(ctx, e, pool); err != nil {
		return figures{}, err
	}
	if err := fillParked(ctx, pool, h.endpoint, e.size(1_000_000), outbox.Queued); err != nil {
		return figures{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return figures{}, err
	}
	child := exec.CommandContext(ctx, self, "-child", pool.URL) // ourselves
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return figures{}, fmt.Errorf("the process that is measured: %w", err)
	}
	held, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return figures{ours: held, peer: memoryLimit, unit: "MB"}, err
}

// runChild delivers from a database for a while, and prints its memory use, in MB.
func runChild(ctx context.Context, database string) error {
	e := &env{log: quietLog(), key: nil}
	pool, err := pg.Open(ctx, pg.Config{URL: database, Name: "bench child"})
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	engine, err := jobs.New(jobs.Config{Pool: pool, Client: e.client(), Workers: workers, Log: e.log})
	if err != nil {
		return err
	}
	stop := start(ctx, engine.Run)
	time.Sleep(2 * hangsFor) // long enough for the hanging endpoint to reach its limit
	held, err := residentMB()
	if err != nil {
		return err
	}
	stop()
	fmt.Printf("%.1f\n", held)
	return nil
}

func residentMB() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("resident memory is read from /proc: %w", err)
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in /proc/self/status")
}
