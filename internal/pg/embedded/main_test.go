package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/lib/pq"
	"go.uber.org/goleak"
)

// ownerDir makes the test binary a program that owns an embedded server, so that tests can end
// it in every way that a program can end.
const ownerDir = "POSTRIDER_TEST_OWNER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerDir); dir != "" {
		if err := ownServer(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func ownServer(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server, err := Start(ctx, Config{Dir: dir, Disposable: true})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	<-ctx.Done()
	return server.Stop()
}

// owner is another program that owns the server of a folder.
type owner struct {
	t   *testing.T
	cmd *exec.Cmd
}

func startOwner(t *testing.T, dir string) *owner {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ownerDir+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	o := &owner{t: t, cmd: cmd}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "ready" {
		t.Fatalf("the other program said %q (%v)", line, err)
	}
	return o
}

func (o *owner) pid() int { return o.cmd.Process.Pid }

// end sends a signal and waits for the program's end.
func (o *owner) end(signal os.Signal) {
	o.t.Helper()
	must(o.t, o.cmd.Process.Signal(signal))
	_ = o.cmd.Wait()
}

// folder returns a new POSTRIDER_DATA that every user may pass through; a server that is left in
// it ends with the test.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "postrider-embedded-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() {
		must(t, stopOrphan(context.Background(), dir+"/postgres/data", Config{}.withDefaults().Log))
		must(t, os.RemoveAll(dir))
	})
	return dir
}

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	cfg.Disposable = true
	server, err := Start(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop()) })
	return server
}

// query runs statements and returns the one value of the last.
func query(t *testing.T, dsn string, statements ...string) (value string) {
	t.Helper()
	connector, err := pq.NewConnector(dsn)
	must(t, err)
	db := sql.OpenDB(connector)
	defer db.Close()
	for i, statement := range statements {
		if i < len(statements)-1 {
			_, err = db.ExecContext(t.Context(), statement)
		} else {
			err = db.QueryRowContext(t.Context(), statement).Scan(&value)
		}
		must(t, err)
	}
	return value
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
