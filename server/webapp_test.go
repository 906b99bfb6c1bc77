package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
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
		{"/assets/app-gone.js", "404", "", 404},
		{"/favicon.ico", "404", "", 404},
		{"/.keep", "404", "", 404},
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
