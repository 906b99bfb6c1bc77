package dispatch_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"postrider/dispatch"
	"postrider/domain/firing"
)

// newClient makes a client for servers of the test, with limits short enough to
// wait for.
func newClient(t *testing.T, change func(*dispatch.ClientOptions)) *dispatch.Client {
	t.Helper()
	options := dispatch.ClientOptions{
		Guard:         dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true}),
		UserAgent:     "Postrider/1.0 (+https://postrider.example)",
		HeaderTimeout: 10 * time.Second,
		TotalTimeout:  20 * time.Second,
	}
	if change != nil {
		change(&options)
	}
	client := dispatch.NewClient(options)
	t.Cleanup(client.Close)
	return client
}

func newServer(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// rawServer answers every connection with serve, and passes it a reader.
func rawServer(t *testing.T, serve func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serve(conn, bufio.NewReader(conn))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return "http://" + listener.Addr().String()
}

func get(url string) dispatch.Request {
	return dispatch.Request{Method: firing.GET, URL: url, DeliveryID: "d1", Attempt: 3}
}

func TestGet(t *testing.T) {
	t.Parallel()
	var got *http.Request
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("X-Tracker", "yes")
		_, _ = io.WriteString(w, "counted \xff\x00")
	})
	client := newClient(t, nil)
	e := client.Send(t.Context(), get(server.URL+"/p/a%2Fb?cid=abc%20d%26%C3%A9%2B1&x=#frag"))
	if e.Reason != "" || e.StatusCode != http.StatusOK || e.ResponseBody != "counted \uFFFD\uFFFD" || e.ResponseHeaders.Get("X-Tracker") != "yes" {
		t.Fatalf("the exchange is %+v", e)
	}
	if want := server.URL + "/p/a%2Fb?cid=abc%20d%26%C3%A9%2B1&x="; e.URL != want || got.RequestURI != strings.TrimPrefix(want, server.URL) {
		t.Errorf("it was sent to %q (%q), want %q", e.URL, got.RequestURI, want)
	}
	for name, want := range map[string]string{
		"User-Agent": "Postrider/1.0 (+https://postrider.example)", "X-Postrider-Delivery": "d1", "X-Postrider-Attempt": "3",
		"Accept": "*/*", "Accept-Encoding": "", "Content-Type": "", "Referer": "", "Transfer-Encoding": "",
	} {
		if got.Header.Get(name) != want || e.RequestHeaders.Get(name) != want {
			t.Errorf("%s was %q, recorded as %q, want %q", name, got.Header.Get(name), e.RequestHeaders.Get(name), want)
		}
	}
	if e.RequestHeaders.Get("Host") != strings.TrimPrefix(server.URL, "http://") || !e.Sent || e.Duration <= 0 {
		t.Errorf("host %q, sent %t, duration %s", e.RequestHeaders.Get("Host"), e.Sent, e.Duration)
	}
	if e.Timings.DNSMs != nil || e.Timings.ConnectMs == nil || e.Timings.TLSMs != nil || e.Timings.WaitMs == nil || e.Timings.ReadMs == nil {
		t.Errorf("the timings are %+v", e.Timings)
	}
	again := client.Send(t.Context(), get(server.URL))
	if again.StatusCode != http.StatusOK || again.Timings.ConnectMs != nil {
		t.Errorf("the connection was not kept: %+v", again)
	}
}

func TestPostIsSignedJSON(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	type seen struct {
		uri, body string
		header    http.Header
	}
	got := make(chan seen, 1)
	server := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- seen{r.Method + " " + r.RequestURI, string(body), r.Header}
	})
	request := get(server.URL + "/p?b=2&a=1%26%3C&b=3&c&d=%zz#x")
	request.Method, request.SigningSecret = firing.POST, secret
	e := newClient(t, nil).Send(t.Context(), request)
	s := <-got
	if want := `{"b":["2","3"],"a":"1&<","c":"","d":"%zz"}`; s.uri != "POST /p" || s.body != want || e.RequestBody != want {
		t.Errorf("%s carried %s (recorded as %s), want %s", s.uri, s.body, e.RequestBody, want)
	}
	if e.URL != server.URL+"/p" || s.header.Get("Content-Type") != "application/json" || s.header.Get("Webhook-Id") != "d1" {
		t.Errorf("URL %q, headers %v", e.URL, s.header)
	}
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := webhook.Verify([]byte(s.body), s.header); err != nil {
		t.Errorf("the signature does not verify: %v", err)
	}
}

func TestPostWithoutAQueryIsAnEmptyObject(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	request := get(server.URL)
	request.Method, request.SigningSecret = firing.POST, "not base64!"
	e := newClient(t, nil).Send(t.Context(), request)
	if !json.Valid([]byte(e.ResponseBody)) || e.ResponseBody != "{}" || e.RequestHeaders.Get("Webhook-Signature") == "" {
		t.Errorf("the exchange is %+v", e)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	e := newClient(t, nil).Send(t.Context(), get(server.URL))
	if e.StatusCode != http.StatusFound || e.ResponseHeaders.Get("Location") != "/elsewhere" || requests.Load() != 1 {
		t.Errorf("after %d requests the exchange is %+v", requests.Load(), e)
	}
}

func TestBodiesAreCut(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		for range 64 {
			if _, err := w.Write(make([]byte, 16<<10)); err != nil {
				return
			}
		}
	})
	e := newClient(t, nil).Send(t.Context(), get(server.URL))
	if runes := strings.Count(e.ResponseBody, "\uFFFD"); runes != 64<<10 || !e.ResponseTruncated || e.Reason != "" {
		t.Errorf("%d bytes are kept, truncated: %t, %s", runes, e.ResponseTruncated, e.Reason)
	}
}

func TestShutdownInterrupts(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := newServer(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	e := newClient(t, nil).Send(ctx, get(server.URL))
	if e.Reason != dispatch.Interrupted || !e.Sent {
		t.Errorf("the exchange is %+v", e)
	}
}

func TestWhatIsNotSent(t *testing.T) {
	t.Parallel()
	client := dispatch.NewClient(dispatch.ClientOptions{})
	defer client.Close()
	for url, want := range map[string]dispatch.Reason{
		"http://127.0.0.1/": dispatch.BlockedTarget,
		"ftp://t.example/":  dispatch.BlockedTarget,
		"https://t.example/?" + strings.Repeat("x", dispatch.MaxURL): dispatch.TooLong,
	} {
		if e := client.Send(t.Context(), get(url)); e.Reason != want || e.Sent || e.Detail == "" {
			t.Errorf("%.40s gives %s %q, sent: %t; want %s", url, e.Reason, e.Detail, e.Sent, want)
		}
	}
}

// A kept connection that breaks after the request was written must not make the client
// retry on its own: the tracker may have counted it.
func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	url := rawServer(t, func(conn net.Conn, r *bufio.Reader) {
		for {
			if _, err := http.ReadRequest(r); err != nil || requests.Add(1) > 1 {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	client := newClient(t, nil)
	if e := client.Send(t.Context(), get(url)); e.StatusCode != http.StatusOK {
		t.Fatalf("the first exchange is %+v", e)
	}
	e := client.Send(t.Context(), get(url))
	if requests.Load() != 2 || !e.Sent || (e.Reason != dispatch.NoAnswer && e.Reason != dispatch.ConnectionReset) {
		t.Errorf("after %d requests the exchange is %+v", requests.Load(), e)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	trusting := func(o *dispatch.ClientOptions) {
		o.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	}
	if e := newClient(t, trusting).Send(t.Context(), get(server.URL)); e.StatusCode != http.StatusOK || e.Timings.TLSMs == nil {
		t.Errorf("with the certificate trusted the exchange is %+v", e)
	}
	for name, c := range map[string]struct {
		url    string
		change func(*dispatch.ClientOptions)
		reason dispatch.Reason
	}{
		"signed by nobody": {server.URL, nil, dispatch.TLSCertificate},
		"for another name": {server.URL, func(o *dispatch.ClientOptions) { trusting(o); o.TLS.ServerName = "other.example" }, dispatch.TLSCertificate},
		"expired": {server.URL, func(o *dispatch.ClientOptions) {
			trusting(o)
			o.TLS.Time = func() time.Time { return time.Now().AddDate(200, 0, 0) }
		}, dispatch.TLSCertificate},
		"no common version": {server.URL, func(o *dispatch.ClientOptions) {
			trusting(o)
			o.TLS.MinVersion, o.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
		}, dispatch.TLSHandshake},
		"no TLS at all": {"https" + strings.TrimPrefix(newServer(t, func(http.ResponseWriter, *http.Request) {}).URL, "http"), nil, dispatch.TLSHandshake},
	} {
		if e := newClient(t, c.change).Send(t.Context(), get(c.url)); e.Reason != c.reason || e.Detail == "" || e.Sent {
			t.Errorf("%s: %s %q, sent: %t; want %s", name, e.Reason, e.Detail, e.Sent, c.reason)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client := dispatch.NewClient(dispatch.ClientOptions{Guard: dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})})
	defer client.Close()
	request := get(server.URL + "/postback?cid=abc&payout=12.50")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if e := client.Send(b.Context(), request); e.StatusCode != http.StatusOK {
				b.Errorf("the exchange is %+v", e)
			}
		}
	})
}
