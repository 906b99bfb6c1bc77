package server_test

import (
	"net/http"
	"strings"
	"testing"

	"postrider/server"
)

func TestLogHoldsNoSecretAndNoFullAddress(t *testing.T) {
	t.Parallel()
	s, log := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "GET /postback/{integration}", Handler: http.NotFoundHandler()}}
	})
	get(t, s, "/postback/k3y?token=s3cret&player_id=joe", "Authorization: Bearer prt_x", "Cookie: session=s3cret")
	line := log.String()
	for _, secret := range []string{"s3cret", "joe", "prt_x", "k3y", "192.0.2.1 "} {
		if strings.Contains(line, secret) {
			t.Errorf("%q is in the log: %s", secret, line)
		}
	}
	for _, want := range []string{"level=INFO", "route=/postback/{integration}", "status=404", "client=192.0.2.0/24", "method=GET"} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is not in the log: %s", want, line)
		}
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	s, log := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "GET /broken", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") })}}
	})
	res := get(t, s, "/broken")
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(body(t, res), "secret detail") {
		t.Fatalf("%d", res.StatusCode)
	}
	if text := log.String(); !strings.Contains(text, "secret detail") || !strings.Contains(text, "level=ERROR") {
		t.Fatalf("log %s", text)
	}
}
