package dispatch_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"postrider/dispatch"
)

// misbehaving lists what a server does once it has a connection, and our result. hang is
// closed when the test is over.
var misbehaving = map[string]struct {
	serve  func(conn net.Conn, r *bufio.Reader, hang <-chan struct{})
	scheme string
	reason dispatch.Reason
	status int
}{
	"never answers": {
		func(_ net.Conn, _ *bufio.Reader, hang <-chan struct{}) { <-hang }, "http", dispatch.TimeoutHeaders, 0,
	},
	"never secures the connection": {
		func(_ net.Conn, _ *bufio.Reader, hang <-chan struct{}) { <-hang }, "https", dispatch.TimeoutTLS, 0,
	},
	"stops in the status line": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.")
			<-hang
		}, "http", dispatch.TimeoutHeaders, 0,
	},
	"stops in the headers": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\nX-A: ")
			<-hang
		}, "http", dispatch.TimeoutHeaders, 0,
	},
	"stops in the body": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
			<-hang
		}, "http", dispatch.TimeoutBody, 200,
	},
	"drips its headers": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\n")
			drip(conn, "X-A: 1\r\n", hang)
		}, "http", dispatch.TimeoutHeaders, 0,
	},
	"drips its body": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			drip(conn, "1\r\nx\r\n", hang)
		}, "http", dispatch.TimeoutBody, 200,
	},
	"closes after the request": {
		func(_ net.Conn, r *bufio.Reader, _ <-chan struct{}) { _, _ = http.ReadRequest(r) }, "http", dispatch.NoAnswer, 0,
	},
	"resets after the request": {
		func(conn net.Conn, r *bufio.Reader, _ <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			_ = conn.(*net.TCPConn).SetLinger(0)
		}, "http", dispatch.ConnectionReset, 0,
	},
	"closes in the body": {
		func(conn net.Conn, r *bufio.Reader, _ <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
		}, "http", dispatch.NoAnswer, 200,
	},
	"is no web server": {
		func(conn net.Conn, r *bufio.Reader, hang <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "220 mail.example ESMTP\r\n")
			<-hang
		}, "http", dispatch.BadAnswer, 0,
	},
	"sends endless headers": {
		func(conn net.Conn, r *bufio.Reader, _ <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X-A: "+strings.Repeat("x", 1000)+"\r\n", 200)+"\r\n")
		}, "http", dispatch.BadAnswer, 0,
	},
	"sends endless interim answers": {
		func(conn net.Conn, r *bufio.Reader, _ <-chan struct{}) {
			_, _ = http.ReadRequest(r)
			write(conn, strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-A: "+strings.Repeat("x", 1000)+"\r\n\r\n", 200))
		}, "http", dispatch.BadAnswer, 0,
	},
}

func write(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

// drip sends a little every millisecond, so that no single read ever times out.
func drip(conn net.Conn, text string, hang <-chan struct{}) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-hang:
			return
		case <-tick.C:
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
		}
	}
}

func TestMisbehavingServers(t *testing.T) {
	t.Parallel()
	for name, c := range misbehaving {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hang := make(chan struct{})
			url := rawServer(t, func(conn net.Conn, r *bufio.Reader) { c.serve(conn, r, hang) })
			t.Cleanup(func() { close(hang) }) // before the server waits for its connection
			client := newClient(t, func(o *dispatch.ClientOptions) {
				o.TLSTimeout, o.HeaderTimeout, o.TotalTimeout = 100*time.Millisecond, 100*time.Millisecond, 300*time.Millisecond
			})
			e := client.Send(t.Context(), get(c.scheme+strings.TrimPrefix(url, "http")))
			if e.Reason != c.reason || e.StatusCode != c.status {
				t.Errorf("the reason is %s (%s), status %d, want %s, %d", e.Reason, e.Detail, e.StatusCode, c.reason, c.status)
			}
			if c.status != 0 && e.ResponseBody != "ab" && !strings.HasPrefix(e.ResponseBody, "xx") {
				t.Errorf("of the body %q is kept", e.ResponseBody)
			}
		})
	}
}

// Whether a connection that is closed unread ends or is reset is up to the kernel.
func TestClosesAtOnce(t *testing.T) {
	t.Parallel()
	e := newClient(t, nil).Send(t.Context(), get(rawServer(t, func(net.Conn, *bufio.Reader) {})))
	if e.Reason != dispatch.NoAnswer && e.Reason != dispatch.ConnectionReset {
		t.Errorf("the exchange is %+v", e)
	}
}

func TestNobodyConnectsInTime(t *testing.T) {
	t.Parallel()
	client := newClient(t, func(o *dispatch.ClientOptions) { o.DialTimeout = time.Nanosecond })
	if e := client.Send(t.Context(), get("http://127.0.0.1:9/")); e.Reason != dispatch.TimeoutConnect || e.Sent {
		t.Errorf("the exchange is %+v", e)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	e := newClient(t, nil).Send(t.Context(), get("http://"+address))
	if e.Reason != dispatch.ConnectionRefused || e.Sent || e.Timings.ConnectMs == nil {
		t.Errorf("the exchange is %+v", e)
	}
}

// resolver answers every question for an IPv4 address with the given one; without one, it
// reports that there is no such host.
func resolver(t *testing.T, addresses ...net.IP) *net.Resolver {
	t.Helper()
	return answering(t, addresses)
}

// resolverAt asks the name server at the address. The standard library goes on waiting for
// an unneeded answer; the end of the test stops it.
func resolverAt(t *testing.T, address string) *net.Resolver {
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "udp", address)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}}
}

// dnsAnswer builds the reply to a question: its header and question again, and an A
// record for each address where it asks for them; none at all means no such name.
func dnsAnswer(query []byte, addresses ...net.IP) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5 // the root label, type and class
	reply := append([]byte(nil), query[:end]...)
	reply[2], reply[3] = 0x81, 0x80
	copy(reply[4:12], []byte{0, 1, 0, 0, 0, 0, 0, 0})
	switch {
	case len(addresses) == 0:
		reply[3] |= 3 // no such name
	case query[end-3] == 1:
		reply[7] = byte(len(addresses))
		for _, address := range addresses {
			reply = append(reply, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
			reply = append(reply, address.To4()...)
		}
	}
	return reply
}

func TestANameThatResolvesToAPrivateAddressIsBlocked(t *testing.T) {
	t.Parallel()
	reached := false
	server := newServer(t, func(http.ResponseWriter, *http.Request) { reached = true })
	port := uint16(server.Listener.Addr().(*net.TCPAddr).Port)
	url := "http://tracker.example:" + server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	rebound := func(o *dispatch.ClientOptions) {
		o.Guard = dispatch.NewGuard(dispatch.GuardOptions{Ports: []uint16{port}})
		o.Resolver = resolver(t, net.IPv4(127, 0, 0, 1))
	}
	e := newClient(t, rebound).Send(t.Context(), get(url))
	if e.Reason != dispatch.BlockedTarget || e.Sent || reached || e.Detail != "the address of the host is not a public address" {
		t.Errorf("the exchange is %+v", e)
	}
	allowed := func(o *dispatch.ClientOptions) { o.Resolver = resolver(t, net.IPv4(127, 0, 0, 1)) }
	if e := newClient(t, allowed).Send(t.Context(), get(url)); e.StatusCode != http.StatusOK || e.Timings.DNSMs == nil {
		t.Errorf("with private addresses allowed the exchange is %+v", e)
	}
}

func TestDNS(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	broken := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}
	for name, c := range map[string]struct {
		resolver *net.Resolver
		reason   dispatch.Reason
	}{
		"no such host":      {resolver(t), dispatch.DNS},
		"no name server":    {broken, dispatch.DNS},
		"no answer in time": {resolverAt(t, silent.LocalAddr().String()), dispatch.TimeoutDNS},
	} {
		client := newClient(t, func(o *dispatch.ClientOptions) {
			o.Resolver, o.DialTimeout = c.resolver, 300*time.Millisecond
		})
		if e := client.Send(t.Context(), get("http://tracker.example/")); e.Reason != c.reason || e.Detail != "tracker.example" || e.Sent {
			t.Errorf("%s: %s %q, want %s", name, e.Reason, e.Detail, c.reason)
		}
	}
}

func TestInternationalHosts(t *testing.T) {
	t.Parallel()
	hosts := make(chan string, 1)
	server := newServer(t, func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host })
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	client := newClient(t, func(o *dispatch.ClientOptions) { o.Resolver = resolver(t, net.IPv4(127, 0, 0, 1)) })
	url := "http://трекер.example" + port + "/p?a=1"
	e := client.Send(t.Context(), get(url))
	if host := <-hosts; e.StatusCode != http.StatusOK || e.URL != url || host != "xn--e1aaowdh.example"+port {
		t.Errorf("the host is %q, the exchange %+v", host, e)
	}
}

// The texts of an exchange name no address inside a network, whatever a name resolves to
// and however the connection fails; nor do they name the resolver.
func TestNothingInsideIsNamed(t *testing.T) {
	t.Parallel()
	closed := newServer(t, func(http.ResponseWriter, *http.Request) {})
	port := closed.URL[strings.LastIndexByte(closed.URL, ':')+1:]
	closed.Close()
	for name, ip := range map[string]net.IP{
		"loopback": net.IPv4(127, 0, 0, 1), "private": net.IPv4(10, 20, 30, 40), "metadata": net.IPv4(169, 254, 169, 254),
		"mapped": net.ParseIP("::ffff:10.20.30.40"),
	} {
		guarded := func(o *dispatch.ClientOptions) {
			o.Guard, o.Resolver = dispatch.NewGuard(dispatch.GuardOptions{}), resolver(t, ip)
		}
		e := newClient(t, guarded).Send(t.Context(), get("http://tracker.example/"))
		if e.Reason != dispatch.BlockedTarget || strings.ContainsAny(e.Detail, "0123456789") || e.Sent {
			t.Errorf("%s: %s %q", name, e.Reason, e.Detail)
		}
	}
	refused := func(o *dispatch.ClientOptions) { o.Resolver = resolver(t, net.IPv4(127, 0, 0, 1)) }
	if e := newClient(t, refused).Send(t.Context(), get("http://tracker.example:"+port+"/")); e.Reason != dispatch.ConnectionRefused || e.Detail != "" {
		t.Errorf("where private addresses are allowed: %s %q", e.Reason, e.Detail)
	}
	lost := func(o *dispatch.ClientOptions) {
		o.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("dial udp 10.0.0.2:53: connect: network is unreachable")
		}}
	}
	if e := newClient(t, lost).Send(t.Context(), get("http://tracker.example/")); e.Reason == "" || strings.Contains(e.Detail, "10.0.0.2") {
		t.Errorf("without a resolver: %s %q", e.Reason, e.Detail)
	}
}
