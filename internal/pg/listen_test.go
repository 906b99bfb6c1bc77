package pg_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// heard runs Listen and returns its notifications, in order; "ready" for OnReady.
func heard(t *testing.T, db *pgtest.DB, channels ...string) <-chan string {
	t.Helper()
	events := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- pg.Listen(ctx, db.URL, pg.Subscription{
			Channels: channels,
			OnNotify: func(channel, payload string) { events <- channel + " " + payload },
			OnReady:  func() { events <- "ready" },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Listen ended with %v", err)
		}
	})
	return events
}

func next(t *testing.T, events <-chan string) string {
	t.Helper()
	select {
	case event := <-events:
		return event
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
		return ""
	}
}

func notify(t *testing.T, db *sql.DB, channel, payload string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), "SELECT pg_notify($1, $2)", channel, payload)
	must(t, err)
}

func TestListenHearsEveryChannelInOrder(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	events := heard(t, db, "deliveries", "settings")
	if got := next(t, events); got != "ready" {
		t.Fatalf("first heard %q", got)
	}
	notify(t, db.SQL, "deliveries", "1")
	notify(t, db.SQL, "other", "2")
	notify(t, db.SQL, "settings", "3")
	got := []string{next(t, events), next(t, events)}
	if want := "deliveries 1,settings 3"; strings.Join(got, ",") != want {
		t.Fatalf("heard %q, want %q", got, want)
	}
}

func TestListenTellsOfAGapAfterALostConnection(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	events := heard(t, db, "deliveries")
	next(t, events)
	_, err := db.SQL.ExecContext(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = 'postrider listen' AND datname = current_database()`)
	must(t, err)
	if got := next(t, events); got != "ready" {
		t.Fatalf("after the loss it heard %q", got)
	}
	notify(t, db.SQL, "deliveries", "after")
	if got := next(t, events); got != "deliveries after" {
		t.Fatalf("heard %q", got)
	}
}

func TestListenEndsWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- pg.Listen(ctx, "postgres://nobody@127.0.0.1:1/none", pg.Subscription{Channels: []string{"x"}})
	}()
	cancel()
	select {
	case err := <-ended:
		must(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
}
