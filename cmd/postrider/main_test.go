package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"go.uber.org/goleak"

	"postrider/internal/secret"
	"postrider/pgtest"
	"postrider/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// postrider runs the program as a shell would.
func postrider(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	db := "--database-url=" + pgtest.Empty(t).URL
	if out, errs, code := postrider(t, "migrate", "status", db); code != 0 || !strings.Contains(out, "not yet") {
		t.Fatalf("status before: %d %s%s", code, out, errs)
	}
	if out, errs, code := postrider(t, "migrate", "up", db); code != 0 || strings.Contains(out, "; 0 migrations") {
		t.Fatalf("up: %d %s%s", code, out, errs)
	}
	if out, errs, code := postrider(t, "migrate", "status", db); code != 0 || strings.Contains(out, "not yet") {
		t.Fatalf("status after: %d %s%s", code, out, errs)
	}
	if out, _, code := postrider(t, "migrate", "up", db); code != 0 || !strings.Contains(out, "; 0 migrations were applied") {
		t.Fatalf("up again: %d %s", code, out)
	}
}

// startApp runs the real program, as the flags say, on a free port until the test ends.
func startApp(t *testing.T, flags ...string) *App {
	t.Helper()
	var grammar cli
	parser, err := kong.New(&grammar, kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"all", "--addr=127.0.0.1:0", "--data=" + t.TempDir()}, flags...)); err != nil {
		t.Fatal(err)
	}
	app := NewApp(&process{cfg: &grammar.Config, log: grammar.NewLogger(io.Discard)}, "all")
	if err := app.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return app
}

func status(t *testing.T, url string) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// untilReady waits until a process gets notifications.
func untilReady(t *testing.T, app *App) {
	t.Helper()
	pgtest.Until(t, time.Minute, "it is ready", func() bool { return status(t, app.URL()+"/readyz") == http.StatusOK })
}

func TestAProcessThatHearsNothingIsNotReady(t *testing.T) {
	t.Parallel()
	app := startApp(t, "--database-url="+pgtest.New(t).Deaf(t))
	var said string
	pgtest.Until(t, time.Minute, "it says why", func() bool {
		said = text(t, app.URL()+"/readyz", http.StatusServiceUnavailable)
		return strings.Contains(said, "needs a direct connection to PostgreSQL")
	})
	if got := status(t, app.URL()+"/healthz"); got != http.StatusOK {
		t.Errorf("it is not alive: %d", got)
	}
	var h hearing
	for _, step := range []struct {
		lost  error
		ready bool
	}{{nil, true}, {errors.New("dial 10.0.0.7"), false}, {nil, true}} {
		h.set(step.lost)
		if err := h.err(); (err == nil) != step.ready {
			t.Errorf("after %v: %v", step.lost, err)
		} else if why, ok := errors.AsType[server.NotReady](err); err != nil && (!ok || strings.Contains(why.Error(), "10.0.0.7")) {
			t.Errorf("the outside is told %q", why)
		}
	}
}

func TestAppMigratesAndAnswers(t *testing.T) {
	t.Parallel()
	app := startApp(t, "--database-url="+pgtest.Empty(t).URL)
	untilReady(t, app)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200} {
		if got := status(t, app.URL()+path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestASchemaThatIsNewer(t *testing.T) {
	t.Parallel()
	d := pgtest.Empty(t)
	app := startApp(t, "--database-url="+d.URL)
	if _, err := d.SQL.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	const want = "the database is newer than this version of Postrider, which does not know its migration 99999"
	if text := text(t, app.URL()+"/readyz", http.StatusServiceUnavailable); !strings.HasPrefix(text, "not ready: "+want) {
		t.Errorf("a process that runs already says %q", text)
	}
	for _, args := range [][]string{{"serve", "--addr=127.0.0.1:0"}, {"work"}, {"all", "--addr=127.0.0.1:0"}, {"migrate", "up"}, {"demo"}, {"key", "show"}} {
		if _, errs, code := postrider(t, append(args, "--database-url="+d.URL)...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
	if out, _, code := postrider(t, "migrate", "status", "--database-url="+d.URL); code != 0 || !strings.Contains(out, "of a newer version") {
		t.Errorf("status: %d %s", code, out)
	}
}

// text returns the body of an answer with a status.
func text(t *testing.T, url string, status int) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		t.Fatalf("%s: %d, want %d; %s, %v", url, res.StatusCode, status, body, err)
	}
	return string(body)
}

func TestAppOverTheEmbeddedPostgreSQL(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	app := startApp(t, "--data="+dir)
	untilReady(t, app)
	t.Run("a command that needs only the database joins it", func(t *testing.T) {
		if out, errs, code := postrider(t, "migrate", "status", "--data="+dir); code != 0 || strings.Contains(out, "not yet") {
			t.Fatalf("%d %s%s", code, out, errs)
		}
	})
	t.Run("a second program is refused", func(t *testing.T) {
		_, errs, code := postrider(t, "serve", "--data="+dir, "--addr=127.0.0.1:0")
		if code != 1 || !strings.Contains(errs, "is in use by process") {
			t.Fatalf("%d %s", code, errs)
		}
	})
}

func TestAppThatCannotListenLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	first := startApp(t, "--database-url="+pgtest.Empty(t).URL)
	db := pgtest.Empty(t)
	_, errs, code := postrider(t, "serve", "--database-url="+db.URL, "--data="+t.TempDir(), "--addr="+first.api.listener.Addr().String())
	if code != 1 || !strings.Contains(errs, "POSTRIDER_ADDR") {
		t.Fatalf("%d %s", code, errs)
	}
}

func TestProgramEndsWhenAsked(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	log := &notifying{want: `"listening"`, seen: make(chan struct{})}
	flags := []string{"all", "--addr=127.0.0.1:0", "--database-url=" + pgtest.Empty(t).URL, "--data=" + t.TempDir()}
	wg.Go(func() {
		if code := run(ctx, flags, nil, io.Discard, log); code != 0 {
			t.Errorf("code %d", code)
		}
	})
	<-log.seen
	cancel()
	wg.Wait()
}

func TestProgramSaysHowToCreateTheFirstUser(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	flags := []string{"--database-url=" + db.URL, "--data=" + t.TempDir()}
	said := func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var all bytes.Buffer
		log := &stopping{log: &all, at: `"listening"`, stop: cancel}
		if code := run(ctx, append([]string{"serve", "--addr=127.0.0.1:0"}, flags...), nil, io.Discard, log); code != 0 {
			t.Fatalf("code %d: %s", code, all.String())
		}
		return strings.Contains(all.String(), "postrider user create --email ADDRESS --role admin")
	}
	if !said() {
		t.Error("an empty installation does not say how somebody gets in")
	}
	if _, errs, code := withInput(t, "correct horse battery\n", append([]string{"user", "create", "--email=ada@network.example", "--role=admin"}, flags...)...); code != 0 {
		t.Fatal(errs)
	}
	if said() {
		t.Error("it is said although there is a user")
	}
}

// stopping is a log that ends the program once a word was written.
type stopping struct {
	log  *bytes.Buffer
	at   string
	stop func()
	mu   sync.Mutex
}

func (s *stopping) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Contains(p, []byte(s.at)) {
		s.stop()
	}
	return s.log.Write(p)
}

// notifying is a log that signals when a word was first written.
type notifying struct {
	want string
	seen chan struct{}
	once sync.Once
}

func (n *notifying) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(n.want)) {
		n.once.Do(func() { close(n.seen) })
	}
	return len(p), nil
}

// openFolder returns a new POSTRIDER_DATA that the server's user may pass through.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postrider-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Each process may have a listener of its own for /metrics, which the main one then leaves out.
func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	t.Parallel()
	d, key := pgtest.New(t), secret.NewKey()
	for _, name := range []string{"all", "serve", "work"} {
		app := startNode(t, name, "--database-url="+d.URL, "--key="+key, "--metrics-addr=127.0.0.1:0")
		if got := status(t, "http://"+app.metrics.listener.Addr().String()+"/metrics"); got != http.StatusOK {
			t.Errorf("%s: its own listener answers %d", name, got)
		}
		if (app.api == nil) != (name == "work") {
			t.Errorf("%s serves: %v", name, app.api != nil)
		}
		if app.api != nil {
			if got := status(t, app.URL()+"/metrics"); got != http.StatusNotFound {
				t.Errorf("%s: the main listener answers %d", name, got)
			}
		}
	}
}
