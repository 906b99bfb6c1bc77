package dispatch_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postrider/dispatch"
)

func TestAProbeTellsWhetherAHostAnswersHTTPS(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	port := func(s *httptest.Server) string {
		_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
		return port
	}
	private, public := dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true}), dispatch.NewGuard(dispatch.GuardOptions{})
	known := &tls.Config{RootCAs: roots}
	for name, c := range map[string]struct {
		probe dispatch.Probe
		want  bool
	}{
		"https":                      {dispatch.Probe{Guard: private, TLS: known, Port: port(secure)}, true},
		"a certificate of nobody":    {dispatch.Probe{Guard: private, Port: port(secure)}, false},
		"http alone":                 {dispatch.Probe{Guard: private, TLS: known, Port: port(plain)}, false},
		"an address that is refused": {dispatch.Probe{Guard: public, TLS: known, Port: port(secure)}, false},
	} {
		if got := c.probe.AnswersHTTPS(t.Context(), "127.0.0.1"); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAProbeDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	_, port, _ := net.SplitHostPort(silent.Addr().String())
	probe := dispatch.Probe{Guard: dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true}), Port: port, Timeout: 20 * time.Millisecond}
	if probe.AnswersHTTPS(t.Context(), "127.0.0.1") {
		t.Error("a server that says nothing answers https")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := probe.Addresses(over, "localhost"); err == nil {
		t.Error("looked up for somebody who is gone")
	}
}
