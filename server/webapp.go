package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// forever is for files whose name contains a hash of their content.
const (
	forever    = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

// notBuilt is the response of a binary that was compiled before the web app.
const notBuilt = "The web app was not built into this binary: run `make build`.\n"

// pages are how the paths of the web app's pages begin.
var pages = []string{
	"", "balance", "campaigns", "clicks", "conversions", "deliveries", "developers", "earnings", "links", "postbacks", "settings", "sign-in", "staff", "trackers",
}

// webApp serves the built web app from memory. The path of a page gets index.html, which routes in
// the browser.
type webApp struct {
	files   map[string]*webFile
	nowhere http.Handler // for what is neither a file nor a page
}

// webFile is one file of the web app.
type webFile struct {
	content     []byte
	contentType string
	etag        string // weak: the same for the file and for its compressed form
	cache       string
}

func newWebApp(dist fs.FS, nowhere http.Handler) (*webApp, error) {
	app := &webApp{files: map[string]*webFile{}, nowhere: nowhere}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		app.files[name] = newWebFile(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the web app: %w", err)
	}
	return app, nil
}

func newWebFile(name string, content []byte) *webFile {
	sum := sha256.Sum256(content)
	file := &webFile{
		content: content, contentType: contentType(name),
		etag: `W/"` + hex.EncodeToString(sum[:12]) + `"`, cache: revalidate,
	}
	if strings.HasPrefix(name, "assets/") {
		file.cache = forever
	}
	return file
}

// ServeHTTP serves everything that no other route does.
func (app *webApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "There is nothing to send this to.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if file, ok := app.files[name]; ok {
		file.serve(w, r)
		return
	}
	if first, _, _ := strings.Cut(name, "/"); !slices.Contains(pages, first) {
		app.nowhere.ServeHTTP(w, r)
		return
	}
	app.page("index.html").ServeHTTP(w, r)
}

// page serves one file whatever the path.
func (app *webApp) page(name string) http.Handler {
	file, ok := app.files[name]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ok {
			plain(w, http.StatusServiceUnavailable, notBuilt)
			return
		}
		file.serve(w, r)
	})
}

func (f *webFile) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}

func contentType(name string) string {
	switch path.Ext(name) { // the same on every system, whatever its own MIME types
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
