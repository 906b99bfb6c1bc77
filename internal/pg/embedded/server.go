package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The one role, and the database that Postrider keeps its tables in.
const (
	roleName     = "postrider"
	databaseName = "postrider"
)

// stopPatience is how long a fast shutdown may take before an immediate one.
const stopPatience = 30 * time.Second

// orphanPatience is how long each signal may take to end an orphan.
const orphanPatience = 5 * time.Second

// Config is where the server's data is and how it is configured.
type Config struct {
	Dir        string            // POSTRIDER_DATA
	Settings   map[string]string // postgresql.conf settings besides our own
	Disposable bool              // the data may be lost: no fsync, much faster
	Log        *slog.Logger

	host *host // nil: this machine
}

// Server is a running embedded PostgreSQL that this program owns.
type Server struct {
	url  string
	data string
	cmd  *exec.Cmd
	lock *os.File
	done chan struct{} // closed when the server's process has ended
	stop sync.Once
}

// ErrNotRunning is returned by Join if no embedded server runs in the folder.
var ErrNotRunning = errors.New("no embedded PostgreSQL is running: start `postrider all`, or set DATABASE_URL")

// Start runs the server of cfg.Dir, creating its data the first time, and returns when it
// answers. It returns an *InUseError if another program owns it.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	root, err := openRoot(cfg.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(root)
	if err != nil {
		return nil, err
	}
	server, err := cfg.start(ctx, root)
	if err != nil {
		return nil, errors.Join(err, unlock(lock))
	}
	server.lock = lock
	return server, nil
}

// Join returns the connection string of a server that another program owns, or
// ErrNotRunning.
func Join(ctx context.Context, cfg Config) (string, error) {
	root, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(root, "postgres", "data")
	running, ok := readPostmaster(data)
	if !ok || !running.ready || !isPostmaster(running.pid, data) {
		return "", ErrNotRunning
	}
	password, err := readPassword(root)
	if err != nil {
		return "", err
	}
	dsn := connectionURL(password, running.port, databaseName)
	if err := ping(ctx, dsn); err != nil {
		return "", fmt.Errorf("%w (%w)", ErrNotRunning, err)
	}
	return dsn, nil
}

// StartOrJoin starts the server, or joins it if another program owns it, waiting while that one
// is still starting. The Server is nil when joined.
func StartOrJoin(ctx context.Context, cfg Config) (dsn string, owned *Server, err error) {
	for {
		owned, err = Start(ctx, cfg)
		if err == nil {
			return owned.URL(), owned, nil
		}
		if _, inUse := errors.AsType[*InUseError](err); !inUse {
			return "", nil, err
		}
		dsn, joinErr := Join(ctx, cfg)
		if joinErr == nil {
			return dsn, nil, nil
		}
		if !errors.Is(joinErr, ErrNotRunning) {
			return "", nil, joinErr
		}
		select {
		case <-ctx.Done():
			return "", nil, errors.Join(err, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// URL returns the connection string, with the password.
func (s *Server) URL() string { return s.url }

// PID returns the pid of the server itself.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Done is closed when the server has ended, whether or not it was stopped.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop shuts the server down: when it returns, open transactions are rolled back, the data is
// written, and the folder is free for the next start.
func (s *Server) Stop() error {
	var err error
	s.stop.Do(func() {
		err = errors.Join(s.shutDown(), unlock(s.lock))
	})
	return err
}

func (s *Server) shutDown() error {
	for _, step := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, stopPatience}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}} {
		if err := s.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stopping PostgreSQL: %w", err)
		}
		select {
		case <-s.done:
			return nil
		case <-time.After(step.patience):
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) does not stop", s.PID())
}

func (c Config) withDefaults() Config {
	if c.host == nil {
		c.host = realHost()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// start does the work of Start under the folder's lock.
func (c Config) start(ctx context.Context, root string) (*Server, error) {
	home, runAs, err := c.host.place(root)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(home, "data")
	major, err := dataMajor(data)
	if err != nil {
		return nil, err
	}
	bins, err := c.binaries(root, runAs, major)
	if err != nil {
		return nil, err
	}

	var password string
	if major == 0 {
		c.Log.Info("making the data of the embedded PostgreSQL", "version", bins.major, "dir", root, "user", runAs.String())
		if password, err = newPassword(root); err == nil {
			err = c.initialise(ctx, bins, runAs, home, password)
		}
	} else {
		password, err = readPassword(root)
	}
	if err != nil {
		return nil, err
	}
	if err := stopOrphan(ctx, data, c.Log); err != nil {
		return nil, err
	}
	server, err := c.launch(ctx, bins, runAs, root, data, password)
	if err != nil {
		return nil, err
	}
	if err := ensureDatabase(ctx, connectionURL(password, server.port(), "postgres")); err != nil {
		return nil, errors.Join(err, server.shutDown())
	}
	return server, nil
}

// binaries finds the server's programs, or downloads them.
func (c Config) binaries(root string, runAs *account, major int) (binaries, error) {
	found, err := c.host.find(runAs, major)
	if err == nil || !errors.Is(err, ErrNoBinaries) {
		return found, err
	}
	dir := filepath.Join(root, "postgresql")
	if !runAs.canUse(root) && os.MkdirAll(c.host.fallback, 0o711) == nil { // other users must pass through
		dir = filepath.Join(c.host.fallback, "postgresql")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // the server's user reads it
		return found, err
	}
	c.Log.Info("no PostgreSQL server found on this machine, downloading one")
	bin, err := c.host.download(dir)
	if err != nil {
		return found, fmt.Errorf("%w (%w)", ErrNoBinaries, err)
	}
	downloaded, err := c.host.major(runAs, filepath.Join(bin, "postgres"))
	return binaries{dir: bin, major: downloaded}, err
}

// settings are passed on the command line, so that a changed setting of ours applies to
// existing data too.
func (c Config) settings() []string {
	all := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "",
		"max_connections":         "200",
		"shared_buffers":          "256MB",
		"max_wal_size":            "2GB",
		"wal_compression":         "on",
		"jit":                     "off", // our queries are short: compiling them costs more than it saves
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_checkpoints":         "off",
	}
	if c.Disposable {
		// Commits are still written before they are answered: only a machine crash loses them.
		maps.Copy(all, map[string]string{"fsync": "off", "full_page_writes": "off"})
	}
	maps.Copy(all, c.Settings)
	var args []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}

func connectionURL(password string, port int, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(roleName, password),
		Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (s *Server) port() int {
	u, err := url.Parse(s.url)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(u.Port())
	return port
}
