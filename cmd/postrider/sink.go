package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

type sinkCmd struct {
	// The sink's own address: the --addr of the other commands is the API's.
	Status   int           `default:"200" help:"Answer with this status (${default})."`
	Delay    time.Duration `help:"Wait this long before answering, for example 2s."`
	FailRate float64       `name:"fail-rate" help:"Answer this part of the requests, 0 to 1, with 500."`
}

// sinkAddr is where the sink listens when --addr was not given.
const sinkAddr = ":9090"

// Validate checks the flags.
func (c *sinkCmd) Validate() error {
	if c.Status < 200 || c.Status > 599 {
		return fmt.Errorf("--status: %d is not a status to answer with; want 200 to 599", c.Status)
	}
	if c.FailRate < 0 || c.FailRate > 1 {
		return fmt.Errorf("--fail-rate: is %g; want 0 to 1", c.FailRate)
	}
	if c.Delay < 0 {
		return fmt.Errorf("--delay: is %s; want 0 or more", c.Delay)
	}
	return nil
}

// Run answers until it is interrupted.
func (c *sinkCmd) Run(ctx context.Context, p *process) error {
	addr := p.cfg.Addr
	if addr == ":8080" { // the API's default, so it was not given
		addr = sinkAddr
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	fmt.Fprintf(p.stdout, "Listening on http://%s: %s\n", listener.Addr(), c.manners())
	server := &http.Server{Handler: newSink(c, p.stdout), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// manners returns a description of how the sink will answer.
func (c *sinkCmd) manners() string {
	words := fmt.Sprintf("every postback is answered with %d", c.Status)
	if c.FailRate > 0 {
		words += fmt.Sprintf(", %g %% of them with 500", c.FailRate*100)
	}
	if c.Delay > 0 {
		words += fmt.Sprintf(", after %s", c.Delay)
	}
	return words
}

// sink answers postbacks, prints them, and counts how often it saw each delivery.
type sink struct {
	cmd    *sinkCmd
	chance func() float64

	mu   sync.Mutex
	out  io.Writer
	n    int
	seen map[string]int // by X-Postrider-Delivery
}

func newSink(cmd *sinkCmd, out io.Writer) *sink {
	return &sink{cmd: cmd, out: out, chance: rand.Float64, seen: map[string]int{}}
}

// ServeHTTP prints the request first, so that one which is not answered in time is printed as
// well.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	status := s.cmd.Status
	if s.chance() < s.cmd.FailRate {
		status = http.StatusInternalServerError
	}
	s.print(r, body, status)
	if s.cmd.Delay > 0 {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(s.cmd.Delay):
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, http.StatusText(status))
}

// print prints one block: the request line as it came, then each parameter decoded.
func (s *sink) print(r *http.Request, body []byte, status int) {
	var b strings.Builder
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	fmt.Fprintf(&b, "#%d  %s  %s %s  → %d\n", s.n, time.Now().Format(time.TimeOnly), r.Method, r.RequestURI, status)
	if delivery := r.Header.Get("X-Postrider-Delivery"); delivery != "" {
		s.seen[delivery]++
		fmt.Fprintf(&b, "    delivery %s, attempt %s", delivery, r.Header.Get("X-Postrider-Attempt"))
		if times := s.seen[delivery]; times > 1 {
			fmt.Fprintf(&b, ", seen %d times", times)
		}
		b.WriteByte('\n')
	}
	writeValues(&b, r.URL.Query())
	if len(body) > 0 {
		fmt.Fprintf(&b, "    body %q\n", body)
	}
	_, _ = io.WriteString(s.out, b.String())
}

func writeValues(b *strings.Builder, values url.Values) {
	names := make([]string, 0, len(values))
	width := 0
	for name := range values {
		names = append(names, name)
		width = max(width, len(name))
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range values[name] {
			fmt.Fprintf(b, "    %-*s = %s\n", width, name, value)
		}
	}
}
