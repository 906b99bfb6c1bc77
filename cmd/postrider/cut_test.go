package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postrider/pgtest"
)

// wire is a network between the program and PostgreSQL that can be cut.
type wire struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	cut     bool
	clients []net.Conn
	servers []net.Conn
}

// newWire starts a proxy to the server of dsn, and returns the dsn that leads through it.
func newWire(t *testing.T, dsn string) (w *wire, through string) {
	t.Helper()
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	w = &wire{server: at.Host}
	if w.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go w.serve()
	t.Cleanup(func() {
		_ = w.listener.Close()
		w.heal()
	})
	at.Host = w.listener.Addr().String()
	return w, at.String()
}

func (w *wire) serve() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		w.clients = append(w.clients, client)
		if !w.cut {
			w.join(client)
		}
		w.mu.Unlock()
	}
}

// join relays a client's connection until the wire is cut: then it gets no more data, and no
// error.
func (w *wire) join(client net.Conn) {
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		_ = client.Close()
		return
	}
	w.servers = append(w.servers, server)
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	go func() {
		_, _ = io.Copy(client, server)
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.cut {
			_ = client.Close()
		}
	}()
}

// sever cuts the wire. The server's end is closed, as it would be after its keepalives; the
// program's end stays silent, and its new connections are not answered.
func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, s := range w.servers {
		_ = s.Close()
	}
	w.servers = nil
}

// heal closes hanging connections, and relays new ones.
func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
	for _, c := range w.clients {
		_ = c.Close()
	}
	w.clients = nil
}

// One of two processes is cut from the database with deliveries in flight, and does not notice.
// The other takes them over, though none gets old enough to be swept; what the first then does
// with them is harmless, and it resumes work once it is back.
func TestAProcessThatIsCutFromTheDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("cuts the program from its database; left out of -short")
	}
	t.Parallel()
	d := pgtest.New(t)
	binary := build(t)
	wire, through := newWire(t, d.URL)
	env := []string{"POSTRIDER_KEY=" + pgtest.KeyText(), "POSTRIDER_SWEEP_AFTER=1h"}
	lonely := startWorker(t, binary, append(env, "DATABASE_URL="+through)...)
	t.Cleanup(wire.heal) // before it is asked to end
	c := newCrash(t, binary, func(context.Context) (string, error) { return d.URL, nil }, append(env, "DATABASE_URL="+d.URL, "POSTRIDER_DATA="+t.TempDir())...)
	c.slow = time.Second
	c.setUp(t, d)
	name := fmt.Sprintf("%%:%d", lonely.cmd.Process.Pid)
	var over atomic.Bool
	c.load(t, func(int64, int) bool { return over.Load() }, func(n int) {
		if n > 0 {
			return // it has been done; the load ends
		}
		pgtest.Until(t, time.Minute, "it is cut with something in flight", func() bool {
			return holds(t, d, `SELECT EXISTS (SELECT FROM river_job j JOIN workers w ON w.id::text = j.attempted_by[array_upper(j.attempted_by, 1)]
				JOIN deliveries d ON d.claimed_at IS NOT NULL AND j.args -> 'deliveries' @> json_build_array(json_build_object('id', d.id))::jsonb
				WHERE j.state = 'running' AND w.name LIKE $1)`, name)
		})
		wire.sever()
		pgtest.Until(t, time.Minute, "what it had is taken over", func() bool {
			return holds(t, d, `SELECT EXISTS (SELECT FROM attempts WHERE error = 'INTERRUPTED')`)
		})
		wire.heal()
		pgtest.Until(t, time.Minute, "it works on", func() bool {
			return holds(t, d, `SELECT EXISTS (SELECT FROM workers WHERE seen_at > now() - interval '2 seconds' AND name LIKE $1)`, name)
		})
		over.Store(true)
	})
	c.check(t)
}
