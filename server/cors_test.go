package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postrider/internal/requestid"
	"postrider/server"
)

// Pages of other sites may call the API with a token, and never with a user's cookie.
func TestOtherSitesCallWithATokenAndNoCookie(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "/graphql", Handler: ok, Bearer: true}, {Pattern: "/other", Handler: ok}}
	})
	const (
		site, cookie, token = "Origin: https://app.example", "Cookie: postrider_session=x", "Authorization: Bearer prt_x"
		cross, asks         = "Sec-Fetch-Site: cross-site", "Access-Control-Request-Method: POST"
	)
	for name, tc := range map[string]struct {
		method, path string
		headers      []string
		status       int
		allowed      string
	}{
		"a preflight":                     {http.MethodOptions, "/graphql", []string{site, cross, asks, "Access-Control-Request-Headers: authorization,content-type"}, 204, "*"},
		"with a token":                    {http.MethodPost, "/graphql", []string{site, cross, token}, 204, "*"},
		"with a token by GET":             {http.MethodGet, "/graphql", []string{site, cross, token}, 204, "*"},
		"with a token and a cookie":       {http.MethodPost, "/graphql", []string{site, cross, token, cookie}, 403, ""},
		"with a cookie":                   {http.MethodPost, "/graphql", []string{site, cross, cookie}, 403, ""},
		"with a cookie by GET":            {http.MethodGet, "/graphql", []string{site, cross, cookie}, 204, ""},
		"with neither":                    {http.MethodPost, "/graphql", []string{site, cross}, 403, "*"},
		"with a password":                 {http.MethodPost, "/graphql", []string{site, cross, "Authorization: Basic eDp5"}, 403, "*"},
		"with a token of nothing":         {http.MethodPost, "/graphql", []string{site, cross, "Authorization: Bearer "}, 403, "*"},
		"at another route":                {http.MethodPost, "/other", []string{site, cross, token}, 403, ""},
		"a preflight of another route":    {http.MethodOptions, "/other", []string{site, cross, asks}, 204, ""},
		"a program with a token":          {http.MethodPost, "/graphql", []string{token}, 204, ""},
		"our own page with its cookie":    {http.MethodPost, "/graphql", []string{"Origin: https://links.example.com", "Sec-Fetch-Site: same-origin", cookie}, 204, ""},
		"a page of a neighbouring domain": {http.MethodPost, "/graphql", []string{"Origin: https://blog.example.com", "Sec-Fetch-Site: same-site", cookie}, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := do(s, httptest.NewRequest(tc.method, tc.path, nil), tc.headers...)
			if res.StatusCode != tc.status || res.Header.Get("Access-Control-Allow-Origin") != tc.allowed {
				t.Errorf("%d, allowed for %q", res.StatusCode, res.Header.Get("Access-Control-Allow-Origin"))
			}
			if res.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
			if sent := res.Header.Get("Access-Control-Allow-Headers"); name == "a preflight" && !strings.Contains(sent, "Authorization") {
				t.Errorf("may send %q", sent)
			}
			if tc.status == http.StatusForbidden && !strings.Contains(body(t, res), `"code":"FORBIDDEN"`) {
				t.Error("the refusal is no response of GraphQL")
			}
		})
	}
}

func TestEveryResponseHasTheIDOfItsRequest(t *testing.T) {
	t.Parallel()
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	var metrics *server.Server
	s, log := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "POST /graphql", Handler: broken}}
		metrics = server.NewMetrics(*p)
	})
	for name, res := range map[string]*http.Response{
		"a page": get(t, s, "/"), "what there is not": get(t, s, "/assets/none.js"), "health": get(t, s, "/healthz"), "metrics": get(t, metrics, "/metrics"),
		"a refusal": do(s, httptest.NewRequest(http.MethodPost, "/graphql", nil), "Origin: https://evil.example"),
		"a panic":   do(s, httptest.NewRequest(http.MethodPost, "/graphql", nil), "X-Request-Id: mine-1"),
	} {
		if id := res.Header.Get(requestid.Header); id == "" || (name == "a panic") != (id == "mine-1") {
			t.Errorf("%s has the id %q", name, id)
		}
	}
	if !strings.Contains(log.String(), "mine-1") {
		t.Errorf("the log does not say which request it was: %s", log)
	}
}
