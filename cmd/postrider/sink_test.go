package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSinkAnswersAndPrints(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newSink(&sinkCmd{Status: http.StatusOK}, &out)
	send := func(attempt string) int {
		r := httptest.NewRequest(http.MethodGet, "/cb?subid=abc%20d%26%C3%A9%2B1&payout=25.50", nil)
		r.Header.Set("X-Postrider-Delivery", "0192")
		r.Header.Set("X-Postrider-Attempt", attempt)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	if a, b := send("1"), send("2"); a != http.StatusOK || b != http.StatusOK {
		t.Fatalf("answered %d and %d", a, b)
	}
	for _, want := range []string{
		"#1  ", "GET /cb?subid=abc%20d%26%C3%A9%2B1&payout=25.50  → 200", "    subid  = abc d&é+1\n", "    payout = 25.50\n",
		"delivery 0192, attempt 1\n", "delivery 0192, attempt 2, seen 2 times\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestSinkMisbehaves(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		cmd    sinkCmd
		chance float64
		want   int
	}{
		{"with its status", sinkCmd{Status: 403}, 0, 403},
		{"for a part of the requests", sinkCmd{Status: 200, FailRate: 0.1}, 0.09, 500},
		{"and not for the rest", sinkCmd{Status: 200, FailRate: 0.1}, 0.11, 200},
		{"after a delay", sinkCmd{Status: 200, Delay: time.Millisecond}, 0, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := newSink(&tc.cmd, &out)
			s.chance = func() float64 { return tc.chance }
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"goal":"ftd"}`)))
			if w.Code != tc.want || !strings.Contains(out.String(), `body "{\"goal\":\"ftd\"}"`) {
				t.Fatalf("%d\n%s", w.Code, out.String())
			}
		})
	}
}

func TestSinkListensUntilInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out := &notifying{want: "every postback is answered with 500, 10 % of them with 500, after 1s", seen: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		args := []string{"sink", "--addr=127.0.0.1:0", "--status=500", "--fail-rate=0.1", "--delay=1s"}
		if code := run(ctx, args, nil, out, &bytes.Buffer{}); code != 0 {
			t.Errorf("code %d", code)
		}
	})
	<-out.seen
	cancel()
	wg.Wait()
}
