package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"postrider/internal/config"
	"postrider/server"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	var trusted config.Prefixes
	if err := trusted.UnmarshalText([]byte("10.0.0.0/8, 2001:db8::/64")); err != nil {
		t.Fatal(err)
	}
	s, _ := setup(t, func(p *server.Params) {
		p.Config.TrustedProxies = trusted
		p.Routes = []server.Route{{Pattern: "GET /who", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := server.ClientOf(r.Context())
			fmt.Fprintf(w, "%s %s", c.Addr, c.Country)
		})}}
	})
	for _, tc := range []struct {
		name, remote string
		headers      []string
		want         string
	}{
		{"direct", "203.0.113.9:1", nil, "203.0.113.9 "},
		{"direct over IPv6", "[2001:db8:1::9]:1", nil, "2001:db8:1::9 "},
		{"IPv4 over IPv6", "[::ffff:203.0.113.9]:1", nil, "203.0.113.9 "},
		{"not trusted: headers do not count", "203.0.113.9:1", []string{"X-Forwarded-For: 1.2.3.4", "CF-IPCountry: DE"}, "203.0.113.9 "},
		{"one proxy", "10.0.0.1:1", []string{"X-Forwarded-For: 198.51.100.4", "CF-IPCountry: de"}, "198.51.100.4 DE"},
		{"made up by the client, then a proxy", "10.0.0.1:1", []string{"X-Forwarded-For: 1.2.3.4, 198.51.100.4"}, "198.51.100.4 "},
		{"two proxies", "10.0.0.1:1", []string{"X-Forwarded-For: 1.2.3.4, 198.51.100.4, 10.9.9.9"}, "198.51.100.4 "},
		{"two headers", "10.0.0.1:1", []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 198.51.100.4"}, "198.51.100.4 "},
		{"with ports and brackets", "[2001:db8::1]:1", []string{"X-Forwarded-For: [2001:db8:9::1]:443"}, "2001:db8:9::1 "},
		{"nonsense ends the walk", "10.0.0.1:1", []string{"X-Forwarded-For: 1.2.3.4, unknown, 10.2.2.2"}, "10.2.2.2 "},
		{"no header", "10.0.0.1:1", []string{"CF-IPCountry: XX"}, "10.0.0.1 "},
		{"no address at all", "@", nil, "invalid IP "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/who", nil)
			r.RemoteAddr = tc.remote
			if got := body(t, do(s, r, tc.headers...)); got != tc.want {
				t.Fatalf("got %q, want %q", got, tc.want)
			}
		})
	}
}
