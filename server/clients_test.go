package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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

// Whether a client came over https is read of the hop that its address is read of.
func TestTheHopOfTheClientIsTheOneThatCounts(t *testing.T) {
	t.Parallel()
	var trusted config.Prefixes
	if err := trusted.UnmarshalText([]byte("10.0.0.0/8")); err != nil {
		t.Fatal(err)
	}
	s, _ := setup(t, func(p *server.Params) {
		p.Config.TrustedProxies = trusted
		p.Routes = []server.Route{{Pattern: "GET /secure", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, server.ClientOf(r.Context()).Secure)
		})}}
	})
	const proto, hops = "X-Forwarded-Proto: ", "X-Forwarded-For: "
	for _, tc := range []struct {
		remote  string
		headers []string
		want    string
	}{
		{"10.0.0.1:1", []string{proto + "https"}, "true"},
		{"10.0.0.1:1", []string{proto + " HTTPS "}, "true"},
		{"10.0.0.1:1", []string{proto + "http"}, "false"},
		{"10.0.0.1:1", nil, "false"},
		{"10.0.0.1:1", []string{proto + "https,http"}, "true"},
		{"10.0.0.1:1", []string{proto + "https, https"}, "true"},
		{"10.0.0.1:1", []string{proto + "http, https"}, "false"},
		{"10.0.0.1:1", []string{proto + "https", proto + "http"}, "true"},
		{"10.0.0.1:1", []string{hops + "198.51.100.4", proto + "https"}, "true"},
		{"10.0.0.1:1", []string{hops + "198.51.100.4, 10.0.0.2", proto + "https, http"}, "true"},
		{"10.0.0.1:1", []string{hops + "198.51.100.4, 10.0.0.2", proto + "http, https"}, "false"},
		{"10.0.0.1:1", []string{hops + "192.0.2.1, 198.51.100.4", proto + "https, http"}, "false"}, // the first was made up by the client
		{"10.0.0.1:1", []string{hops + "192.0.2.1, 198.51.100.4, 10.0.0.2", proto + "http, https, http"}, "true"},
		{"10.0.0.1:1", []string{hops + "198.51.100.4, 10.0.0.2", proto + "https"}, "true"}, // one proxy says it for all
		{"10.0.0.1:1", []string{hops + "unknown", proto + "https"}, "true"},
		{"203.0.113.9:1", []string{proto + "https"}, "false"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/secure", nil)
		r.RemoteAddr = tc.remote
		if got := body(t, do(s, r, tc.headers...)); got != tc.want {
			t.Errorf("%s %q: %s, want %s", tc.remote, tc.headers, got, tc.want)
		}
	}
}

// Whatever begins with a route's prefix goes there, and nothing else does.
func TestAPrefixTakesEveryPath(t *testing.T) {
	t.Parallel()
	s, log := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "/postback/{integration}", Prefix: "postback", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
		})}}
	})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions, http.MethodDelete} {
		for path, taken := range map[string]bool{
			"/postback/k": true, "/postback/k/": true, "//postback//k": true, "/PostBack/k": true, "/postback": true, "/postback/": true, "/postback&a=1": true,
			"/postback/../k": true, "/postback/k/deeper": true, "/postbacks": false, "/c/postback": false, "/postback-log": false,
		} {
			r := httptest.NewRequest(method, "http://localhost/", nil)
			r.URL.Path = path
			if got := do(s, r).StatusCode == http.StatusNoContent; got != taken {
				t.Errorf("%s %s is taken: %t", method, path, got)
			}
		}
	}
	if strings.Contains(log.String(), "route=/postback/k") {
		t.Error("a path is in the log")
	}
}
