package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestStartMakesAServerThatKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := folder(t)

	first := start(t, Config{Dir: dir})
	query(t, first.URL(), "CREATE TABLE kept (v text)", "INSERT INTO kept VALUES ('yes')", "SELECT v FROM kept")
	must(t, first.Stop())

	second := start(t, Config{Dir: dir})
	if got := query(t, second.URL(), "SELECT v FROM kept"); got != "yes" {
		t.Fatalf("after a restart the row says %q", got)
	}
}

func TestServerIsClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	server := start(t, Config{Dir: dir})

	t.Run("the password is random and readable by its owner only", func(t *testing.T) {
		info, err := os.Stat(passwordFile(dir))
		must(t, err)
		if info.Mode().Perm() != 0o600 || info.Size() < 20 {
			t.Fatalf("mode %v, %d bytes", info.Mode(), info.Size())
		}
	})
	t.Run("a wrong password is refused", func(t *testing.T) {
		if err := ping(t.Context(), connectionURL("wrong", server.port(), databaseName)); err == nil {
			t.Fatal("it was let in")
		}
	})
	t.Run("it listens on loopback only", func(t *testing.T) {
		if got := query(t, server.URL(), "SHOW listen_addresses"); got != "127.0.0.1" {
			t.Fatalf("listens on %q", got)
		}
	})
	t.Run("it does not run as root", func(t *testing.T) {
		info, err := os.Stat("/proc/" + strconv.Itoa(server.PID()))
		if errors.Is(err, os.ErrNotExist) {
			t.Skip("no /proc on this system")
		}
		must(t, err)
		if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid == 0 {
			t.Fatalf("runs as %+v", info.Sys())
		}
	})
}

func TestOwnerThatEnds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		end  func(t *testing.T, o *owner, server int)
	}{
		{"by SIGTERM stops the server", func(t *testing.T, o *owner, server int) {
			o.end(syscall.SIGTERM)
			if syscall.Kill(server, 0) == nil {
				t.Fatal("the server still runs")
			}
		}},
		{"by kill -9 leaves a server that the next start replaces", func(t *testing.T, o *owner, server int) {
			o.end(syscall.SIGKILL)
			must(t, syscall.Kill(server, 0))
		}},
		{"by kill -9 together with its server leaves a stale postmaster.pid", func(t *testing.T, o *owner, server int) {
			o.end(syscall.SIGKILL)
			must(t, syscall.Kill(server, syscall.SIGKILL))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			other := startOwner(t, dir)
			dsn, err := Join(t.Context(), Config{Dir: dir})
			must(t, err)
			query(t, dsn, "CREATE TABLE kept (v text)", "INSERT INTO kept VALUES ('yes')", "SELECT v FROM kept")
			running, _ := readPostmaster(filepath.Join(dir, "postgres/data"))

			tc.end(t, other, running.pid)

			next := start(t, Config{Dir: dir})
			if got := query(t, next.URL(), "SELECT v FROM kept"); got != "yes" {
				t.Fatalf("the row says %q", got)
			}
			if next.PID() == running.pid {
				t.Fatal("the old server was not replaced")
			}
		})
	}
}

func TestSecondProgramOnOneFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if _, err := Join(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("joining where nothing runs: %v", err)
	}
	other := startOwner(t, dir)

	t.Run("is refused with the pid of the first", func(t *testing.T) {
		_, err := Start(t.Context(), Config{Dir: dir})
		inUse, ok := errors.AsType[*InUseError](err)
		if !ok || inUse.PID != other.pid() || !strings.Contains(err.Error(), "process "+strconv.Itoa(other.pid())) {
			t.Fatalf("got %v, want an error that names %d", err, other.pid())
		}
	})
	t.Run("may join", func(t *testing.T) {
		dsn, server, err := StartOrJoin(t.Context(), Config{Dir: dir})
		must(t, err)
		if server != nil || query(t, dsn, "SELECT current_database()") != databaseName {
			t.Fatalf("joined %v", server)
		}
	})
	t.Run("finds nothing to join once the first has ended", func(t *testing.T) {
		other.end(syscall.SIGTERM)
		if _, err := Join(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrNotRunning) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestStartOrJoinAtOnceGivesOneOwner(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var owners []*Server
	for range 4 {
		wg.Go(func() {
			dsn, server, err := StartOrJoin(t.Context(), Config{Dir: dir, Disposable: true})
			if err != nil || ping(t.Context(), dsn) != nil {
				t.Errorf("%v", err)
			}
			if server != nil {
				mu.Lock()
				defer mu.Unlock()
				owners = append(owners, server)
			}
		})
	}
	wg.Wait()
	if len(owners) != 1 {
		t.Fatalf("%d owners", len(owners))
	}
	must(t, owners[0].Stop())
}

func TestServerThatDiesIsReported(t *testing.T) {
	t.Parallel()
	server := start(t, Config{Dir: folder(t)})
	must(t, syscall.Kill(server.PID(), syscall.SIGKILL))
	select {
	case <-server.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told")
	}
}

func TestPidOfAnotherProgramInPostmasterPid(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Config{Dir: dir})
	must(t, first.Stop())
	// As after a reboot: the pid in the file is that of some other process, here our own.
	pidFile := filepath.Join(dir, "postgres/data/postmaster.pid")
	must(t, os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n/elsewhere\n1\n5432\n\n127.0.0.1\n 1 1\nready   \n"), 0o600))

	if _, err := Join(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("joined it: %v", err)
	}
	second := start(t, Config{Dir: dir})
	query(t, second.URL(), "SELECT 1")
}

func TestStartThatWasCutShortBeginsAnew(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	h := realHost()
	home, runAs, err := h.place(dir)
	must(t, err)
	must(t, os.Mkdir(filepath.Join(home, "data.new"), 0o700))
	must(t, runAs.own(filepath.Join(home, "data.new")))
	must(t, os.WriteFile(filepath.Join(home, "data.new", "half"), nil, 0o600))

	query(t, start(t, Config{Dir: dir}).URL(), "SELECT 1")
}

func TestFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	none := realHost()
	none.lookPath = func(string) (string, error) { return "", os.ErrNotExist }
	none.glob = func(string) ([]string, error) { return nil, nil }
	none.download = func(string) (string, error) { return "", errors.New("no network") }

	for _, tc := range []struct {
		name    string
		cfg     Config
		prepare func(t *testing.T, dir string)
		want    []string
	}{
		{
			name: "no server found, none to be had", cfg: Config{host: none},
			want: []string{"apt-get install postgresql", "DATABASE_URL", "no network"},
		},
		{
			name: "data of a version that is not here",
			prepare: func(t *testing.T, dir string) {
				data := filepath.Join(dir, "postgres", "data")
				home, runAs, err := realHost().place(dir)
				must(t, err)
				must(t, os.Mkdir(data, 0o700))
				must(t, os.WriteFile(filepath.Join(home, "data", "PG_VERSION"), []byte("9\n"), 0o600))
				must(t, runAs.own(data))
			},
			want: []string{"made by PostgreSQL 9", "install postgresql-9"},
		},
		{
			name: "password lost",
			prepare: func(t *testing.T, dir string) {
				must(t, start(t, Config{Dir: dir}).Stop())
				must(t, os.Remove(passwordFile(dir)))
			},
			want: []string{"postgres.password", "restore the file"},
		},
		{
			name: "password changed",
			prepare: func(t *testing.T, dir string) {
				must(t, start(t, Config{Dir: dir}).Stop())
				must(t, os.WriteFile(passwordFile(dir), []byte("other\n"), 0o600))
			},
			want: []string{"the password under POSTRIDER_DATA is not the server's"},
		},
		{
			name: "a setting that the server refuses", cfg: Config{Settings: map[string]string{"max_connections": "many"}},
			want: []string{"ended while it started", "max_connections"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.cfg.Dir = folder(t)
			tc.cfg.Disposable = true
			if tc.prepare != nil {
				tc.prepare(t, tc.cfg.Dir)
			}
			_, err := Start(t.Context(), tc.cfg)
			if err == nil {
				t.Fatal("it started")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			// A failed start holds nothing: the next program gets the lock.
			lock, err := lockFolder(tc.cfg.Dir)
			must(t, err)
			must(t, lock.Close())
		})
	}
}

func TestCancelledStartLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	must(t, start(t, Config{Dir: dir}).Stop())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Config{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if left, ok := readPostmaster(filepath.Join(dir, "postgres/data")); ok && isPostmaster(left.pid, filepath.Join(dir, "postgres/data")) {
		t.Fatalf("process %d still runs", left.pid)
	}
}
