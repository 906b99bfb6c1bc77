package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"postrider/account"
)

// leastCompressed is the size in bytes from which a response is compressed.
const leastCompressed = 1024

// compression returns a middleware that compresses the API's responses and the web app's files for
// clients that accept gzip. Streams are left alone: their events leave one by one. Some random bytes
// are added, so that the length of a response says nothing about a secret in it (BREACH).
func compression() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(leastCompressed), gzhttp.ContentTypeFilter(compressible), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		return nil, fmt.Errorf("setting up compression: %w", err)
	}
	return func(next http.Handler) http.Handler {
		zipped := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if account.IsStream(r) {
				next.ServeHTTP(w, r)
				return
			}
			zipped(w, r)
		})
	}, nil
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") && !strings.HasPrefix(contentType, "text/event-stream") ||
		strings.Contains(contentType, "json") || strings.Contains(contentType, "svg")
}
