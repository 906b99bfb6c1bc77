package graph

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Events and signs of life come from two goroutines; each arrives whole, and one
// that comes after the end does no harm.
func TestEventStreamWritesOneAtATime(t *testing.T) {
	t.Parallel()
	const each = 200
	event := "data: " + strings.Repeat("x", 5000) + "\n\n"
	var late sync.WaitGroup
	ended := make(chan struct{})
	server := httptest.NewServer(eventStreams(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		flusher, ok := w.(http.Flusher)
		if !ok {
			t.Error("it cannot be flushed")
			return
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				for range each {
					_, _ = fmt.Fprint(w, event)
					flusher.Flush()
				}
			})
		}
		both.Wait()
		late.Go(func() {
			<-ended
			if _, err := fmt.Fprint(w, event); err == nil {
				t.Error("it can be written to after its end")
			}
			flusher.Flush()
		})
	})))
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	close(ended)
	late.Wait()
	if err != nil || strings.Count(string(body), event) != 2*each {
		t.Errorf("%d whole events of %d, %v", strings.Count(string(body), event), 2*each, err)
	}
}
