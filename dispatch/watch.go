package dispatch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// phase is how far an exchange has come.
type phase uint8

const (
	phaseStart phase = iota
	phaseDNS
	phaseConnect
	phaseTLS
	phaseHeaders // the request is on its way, the answer awaited
	phaseBody
)

// countingConn counts what was written, to know whether a request may have left.
type countingConn struct {
	net.Conn
	written atomic.Int64
}

// Write counts before it writes: the answer may be there before Write returns.
func (c *countingConn) Write(b []byte) (int, error) {
	c.written.Add(int64(len(b)))
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n - len(b)))
	return n, err
}

// watch traces one exchange through httptrace. The transport may call it from several
// goroutines, some of them after the exchange is over.
type watch struct {
	mu     sync.Mutex
	at     phase
	reused bool
	conn   *countingConn
	before int64 // what conn had written when this exchange got it
	fields http.Header

	dnsBegan, dnsDone         time.Time
	connectBegan, connectDone time.Time
	tlsBegan, tlsDone         time.Time
	gotConn, firstByte        time.Time
}

func (w *watch) attach(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { w.mark(phaseDNS, &w.dnsBegan) },
		DNSDone:              func(httptrace.DNSDoneInfo) { w.mark(phaseConnect, &w.dnsDone) },
		ConnectStart:         func(string, string) { w.markFirst(phaseConnect, &w.connectBegan) },
		ConnectDone:          w.connected,
		TLSHandshakeStart:    func() { w.mark(phaseTLS, &w.tlsBegan) },
		TLSHandshakeDone:     w.secured,
		GotConn:              w.got,
		WroteHeaderField:     w.wrote,
		GotFirstResponseByte: func() { w.mark(phaseHeaders, &w.firstByte) },
	})
}

func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = max(w.at, p)
}

func (w *watch) mark(p phase, at *time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, *at = max(w.at, p), time.Now()
}

// markFirst is mark for what may begin several times, once for each address.
func (w *watch) markFirst(p phase, at *time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = max(w.at, p)
	if at.IsZero() {
		*at = time.Now()
	}
}

func (w *watch) connected(_, _ string, err error) {
	if err == nil {
		w.mark(phaseConnect, &w.connectDone)
	}
}

func (w *watch) secured(_ tls.ConnectionState, err error) {
	if err == nil {
		w.mark(phaseTLS, &w.tlsDone)
	}
}

func (w *watch) got(info httptrace.GotConnInfo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.gotConn, w.reused = max(w.at, phaseHeaders), time.Now(), info.Reused
	conn := info.Conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if counting, ok := conn.(*countingConn); ok {
		w.conn, w.before = counting, counting.written.Load()
	}
}

func (w *watch) wrote(name string, values []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fields == nil {
		w.fields = http.Header{}
	}
	name = http.CanonicalHeaderKey(strings.TrimPrefix(name, ":"))
	w.fields[name] = append([]string(nil), values...)
}

// sent reports whether at least one byte of the request may have left.
func (w *watch) sent() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conn != nil && w.conn.written.Load() > w.before
}

// reusedDeadConnection reports whether the exchange failed on a kept connection
// that was dead before anything was written to it.
func (w *watch) reusedDeadConnection() bool {
	w.mu.Lock()
	reused := w.reused
	w.mu.Unlock()
	return reused && !w.sent()
}

// headers returns the request's headers as they were written; where nothing was, as they
// would have been.
func (w *watch) headers(r *http.Request) http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fields != nil {
		return w.fields.Clone()
	}
	h := r.Header.Clone()
	h.Set("Host", r.URL.Host)
	return h
}

// timings splits the time until end over the phases.
func (w *watch) timings(end time.Time) Timings {
	w.mu.Lock()
	defer w.mu.Unlock()
	answered := w.firstByte
	if answered.IsZero() {
		answered = end
	}
	t := Timings{
		DNSMs:     span(w.dnsBegan, w.dnsDone, end),
		ConnectMs: span(w.connectBegan, w.connectDone, end),
		TLSMs:     span(w.tlsBegan, w.tlsDone, end),
		WaitMs:    span(w.gotConn, answered, end),
	}
	if !w.firstByte.IsZero() {
		t.ReadMs = span(w.firstByte, end, end)
	}
	return t
}

// span returns the milliseconds of a phase; nil for one that never began, and the time
// until the end for one that was never completed.
func span(began, done, end time.Time) *float64 {
	if began.IsZero() {
		return nil
	}
	if done.Before(began) {
		done = end
	}
	ms := float64(done.Sub(began).Microseconds()) / 1000
	return &ms
}
