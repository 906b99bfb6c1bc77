package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postrider/internal/pg"
)

// A crash is measured with trackers of some latency, so that much is in flight when the
// process that promotes is killed.
const (
	crashWorkers    = 2
	crashDeliveries = 1000
	crashLimit      = 5 // seconds
	slowTracker     = 50 * time.Millisecond
)

// lastAfterKill measures how long after a kill -9 of the promoting process the last
// delivery recorded before is finished by the other.
func lastAfterKill(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	if _, err := newWorld(ctx, e, pool); err != nil {
		return figures{}, err
	}
	stop, err := workElsewhere(ctx, pool, crashWorkers)
	if err != nil {
		return figures{}, err
	}
	defer stop()
	slow := func(*http.Request) { time.Sleep(slowTracker) }
	e.sink.onHit.Store(&slow)
	defer e.sink.onHit.Store(nil)
	if err := await(ctx, pool, fmt.Sprintf(`SELECT count(*) = %d FROM workers`, crashWorkers)); err != nil {
		return figures{}, err
	}
	if _, err := fillAtOnce(ctx, e, pool, crashDeliveries, endpoints); err != nil {
		return figures{}, err
	}
	if err := await(ctx, pool, fmt.Sprintf(`SELECT count(*) > %d FROM deliveries WHERE state = 'delivered'`, crashDeliveries/4)); err != nil {
		return figures{}, err
	}
	killed := time.Now()
	if err := killPromoter(ctx, pool); err != nil {
		return figures{}, err
	}
	err = await(ctx, pool, `SELECT NOT EXISTS (SELECT FROM deliveries WHERE state <> 'delivered')`)
	return figures{ours: time.Since(killed).Seconds(), peer: crashLimit, unit: "s"}, err
}

// killPromoter kills the process with the promoter's lease.
func killPromoter(ctx context.Context, pool *pg.Pool) error {
	var name string
	err := pool.SQL.QueryRowContext(ctx, `SELECT w.name FROM promoter p JOIN workers w ON w.id = p.worker_id WHERE p.until > now()`).Scan(&name)
	if err != nil {
		return fmt.Errorf("nobody promotes: %w", err)
	}
	pid, err := strconv.Atoi(name[strings.LastIndexByte(name, ':')+1:])
	if err != nil {
		return fmt.Errorf("the process %q: %w", name, err)
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// How long a program is left alone before it is measured at rest, and for how long.
const (
	settling = 15 * time.Second
	resting  = 30 * time.Second
)

// atRest measures what share of a core the program and its PostgreSQL use at rest. It is
// processor time, which others on the machine hardly change.
func atRest(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	_ = pool.Close()
	child, err := e.program(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() {
		_ = child.Process.Signal(syscall.SIGTERM)
		_ = child.Wait()
	}()
	if err := rest(ctx, settling); err != nil {
		return figures{}, err
	}
	before, postgres := processTime(child.Process.Pid), e.cpu().postgres
	if err := rest(ctx, resting); err != nil {
		return figures{}, err
	}
	after := processTime(child.Process.Pid)
	if before == 0 || after == 0 {
		return figures{}, errors.New("the program has ended, or this system has no /proc")
	}
	own, theirs := after-before, e.cpu().postgres-postgres
	if e.statements {
		fmt.Fprintf(os.Stderr, "at rest: %.2f %% of a core the program, %.2f %% PostgreSQL\n", percent(own), percent(theirs))
	}
	return figures{ours: percent(own + theirs), peer: 1, unit: "% of a core"}, nil
}

func percent(spent time.Duration) float64 { return 100 * spent.Seconds() / resting.Seconds() }

// program builds the real program and starts it on the newest database.
func (e *env) program(ctx context.Context) (*exec.Cmd, error) {
	binary := e.dir + "/postrider"
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/postrider").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the program: %w: %s", err, out)
	}
	child := exec.CommandContext(ctx, binary, "all") // our own
	child.Env = append(os.Environ(), "DATABASE_URL="+e.plainURL(), "POSTRIDER_DATA="+e.dir, "POSTRIDER_ADDR=127.0.0.1:0", "POSTRIDER_LOG=error")
	child.Stderr = os.Stderr
	return child, child.Start()
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// processTime returns what a process has spent so far, in ticks of a hundredth of a second;
// zero where it is not known.
func processTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in brackets, may have anything in it. User and system time are the
	// twelfth and thirteenth after it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100)
}
