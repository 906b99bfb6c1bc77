package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"postrider/server"
)

// A request whose body does not arrive, or arrives a byte at a time, is held until the read
// timeout and no longer, whatever its headers are.
func TestABodyThatNeverComesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	var held atomic.Int64
	read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held.Add(1)
		defer held.Add(-1)
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	s, _ := setup(t, func(p *server.Params) {
		p.ReadTimeout = 100 * time.Millisecond
		p.Routes = []server.Route{
			{Pattern: "POST /postback/{integration}", Handler: read, Open: true}, {Pattern: "GET /postback/{integration}", Handler: read, Open: true},
			{Pattern: "/graphql", Handler: read}, {Pattern: "/echo/{key}", Handler: read, Open: true},
		}
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	for _, line := range []string{"POST /postback/x", "GET /postback/x", "POST /graphql", "GET /graphql", "PUT /echo/x"} {
		for _, header := range []string{
			"X-Nothing: 1", "Upgrade: foo\r\nConnection: Upgrade", "Upgrade: websocket\r\nConnection: Upgrade",
			"Accept: text/event-stream", "Accept: text/event-stream\r\nUpgrade: websocket",
		} {
			for name, trickle := range map[string]bool{"never": false, "a byte at a time": true} {
				t.Run(fmt.Sprintf("%s %q %s", line, header, name), func(t *testing.T) {
					t.Parallel()
					conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					defer conn.Close()
					if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{", line, header); err != nil {
						t.Fatal(err)
					}
					if trickle {
						stop := keepBusy(t, conn)
						defer stop()
					}
					_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
					res, err := http.ReadResponse(bufio.NewReader(conn), nil)
					if err != nil {
						if errors.Is(err, os.ErrDeadlineExceeded) {
							t.Fatal("it is held")
						}
						return // cut off, which is fine too
					}
					_ = res.Body.Close()
					if res.StatusCode < 400 {
						t.Errorf("answered with %d", res.StatusCode)
					}
				})
			}
		}
	}
	t.Cleanup(func() {
		if n := held.Load(); n != 0 {
			t.Errorf("%d requests are held", n)
		}
	})
}

// keepBusy sends a byte every millisecond until it is stopped or the connection ends.
func keepBusy(t *testing.T, conn net.Conn) (stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if _, err := conn.Write([]byte(" ")); err != nil {
					return
				}
			}
		}
	}()
	return stop
}
