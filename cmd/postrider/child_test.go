package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"postrider/pgtest"
)

// child is one life of the program.
type child struct {
	url   string
	cmd   *exec.Cmd
	ended chan struct{}
	log   *logTail
}

// build builds the real program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postrider")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return path
}

// childEnv is the environment of every child. If the tests' clock is moved (make test-moments),
// so is the child's.
func childEnv() []string {
	return []string{
		"POSTRIDER_CLOCK_OFFSET=" + os.Getenv("POSTRIDER_CLOCK_OFFSET"),
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR"),
		"POSTRIDER_ADDR=127.0.0.1:0", "POSTRIDER_ALLOW_PRIVATE_TARGETS=true", "POSTRIDER_SWEEP_AFTER=2s", "POSTRIDER_LOG=info",
	}
}

// startChild runs the program and returns when it listens.
func startChild(binary, command string, env []string) (*child, error) {
	p := &child{cmd: exec.Command(binary, command), ended: make(chan struct{}), log: &logTail{}}
	p.cmd.Env = env
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
			if json.Unmarshal(lines.Bytes(), &said) == nil && (said.Msg == "listening" || said.Msg == "listening for metrics" && command == "work") {
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

// startWorker runs a process that delivers and serves nothing, until the test is over.
func startWorker(t *testing.T, binary string, env ...string) *child {
	t.Helper()
	p, err := startChild(binary, "work", append(append(childEnv(), env...), "POSTRIDER_DATA="+t.TempDir(), "POSTRIDER_METRICS_ADDR=127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGCONT) // where it was stopped
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		<-p.ended
		if t.Failed() {
			t.Logf("the worker's log:\n%s", p.log)
		}
	})
	return p
}

// holds runs a query for a boolean.
func holds(t *testing.T, d *pgtest.DB, query string, args ...any) (so bool) {
	t.Helper()
	if err := d.SQL.QueryRowContext(t.Context(), query, args...).Scan(&so); err != nil {
		t.Error(err)
	}
	return so
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
