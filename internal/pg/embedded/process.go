package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// launchAttempts is how often a start is tried again after a transient failure.
const launchAttempts = 20

// errPasses marks a failed start as transient.
var errPasses = errors.New("passing")

// initialise creates the data beside its final place and renames it when it is complete, so
// that an interrupted start leaves nothing half made.
func (c Config) initialise(ctx context.Context, bins binaries, runAs *account, home, password string) error {
	fresh, secret := filepath.Join(home, "data.new"), filepath.Join(home, "initdb.password")
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(secret, []byte(password+"\n"), 0o600), runAs.own(secret)); err != nil {
		return err
	}
	defer os.Remove(secret)

	args := []string{
		"--pgdata", fresh, "--username", roleName, "--pwfile", secret, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--lc-ctype", characterType(),
	}
	if c.Disposable {
		args = append(args, "--no-sync")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	out, err := runAs.command(bins.path("initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("making the data of the embedded PostgreSQL: initdb: %w: %s", err, lastLines(out))
	}
	return os.Rename(fresh, filepath.Join(home, "data"))
}

// characterType returns the locale that decides what is a letter (case-insensitive search needs
// it); text is ordered by bytes everywhere.
func characterType() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

// launch starts the server and waits until it answers.
func (c Config) launch(ctx context.Context, bins binaries, runAs *account, root, data, password string) (*Server, error) {
	var err error
	for range launchAttempts {
		var server *Server
		server, err = c.launchOnce(ctx, bins, runAs, root, data, password)
		if err == nil {
			return server, nil
		}
		if !errors.Is(err, errPasses) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(250 * time.Millisecond):
		}
	}
	return nil, err
}

func (c Config) launchOnce(ctx context.Context, bins binaries, runAs *account, root, data, password string) (*Server, error) {
	log, from, err := openLog(root)
	if err != nil {
		return nil, err
	}
	defer log.Close()

	port, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := runAs.command(bins.path("postgres"), append([]string{"-D", data, "-p", strconv.Itoa(port)}, c.settings()...)...)
	// A file, not a pipe: the server must be able to write after we have exited.
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL as %s: %w", runAs, err)
	}
	server := &Server{
		url: connectionURL(password, port, databaseName), data: data, cmd: cmd, done: make(chan struct{}),
	}
	go func() {
		_ = cmd.Wait()
		close(server.done)
	}()
	if err := server.waitReady(ctx, connectionURL(password, port, "postgres")); err != nil {
		stopErr := server.shutDown()
		return nil, errors.Join(explainStart(err, log.Name(), from), stopErr)
	}
	return server, nil
}

// waitReady returns when the server answers. Recovery after a crash may take long: only ctx and
// the end of the process cut it short.
func (s *Server) waitReady(ctx context.Context, dsn string) error {
	for {
		err := ping(ctx, dsn)
		if err == nil {
			return nil
		}
		if pqErr, ok := errors.AsType[*pq.Error](err); ok && pqErr.Code.Class() == "28" {
			return fmt.Errorf("the password under POSTRIDER_DATA is not the server's: %w", err)
		}
		select {
		case <-s.done:
			return errors.New("PostgreSQL ended while it started")
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// explainStart adds what the server has logged since from, and marks transient failures: a port
// that was taken in between, and the last backends of a killed server.
func explainStart(err error, logFile string, from int64) error {
	said, readErr := os.ReadFile(logFile)
	if readErr != nil || int64(len(said)) < from {
		return err
	}
	said = said[from:]
	if bytes.Contains(said, []byte("pre-existing shared memory block")) || bytes.Contains(said, []byte("could not bind")) {
		err = fmt.Errorf("%w (%w)", err, errPasses)
	}
	return fmt.Errorf("%w: %s", err, lastLines(said))
}

// maxLog is the size at which the server's log is truncated.
const maxLog = 8 << 20

// openLog opens the server's log for appending and returns where this start's part begins.
func openLog(root string) (*os.File, int64, error) {
	path := filepath.Join(root, "postgres.log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, 0, err
		}
	}
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("POSTRIDER_DATA: %w", err)
	}
	giveToOwner(root, path)
	info, err := log.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, log.Close())
	}
	return log, info.Size(), nil
}

// stopOrphan stops a server that outlived the program that started it. We hold the folder's
// lock, so no other program is using it.
func stopOrphan(ctx context.Context, data string, log *slog.Logger) error {
	orphan, ok := readPostmaster(data)
	if !ok {
		return nil
	}
	if !isPostmaster(orphan.pid, data) {
		if syscall.Kill(orphan.pid, 0) == nil {
			// The pid now belongs to another program (after a reboot, or in a container), which
			// PostgreSQL would take for a running server.
			return os.Remove(filepath.Join(data, "postmaster.pid"))
		}
		return nil
	}
	log.Info("stopping a PostgreSQL that outlived its program", "pid", orphan.pid)
	// A server that is asked to stop while it recovers from its own crash may wait for itself
	// for ever (seen with 15), so the wait is short: committed data survives an immediate stop
	// too.
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(orphan.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping the PostgreSQL of an earlier run (process %d): %w", orphan.pid, err)
		}
		for deadline := time.Now().Add(orphanPatience); time.Now().Before(deadline); {
			if !isPostmaster(orphan.pid, data) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("the PostgreSQL of an earlier run (process %d) does not stop: end it by hand", orphan.pid)
}

// isPostmaster reports whether pid is a server that runs on data, and not another program that
// has got the same pid since.
func isPostmaster(pid int, data string) bool {
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err == nil {
		args := strings.Split(string(line), "\x00")
		return len(args) > 2 && args[1] == "-D" && args[2] == data
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		return false
	}
	line, err = exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec // a number
	return err == nil && strings.Contains(string(line), " -D "+data+" ")
}

func ping(ctx context.Context, dsn string) error {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return db.PingContext(ctx)
}

// ensureDatabase creates our database the first time.
func ensureDatabase(ctx context.Context, dsn string) error {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", databaseName).Scan(&exists)
	if err == nil && !exists {
		_, err = db.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(databaseName))
	}
	if err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	return nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port on loopback: %w", err)
	}
	defer listener.Close()
	addr, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("looking for a free port on loopback: got %s", listener.Addr())
	}
	return addr.Port, nil
}

func freePortOr(fallback uint32) uint32 {
	port, err := freePort()
	if err != nil {
		return fallback
	}
	return uint32(port) //nolint:gosec // a port
}

// lastLines returns the end of a program's output, on one line.
func lastLines(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) > 6 {
		lines = lines[len(lines)-6:]
	}
	return strings.Join(lines, " | ")
}
