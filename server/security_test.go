package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postrider/server"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	h := get(t, s, "/").Header
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'", "X-Content-Type-Options": "nosniff",
		"Strict-Transport-Security": "max-age=", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "wss://links.example.com") || strings.Contains(csp, "unsafe-eval") {
		t.Errorf("policy %q", csp)
	}
	local, _ := setup(t, func(p *server.Params) { p.Config.PublicURL = "http://localhost:8080" })
	if get(t, local, "/").Header.Get("Strict-Transport-Security") != "" {
		t.Error("a host without TLS must not ask for it")
	}
}

func TestOriginCheck(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "POST /graphql", Handler: ok}, {Pattern: "POST /postback/{integration}", Handler: ok, Open: true}}
	})
	for _, tc := range []struct {
		name, path string
		headers    []string
		status     int
	}{
		{"our own page", "/graphql", []string{"Sec-Fetch-Site: same-origin"}, 204},
		{"our own page behind a proxy that rewrites Host", "/graphql", []string{"Origin: https://links.example.com"}, 204},
		{"another site's page", "/graphql", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}, 403},
		{"another site's page in an old browser", "/graphql", []string{"Origin: https://evil.example"}, 403},
		{"a program", "/graphql", nil, 204},
		{"an operator's page at an open route", "/postback/x", []string{"Sec-Fetch-Site: cross-site"}, 204},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if res := do(s, httptest.NewRequest(http.MethodPost, tc.path, nil), tc.headers...); res.StatusCode != tc.status {
				t.Fatalf("%d, want %d", res.StatusCode, tc.status)
			}
		})
	}
}
