package dispatch_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"postrider/dispatch"
)

// hostile lists what a hostile server does, beyond misbehaving, and our result for it.
var hostile = map[string]struct {
	answer string               // what is sent at once
	more   func(conn io.Writer) // what is sent after that, until it fails; nil for nothing
	reason dispatch.Reason
	status int
	body   string // what the kept body begins with
}{
	"sends an endless body": {
		"HTTP/1.1 200 OK\r\n\r\n", endlessly(strings.Repeat("y", 64<<10)), "", 200, "yyy",
	},
	"sends an endless body in chunks": {
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", endlessly(strings.Repeat("8\r\nyyyyyyyy\r\n", 1<<10)), "", 200, "yyy",
	},
	"sends a hundred megabytes of Set-Cookie": {
		"HTTP/1.1 200 OK\r\n", endlessly("Set-Cookie: a=" + strings.Repeat("c", 4000) + "\r\n"), dispatch.BadAnswer, 0, "",
	},
	"sends one endless header": {
		"HTTP/1.1 200 OK\r\nX-A: ", endlessly(strings.Repeat("x", 4000)), dispatch.BadAnswer, 0, "",
	},
	"sends an endless status line": {
		"HTTP/1.1 200 ", endlessly(strings.Repeat("x", 4000)), dispatch.BadAnswer, 0, "",
	},
	"sends a compressed bomb": {
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + fmt.Sprint(len(bomb())) + "\r\n\r\n" + bomb(), nil, "", 200, "\uFFFD",
	},
	"breaks its chunks": {
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n", nil, dispatch.BadAnswer, 200, "ab",
	},
	"sends a chunk with an endless extension": {
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;", endlessly(strings.Repeat("e", 4000)), dispatch.BadAnswer, 200, "",
	},
	"sends endless trailers": {
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", endlessly("X-T: " + strings.Repeat("t", 4000) + "\r\n"), dispatch.BadAnswer, 200, "ab",
	},
	"says two lengths": {
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", nil, dispatch.BadAnswer, 0, "",
	},
	"says a length below zero": {
		"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab", nil, dispatch.BadAnswer, 0, "",
	},
	"says a length beyond all bounds": {
		"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", endlessly(strings.Repeat("y", 4000)), "", 200, "yyy",
	},
	"says a length and chunks": {
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", nil, "", 200, "ab",
	},
	"sends more than it said": {
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", nil, "", 200, "ab",
	},
	"speaks HTTP/2 unasked": {
		"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", nil, dispatch.TimeoutHeaders, 0, "",
	},
	"says it is HTTP/2": {
		"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nab", nil, "", 200, "ab",
	},
	"switches protocols and is silent": {
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", nil, dispatch.BadAnswer, 101, "",
	},
	"switches protocols and never ends": {
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", endlessly(strings.Repeat("w", 4000)), dispatch.BadAnswer, 101, "",
	},
	"has a header that is no header": {
		"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", nil, dispatch.BadAnswer, 0, "",
	},
	"has a line break in a header": {
		"HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nab", nil, dispatch.BadAnswer, 0, "",
	},
	"has a header with a zero byte": {
		"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 2\r\n\r\nab", nil, dispatch.BadAnswer, 0, "",
	},
	"has a header that is no UTF-8": {
		"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\r\nContent-Length: 2\r\n\r\nab", nil, "", 302, "ab",
	},
	"has a status that is none": {
		"HTTP/1.1 20x OK\r\n\r\n", nil, dispatch.BadAnswer, 0, "",
	},
}

// endlessly sends a text repeatedly, until the client closes.
func endlessly(text string) func(io.Writer) {
	return func(conn io.Writer) {
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
		}
	}
}

// bomb is ten megabytes of nothing, as gzip writes them.
var bomb = sync.OnceValue(func() string {
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	_, _ = w.Write(make([]byte, 10<<20))
	_ = w.Close()
	return small.String()
})

// crowd is a server that serves every connection in its own goroutine, by the name in the
// request's path, and counts those that are open.
type crowd struct {
	url    string
	open   sync.Map      // of net.Conn
	closed chan struct{} // signalled when one is no longer open
}

// left is called when a connection is over.
func (c *crowd) left(conn net.Conn) {
	_ = conn.Close()
	c.open.Delete(conn)
	select {
	case c.closed <- struct{}{}:
	default:
	}
}

// untilEmpty waits until no connection is open.
func (c *crowd) untilEmpty(t *testing.T) {
	t.Helper()
	late := time.After(20 * time.Second)
	for c.count() > 0 {
		select {
		case <-c.closed:
		case <-late:
			t.Fatalf("%d connections are left", c.count())
		}
	}
}

func (c *crowd) count() (n int) {
	c.open.Range(func(any, any) bool { n++; return true })
	return n
}

func newCrowd(t *testing.T, serve func(name string, conn net.Conn)) *crowd {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{url: "http://" + listener.Addr().String(), closed: make(chan struct{}, 1)}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			c.open.Store(conn, true)
			all.Go(func() {
				defer c.left(conn)
				if request, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					serve(strings.TrimPrefix(request.URL.Path, "/"), conn)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		c.open.Range(func(conn, _ any) bool { _ = conn.(net.Conn).Close(); return true })
		all.Wait()
	})
	return c
}

// serveHostile does as hostile says, and then waits for the client to close.
func serveHostile(name string, conn net.Conn) {
	h := hostile[name]
	write(conn, h.answer)
	if h.more != nil {
		h.more(conn)
	}
	_, _ = io.Copy(io.Discard, conn)
}

func impatient(o *dispatch.ClientOptions) {
	o.TLSTimeout, o.HeaderTimeout, o.TotalTimeout = 200*time.Millisecond, 200*time.Millisecond, 400*time.Millisecond
}

func TestHostileServers(t *testing.T) {
	t.Parallel()
	server := newCrowd(t, serveHostile)
	for name, h := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan dispatch.Exchange, 1)
			patience := func(*dispatch.ClientOptions) {}
			if strings.HasPrefix(string(h.reason), "TIMEOUT") {
				patience = impatient // nothing else ends it
			}
			client := newClient(t, patience)
			go func() { ended <- client.Send(context.WithoutCancel(t.Context()), get(server.url+"/"+name)) }()
			select {
			case e := <-ended:
				if e.Reason != h.reason || e.StatusCode != h.status || !strings.HasPrefix(e.ResponseBody, h.body) {
					t.Errorf("the exchange ends with %s (%s), status %d, body %.20q; want %s, %d, %q", e.Reason, e.Detail, e.StatusCode, e.ResponseBody, h.reason, h.status, h.body)
				}
				for _, h := range append(dispatch.Headers(e.ResponseHeaders), dispatch.Header{Value: e.Detail}) {
					if text := h.Name + h.Value; !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
						t.Errorf("%q cannot be kept", text)
					}
				}
				if len(e.ResponseBody) > 200<<10 {
					t.Errorf("%d bytes of the body are kept", len(e.ResponseBody))
				}
			case <-time.After(20 * time.Second):
				t.Fatal("the exchange never ends")
			}
		})
	}
}

// It is not parallel: it counts the goroutines and the memory of the process.
func TestTenThousandHostileExchangesLeaveNothingBehind(t *testing.T) {
	exchanges := 10_000
	if testing.Short() {
		exchanges = 1_000
	}
	server := newCrowd(t, serveHostile)
	client := newClient(t, func(o *dispatch.ClientOptions) {
		o.HeaderTimeout, o.TotalTimeout = 20*time.Millisecond, 40*time.Millisecond
	})
	names := slices.Sorted(maps.Keys(hostile))
	send := func(n int) {
		work := make(chan string)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				for name := range work {
					client.Send(t.Context(), get(server.url+"/"+name))
				}
			})
		}
		for i := range n {
			work <- names[i%len(names)]
		}
		close(work)
		all.Wait()
		client.Close()
	}
	send(500) // what is made once is made
	server.untilEmpty(t)
	before, memory := goleak.IgnoreCurrent(), heap()
	send(exchanges)
	server.untilEmpty(t)
	goleak.VerifyNone(t, before)
	if left := heap(); left > memory+4<<20 {
		t.Errorf("%d bytes became %d", memory, left)
	}
}

// heap returns the memory in use after garbage collection.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestAServerThatOnlySpeaksHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{NextProtos: []string{"h2"}}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, func(o *dispatch.ClientOptions) {
		o.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		o.TLS.NextProtos = nil
	})
	// Without ALPN it falls back to HTTP/1.1, which every server must still speak.
	if e := client.Send(t.Context(), get(server.URL)); e.StatusCode != http.StatusOK {
		t.Errorf("the exchange is %+v", e)
	}
}
