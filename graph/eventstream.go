package graph

import (
	"errors"
	"net/http"
	"strings"
	"sync"
)

// eventStreams lets one write at a time to a stream of server-sent events:
// gqlgen's transport writes events and its signs of life from two goroutines.
func eventStreams(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		flusher, ok := w.(http.Flusher)
		if !ok || !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			next.ServeHTTP(w, r)
			return
		}
		s := &eventStream{ResponseWriter: w, flusher: flusher}
		defer s.end()
		next.ServeHTTP(s, r)
	})
}

// eventStream is a ResponseWriter for more than one goroutine, which outlives
// its request harmlessly.
type eventStream struct {
	http.ResponseWriter

	flusher http.Flusher
	mu      sync.Mutex
	ended   bool
}

var errStreamEnded = errors.New("the stream has ended")

// Write sends one event, whole.
func (s *eventStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return 0, errStreamEnded
	}
	return s.ResponseWriter.Write(p)
}

// Flush sends what was written.
func (s *eventStream) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.flusher.Flush()
	}
}

func (s *eventStream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}
