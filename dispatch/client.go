package dispatch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// ClientOptions configure a Client. Every zero field but Guard has a default.
type ClientOptions struct {
	Guard     *Guard
	UserAgent string // such as "Postrider/1.0 (+https://postrider.example)"

	DialTimeout   time.Duration // name look-up and connect; 3 s
	TLSTimeout    time.Duration // 3 s
	HeaderTimeout time.Duration // from the request to the answer's headers; 10 s
	TotalTimeout  time.Duration // the whole exchange, body included; 15 s
	IdleTimeout   time.Duration // how long a connection is kept for the next request; 30 s

	MaxBody        int64 // bytes of an answer's body that are read and kept; 64 KiB
	MaxHeader      int64 // bytes of an answer's headers; 64 KiB
	MaxIdlePerHost int   // kept connections per endpoint; 64, the most an endpoint may have in flight
	MaxIdle        int   // kept connections in all; 1024

	TLS      *tls.Config   // for tests that have a certificate authority of their own
	Resolver *net.Resolver // the system's where nil
	Now      func() time.Time
}

func (o ClientOptions) withDefaults() ClientOptions {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&o.DialTimeout, 3*time.Second)
	set(&o.TLSTimeout, 3*time.Second)
	set(&o.HeaderTimeout, 10*time.Second)
	set(&o.TotalTimeout, 15*time.Second)
	set(&o.IdleTimeout, 30*time.Second)
	if o.MaxBody == 0 {
		o.MaxBody = 64 << 10
	}
	if o.MaxHeader == 0 {
		o.MaxHeader = 64 << 10
	}
	if o.MaxIdlePerHost == 0 {
		o.MaxIdlePerHost = 64
	}
	if o.MaxIdle == 0 {
		o.MaxIdle = 1024
	}
	if o.Guard == nil {
		o.Guard = NewGuard(GuardOptions{})
	}
	if o.UserAgent == "" {
		o.UserAgent = "Postrider"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Client makes exchanges over one shared transport. It is safe for concurrent use.
type Client struct {
	options   ClientOptions
	transport *http.Transport
}

// NewClient returns a Client.
func NewClient(options ClientOptions) *Client {
	o := options.withDefaults()
	dialer := &net.Dialer{Timeout: o.DialTimeout, KeepAlive: 15 * time.Second, Resolver: o.Resolver, Control: o.Guard.Control}
	return &Client{options: o, transport: &http.Transport{
		Proxy: nil, // a proxy would connect for us, past the guard
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countingConn{Conn: conn}, nil
		},
		TLSClientConfig:        o.TLS,
		TLSHandshakeTimeout:    o.TLSTimeout,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		MaxResponseHeaderBytes: o.MaxHeader,
		DisableCompression:     true,
		MaxIdleConns:           o.MaxIdle,
		MaxIdleConnsPerHost:    o.MaxIdlePerHost,
		IdleConnTimeout:        o.IdleTimeout,
		ForceAttemptHTTP2:      false, // one request a connection: a slow answer holds up no other
	}}
}

// Close closes the connections that are idle.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Send makes one exchange and returns what is known of it, whatever happened. It
// never takes longer than the total timeout, and never sends a request twice: a
// kept connection that turns out dead is replaced only while nothing was written.
func (c *Client) Send(ctx context.Context, r Request) Exchange {
	e := Exchange{StartedAt: c.options.Now(), Method: r.Method, URL: r.URL}
	begun := time.Now() // durations by the monotonic clock, whatever Now is
	bounded, cancel := context.WithTimeout(ctx, c.options.TotalTimeout)
	defer cancel()
	c.exchange(bounded, r, &e)
	if e.Reason != "" && ctx.Err() != nil {
		e.Reason, e.Detail = Interrupted, ""
	}
	e.Detail = cleanText([]byte(e.Detail)) // it may quote the server
	e.Duration = time.Since(begun)
	return e
}

func (c *Client) exchange(ctx context.Context, r Request, e *Exchange) {
	if len(r.URL) > MaxURL {
		e.Reason, e.Detail = TooLong, strconv.Itoa(len(r.URL))+" bytes"
		return
	}
	if err := c.options.Guard.CheckURL(r.URL); err != nil {
		e.Reason, e.Detail = BlockedTarget, err.Error()
		return
	}
	for {
		p, err := c.prepare(r, e.StartedAt)
		if err != nil {
			e.Reason, e.Detail = BadTemplate, err.Error()
			return
		}
		e.URL, e.RequestBody = p.url(), string(p.body)
		w := new(watch)
		response, err := c.transport.RoundTrip(p.request.WithContext(w.attach(ctx))) //nolint:bodyclose // read closes it
		e.Sent = w.sent()
		e.RequestHeaders = w.headers(p.request)
		if err != nil {
			if w.reusedDeadConnection() && ctx.Err() == nil {
				continue // the connection is gone from the pool, so this ends
			}
			e.Timings = w.timings(time.Now())
			e.Reason, e.Detail = w.explain(err)
			return
		}
		c.read(response, w, e)
		return
	}
}

// read reads the answer, as much of it as is kept.
func (c *Client) read(response *http.Response, w *watch, e *Exchange) {
	defer func() { _ = response.Body.Close() }()
	e.StatusCode, e.ResponseHeaders = response.StatusCode, response.Header
	if response.StatusCode == http.StatusSwitchingProtocols {
		// It was not requested, and what follows is a raw connection: reading it would wait
		// for as long as the server likes.
		e.Timings = w.timings(time.Now())
		e.Reason, e.Detail = BadAnswer, "it switched to another protocol, which was not asked for"
		return
	}
	var body bytes.Buffer
	_, err := io.CopyN(&body, response.Body, c.options.MaxBody+1)
	if int64(body.Len()) > c.options.MaxBody {
		e.ResponseTruncated = true
		body.Truncate(int(c.options.MaxBody))
	}
	unpacked, more := unpack(body.Bytes(), response.Header, c.options.MaxBody)
	e.ResponseTruncated = e.ResponseTruncated || more
	e.ResponseBody = text(unpacked, response.Header.Get("Content-Type"))
	e.Timings = w.timings(time.Now())
	if err != nil && !errors.Is(err, io.EOF) {
		w.enter(phaseBody)
		e.Reason, e.Detail = w.explain(err)
	}
}
