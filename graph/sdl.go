package graph

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the schema
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed schema.graphql
var sdl []byte

// SDL returns the handler of the whole schema as text, for programs that generate code from it.
// Nobody has to sign in: introspection tells the same.
func SDL() http.Handler {
	sum := sha256.Sum256(sdl)
	etag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak: compressed it is the same
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8") // browsers show it
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("ETag", etag)
		h.Set("Access-Control-Allow-Origin", "*")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(sdl))
	})
}
