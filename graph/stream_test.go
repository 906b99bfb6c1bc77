package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// events opens a subscription by server-sent events, as curl -N does, and returns the events. It
// ends with the test, or with stop.
func (a *api) events(t testing.TB, w who, query string) (next func() (*response, bool), stop func()) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	w.apply(r)
	answer, err := a.Client().Do(r)
	must(t, err)
	stop = func() {
		cancel()
		_ = answer.Body.Close()
	}
	t.Cleanup(stop)
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 8<<20)
	return func() (*response, bool) {
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok || data == "" {
				continue
			}
			res := &response{body: data}
			must(t, json.Unmarshal([]byte(data), res))
			return res, true
		}
		if err := lines.Err(); err != nil && ctx.Err() != nil {
			t.Errorf("nothing came: %v", ctx.Err())
		}
		return nil, false
	}, stop
}
