package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/lib/pq"

	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
)

// keeperDir makes a test binary the keeper of the shared server: a separate process that
// outlives the test binary that started it, because no test binary knows whether it is the last.
const keeperDir = "POSTRIDER_TEST_KEEPER_DIR"

// idleFor is how long the server must have been idle before its keeper ends it.
const idleFor = 2 * time.Minute

// init turns this process into the keeper if it was started as one. It has to be an init
// function: nothing else in a test binary runs before its tests.
func init() {
	dir := os.Getenv(keeperDir)
	if dir == "" {
		return
	}
	if err := keep(dir); err != nil {
		_ = os.WriteFile(filepath.Join(dir, "keeper.error"), []byte(err.Error()), 0o600)
		os.Exit(1)
	}
	os.Exit(0)
}

// sharedServer joins the machine's test server, starting its keeper where none runs.
func sharedServer(ctx context.Context) (string, error) {
	dir := filepath.Join(os.TempDir(), "postrider-test-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o711); err != nil { // the server's user must pass through
		return "", err
	}
	var started time.Time
	for {
		dsn, err := embedded.Join(ctx, embedded.Config{Dir: dir})
		if err == nil {
			return dsn, nil
		}
		if !errors.Is(err, embedded.ErrNotRunning) {
			return "", err
		}
		// Many may start a keeper at once: one gets the folder, the others end.
		if time.Since(started) > 5*time.Second {
			if err := startKeeper(dir); err != nil {
				return "", err
			}
			started = time.Now()
		}
		select {
		case <-ctx.Done():
			reason, _ := os.ReadFile(filepath.Join(dir, "keeper.error"))
			return "", fmt.Errorf("the test server in %s did not start: %w: %s", dir, ctx.Err(), reason)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func startKeeper(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self) // ourselves; outlives the test
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), keeperDir+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for the tests
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the keeper of the test server: %w", err)
	}
	return cmd.Process.Release()
}

// keep runs the server until it is idle. Losing the race for the folder is fine.
func keep(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server, err := embedded.Start(ctx, embedded.Config{
		Dir: dir, Disposable: true,
		Settings: map[string]string{"max_connections": "500", "autovacuum": "off"},
	})
	if _, inUse := errors.AsType[*embedded.InUseError](err); inUse {
		return nil
	}
	if err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(dir, "keeper.error"))
	db, err := pg.OpenSQL(server.URL(), 1)
	if err != nil {
		return errors.Join(err, server.Stop())
	}
	waitErr := waitIdle(ctx, db, server.Done())
	return errors.Join(waitErr, dropTestDatabases(context.Background(), db), db.Close(), server.Stop())
}

// waitIdle returns when only the keeper has been connected for idleFor.
func waitIdle(ctx context.Context, db *sql.DB, ended <-chan struct{}) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for last := time.Now(); time.Since(last) < idleFor; {
		select {
		case <-ctx.Done():
			return nil
		case <-ended:
			return errors.New("the test server ended")
		case <-tick.C:
		}
		var others int
		err := db.QueryRowContext(ctx, `
			SELECT count(*) FROM pg_stat_activity
			WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others)
		if err != nil {
			return err
		}
		if others > 0 {
			last = time.Now()
		}
	}
	return nil
}

// dropTestDatabases drops the databases of failed and killed tests, and the templates.
func dropTestDatabases(ctx context.Context, db *sql.DB) error {
	var names []string
	err := pg.Each(ctx, db, "looking for test databases", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, pq.QuoteIdentifier(name))
		return err
	}, "SELECT datname FROM pg_database WHERE datname LIKE 'testdb_%'")
	if err != nil {
		return err
	}
	for _, name := range names {
		_, err = db.ExecContext(ctx, "ALTER DATABASE "+name+" WITH IS_TEMPLATE false")
		if err == nil {
			_, err = db.ExecContext(ctx, "DROP DATABASE "+name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
