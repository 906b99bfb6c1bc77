package server_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"postrider/server"
)

var script = strings.Repeat("console.log('postrider');", 200)

func TestWebApp(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	for _, tc := range []struct {
		path, contains, cache string
		status                int
	}{
		{"/", "<title>Postrider", "no-cache", 200},
		{"/deliveries/1f", "<title>Postrider", "no-cache", 200},
		{"/postbacks?goal=ftd", "<title>Postrider", "no-cache", 200},
		{"/index.html", "<title>Postrider", "no-cache", 200},
		{"/graphiql", "explorer", "no-cache", 200},
		{"/assets/app-1a2b.js", "console.log", "public, max-age=31536000, immutable", 200},
		{"/assets/app-gone.js", "nothing at this address", "no-store", 404},
		{"/favicon.ico", "nothing at this address", "no-store", 404},
		{"/.keep", "nothing at this address", "no-store", 404},
	} {
		t.Run(tc.path, func(t *testing.T) {
			t.Parallel()
			res := get(t, s, tc.path)
			if text := body(t, res); res.StatusCode != tc.status || !strings.Contains(text, tc.contains) || res.Header.Get("Cache-Control") != tc.cache {
				t.Fatalf("%d %q %q", res.StatusCode, res.Header.Get("Cache-Control"), text)
			}
		})
	}
}

// The pages of the web app are those of its router: what is none gets no page.
func TestPagesAreTheRouters(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../frontend/src/app/router.tsx")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, found := range regexp.MustCompile(`path: "/([^/"]*)`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, found[1])
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(server.Pages, want) {
		t.Errorf("the pages are %q, those of the router %q", server.Pages, want)
	}
}

// Neither a program nor a player gets a page of the app for an address that is none of its pages.
// What looks like a click or a call is logged, without its values.
func TestWhatIsNoPageIsNotFound(t *testing.T) {
	t.Parallel()
	for target, logged := range map[string]string{
		"/aff_c?offer_id=7&aff_id=81&aff_sub=VALUE":  "begins=aff_c parameters=\"[aff_id aff_sub offer_id]\"",
		"/click?pid=81&offer_id=7&sub1=VALUE":        "begins=click parameters=\"[offer_id pid sub1]\"",
		"/visit/?bta=81&nci=5379":                    "begins=visit parameters=[bta]",
		"/k7m2xq9d?param_1=VALUE":                    "begins=\"a link's code\" parameters=[param_1]",
		"/x/k7m2xq9d":                                "begins=\"a link's code\"",
		"/VALUE?goal=ftd&token=VALUE&click_id=VALUE": "parameters=\"[click_id goal token]\"",
		"/api/v1/conversions":                        "begins=api",
		"/wp-login.php":                              "",
		"/.env":                                      "",
		"/deliverie":                                 "",
	} {
		s, log := setup(t, nil)
		for _, page := range []bool{false, true} {
			accept := "*/*"
			if page {
				accept = "text/html,*/*;q=0.8"
			}
			res := get(t, s, target, "Accept: "+accept)
			text := body(t, res)
			if res.StatusCode != http.StatusNotFound || strings.HasPrefix(text, "<!doctype html>") != page || json.Valid([]byte(text)) == page || strings.Contains(text, "<title>Postrider") {
				t.Errorf("%s for %s: %d %s", target, accept, res.StatusCode, text)
			}
		}
		if written := log.String(); strings.Contains(written, "leads nowhere") != (logged != "") || !strings.Contains(written, logged) || strings.Contains(written, "VALUE") {
			t.Errorf("%s: the log is %s", target, written)
		}
	}
}

func TestWebAppIsSentShortAndNotTwice(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	res := get(t, s, "/assets/app-1a2b.js", "Accept-Encoding: br, gzip;q=0.8")
	zipped := body(t, res)
	reader, err := gzip.NewReader(strings.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil || string(text) != script || res.Header.Get("Vary") != "Accept-Encoding" || len(zipped) > len(script)/4 {
		t.Fatalf("%d bytes of %d, %v", len(zipped), len(script), err)
	}
	if again := get(t, s, "/assets/app-1a2b.js", "Accept-Encoding: gzip", "If-None-Match: "+res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Fatalf("asked again: %d", again.StatusCode)
	}
	for _, header := range []string{"Accept-Encoding: gzip;q=0", "Accept-Encoding: identity"} {
		if plain := get(t, s, "/assets/app-1a2b.js", header); plain.Header.Get("Content-Encoding") != "" || body(t, plain) != script {
			t.Errorf("%s: was zipped", header)
		}
	}
}

func TestTheAPIIsCompressedAndItsStreamsAreNot(t *testing.T) {
	t.Parallel()
	long := `{"data":"` + strings.Repeat("x", 4096) + `"}`
	answer := func(contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, long)
		}
	}
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = append(p.Routes,
			server.Route{Pattern: "/json", Handler: answer("application/json")},
			server.Route{Pattern: "/events", Handler: answer("text/event-stream")},
			server.Route{Pattern: "/picture", Handler: answer("image/png")},
			server.Route{Pattern: "/short", Handler: answer("text/plain"), Open: true})
	})
	for path, zipped := range map[string]bool{"/json": true, "/events": false, "/picture": false, "/short": false} {
		res := get(t, s, path, "Accept-Encoding: gzip")
		if got := res.Header.Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("%s: zipped %t", path, got)
		}
	}
	if res := get(t, s, "/json", "Accept-Encoding: gzip", "Accept: text/event-stream"); res.Header.Get("Content-Encoding") != "" {
		t.Error("a stream is zipped")
	}
}

func TestBinaryWithoutWebAppSaysSo(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, func(p *server.Params) { p.Web = fstest.MapFS{".keep": {}} })
	if res := get(t, s, "/"); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body(t, res), "make build") {
		t.Fatalf("%d", res.StatusCode)
	}
}
