package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestTailSeesADelivery(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	var tasks sync.WaitGroup
	tasks.Go(func() {
		args := []string{"tail", "--token=" + p.demo.Users[0].Token, "--public-url=" + p.url, "--filter=state=delivered goal=registration"}
		if code := run(ctx, args, nil, write, io.Discard); code != 0 {
			t.Errorf("code %d", code)
		}
		_ = write.Close()
	})
	lines := make(chan string)
	tasks.Go(func() {
		defer close(lines)
		for printed := bufio.NewScanner(read); printed.Scan(); {
			select {
			case lines <- printed.Text():
			case <-ctx.Done():
			}
		}
	})
	clicks := map[string]bool{}
	for seen := false; !seen; { // until it watches, there is nothing to see
		select {
		case line, open := <-lines:
			if !open {
				t.Fatal("it ended")
			}
			fields := regexp.MustCompile(`\s{2,}`).Split(line, -1)
			if len(fields) != 9 || fields[1] != "DELIVERED" || fields[2] != "registration" || fields[3] != "Free spins DACH" || fields[4] != "200" ||
				fields[6] != "#1" || fields[7] != strings.TrimPrefix(p.url, "http://") || !clicks[fields[8]] {
				t.Errorf("%q", fields)
			}
			seen = true
		default:
			clicks[p.convert(t, 0, 0, fmt.Sprintf("abc-%d", len(clicks)))] = true
		}
	}
	cancel()
	tasks.Wait()
}

func TestTailSaysWhyItIsRefused(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for want, args := range map[string][]string{
		"unknown, expired or revoked": {"--token=prt_" + strings.Repeat("A", 43)},
		"refused the token":           {"--token=nonsense"},
		"is it a Postrider?":          {"--token=" + p.demo.Users[0].Token, "--url=" + other.URL},
	} {
		args = append([]string{"tail", "--public-url=" + p.url}, args...)
		if _, errs, code := postrider(t, args...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
}

// flaky is a server that drops the first connections.
func flaky(t *testing.T, drops int, event string) *httptest.Server {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: []string{"graphql-transport-ws"}}
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		drops--
		drop := drops >= 0
		mu.Unlock()
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		var m tailMessage
		if conn.ReadJSON(&m) != nil || conn.WriteJSON(tailMessage{Type: "connection_ack"}) != nil || conn.ReadJSON(&m) != nil || drop {
			return
		}
		_ = conn.WriteMessage(websocket.TextMessage, []byte(event))
		_ = conn.ReadJSON(&m) // until the client leaves
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTailConnectsAgain(t *testing.T) {
	t.Parallel()
	server := flaky(t, 3, `{"id":"1","type":"next","payload":{"data":{"deliveryUpdated":{"at":"2026-06-12T10:00:00Z","resync":"",
		"matches":true,"delivery":{"state":"FAILED","goal":{"key":"ftd"},"attemptCount":2,"host":"tracker.example","test":true}}}}}`)
	ctx, cancel := context.WithCancel(t.Context())
	var said []string
	var pauses []time.Duration
	var out strings.Builder
	watcher := &tail{
		url: server.URL, token: "t", out: writing(func(p []byte) { out.Write(p); cancel() }), say: func(text string) { said = append(said, text) },
		wait: func(_ context.Context, d time.Duration) { pauses = append(pauses, d) },
	}
	if err := watcher.run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "FAILED") || !strings.Contains(out.String(), "tracker.example") || !strings.HasSuffix(out.String(), "test\n") {
		t.Errorf("it printed %q", out.String())
	}
	if want := []time.Duration{tailFirstPause, tailFirstPause, tailFirstPause}; !reflect.DeepEqual(pauses, want) {
		t.Errorf("it paused %v; each of these connections had been accepted", pauses)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"not connected to " + server.URL, "connected again", "were missed"} {
		if !strings.Contains(all, want) {
			t.Errorf("it did not say %q: %s", want, all)
		}
	}
}

func TestTailWaitsLongerAndLonger(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var last time.Duration
	n := 0
	watcher := &tail{
		url: "http://" + freeAddr(t), token: "t", out: io.Discard, say: func(string) {},
		wait: func(_ context.Context, d time.Duration) {
			if d < last || d > tailLongPause {
				t.Errorf("%s after %s", d, last)
			}
			last = d
			if n++; n == 12 {
				cancel()
			}
		},
	}
	if err := watcher.run(ctx); !errors.Is(err, context.Canceled) || last != tailLongPause {
		t.Errorf("%s, %v", last, err)
	}
}

// writing is a function as a writer.
type writing func(p []byte)

func (w writing) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestTailFilter(t *testing.T) {
	t.Parallel()
	got, err := parseTailFilter([]string{"state=failed,Retrying goal=ftd", "code=4xx search=abc=1 campaign=118"})
	want := map[string]any{
		"states": []string{"FAILED", "RETRYING"}, "goals": []string{"ftd"}, "statusCodeFrom": 400, "statusCodeTo": 499, "search": "abc=1",
		"campaignIds": []string{"Q2FtcGFpZ246MTE4"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for text, want := range map[string]string{
		"state":           `"state" is not a key=value pair`,
		"state=":          `"state=" is not a key=value pair`,
		"state=lost":      `"lost" is not a state; there are queued, retrying, delivered, failed, cancelled, held`,
		"colour=red":      `there is no key "colour"; use state, goal`,
		"code=9":          `"9" is not a status code`,
		"code=499-400":    `"499-400" is not a status code`,
		"campaign=My":     `"My" is not the id of a campaign`,
		"postback=Q2E6MQ": `"Q2E6MQ" is not the id of a postback`,
	} {
		if _, errs, code := postrider(t, "tail", "--token=x", "--filter="+text); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", text, code, errs)
		}
	}
	if _, errs, code := postrider(t, "tail", "--token="); code != 2 || !strings.Contains(errs, "postrider token create") {
		t.Errorf("%d %s", code, errs)
	}
}
