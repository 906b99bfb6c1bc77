package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
	"postrider/pgtest"
)

// tool finds one of PostgreSQL's own programs.
func tool(t *testing.T, name string) string {
	t.Helper()
	if found, err := exec.LookPath(name); err == nil {
		return found
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		t.Skipf("this machine has no %s", name)
	}
	slices.Sort(found)
	return found[len(found)-1]
}

// restore dumps a database and restores it elsewhere.
func restore(t *testing.T, from, to string) {
	t.Helper()
	dump, psql := tool(t, "pg_dump"), tool(t, "psql")
	text, err := exec.CommandContext(t.Context(), dump, "--no-owner", "--dbname="+from).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	load := exec.CommandContext(t.Context(), psql, "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+to)
	load.Stdin = bytes.NewReader(text)
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
}

func TestARestoredCopySendsNothingUntilItIsResumed(t *testing.T) {
	t.Parallel()
	var got atomic.Int64
	tracker := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	t.Cleanup(tracker.Close)
	d := pgtest.New(t)
	scene := pgtest.NewScene(t, d)
	pgtest.Postback(t, d, scene.Affiliate, tracker.URL+"/p", pgtest.On(commission.GoalDeposit))
	key := "--key=" + pgtest.KeyText()
	serve := startNode(t, "serve", "--database-url="+d.URL, key) // it records, and delivers nothing
	call := fmt.Sprintf("%s/postback/%s?token=%s&goal=deposit&click_id=%s&transaction_id=T1", serve.URL(), scene.Integration.Key, scene.Integration.Token, scene.Click)
	if code := status(t, call); code != http.StatusCreated {
		t.Fatalf("the operator's call: %d", code)
	}

	server, err := embedded.Start(t.Context(), embedded.Config{Dir: openFolder(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	restore(t, d.URL, server.URL())
	copied := startNode(t, "all", "--database-url="+server.URL(), key, "--allow-private-targets")
	untilReady(t, copied) // on hold all the same
	if body := text(t, copied.URL()+"/metrics", http.StatusOK); !strings.Contains(body, "\npostrider_hold 1\n") {
		t.Error("its metrics do not say that it is on hold")
	}
	db, err := pg.OpenSQL(server.URL(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pgtest.Until(t, time.Minute, "its engine has put the delivery back", func() bool {
		var parked bool
		err := db.QueryRowContext(t.Context(), `SELECT count(*) = 1 AND bool_and(parked_at IS NOT NULL) FROM deliveries`).Scan(&parked)
		return err == nil && parked
	})
	if n := got.Load(); n != 0 {
		t.Fatalf("%d postbacks left", n)
	}
	if out, errs, code := postrider(t, "resume", "--database-url="+server.URL()); code != 0 || !strings.Contains(out, "Resumed") {
		t.Fatalf("resume: %d %s%s", code, out, errs)
	}
	pgtest.Until(t, time.Minute, "it goes out", func() bool { return got.Load() == 1 })
	again := startNode(t, "serve", "--database-url="+server.URL(), key)
	if again.services.hold.On() {
		t.Errorf("it was resumed, and holds again: %+v", again.services.hold.Hold())
	}
	startNode(t, "work", "--database-url="+d.URL, key, "--allow-private-targets")
	pgtest.Until(t, time.Minute, "the original goes on", func() bool { return got.Load() == 2 })
}

func TestHoldAndResumeAreSaidToEveryProcess(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	db := "--database-url=" + d.URL
	one, two := startNode(t, "serve", db, "--key="+pgtest.KeyText()), startNode(t, "work", db, "--key="+pgtest.KeyText())
	both := func(on bool) func() bool {
		return func() bool { return one.services.hold.On() == on && two.services.hold.On() == on }
	}
	if !both(false)() {
		t.Fatal("a first start is on hold")
	}
	if out, errs, code := postrider(t, "hold", "--note=moving", db); code != 0 || !strings.Contains(out, "On hold since") {
		t.Fatalf("hold: %d %s%s", code, out, errs)
	}
	pgtest.Until(t, time.Minute, "both hold", both(true))
	if hold := one.services.hold.Hold(); hold.Reason != "asked" || hold.Note != "moving" || hold.Since.IsZero() {
		t.Errorf("%+v", hold)
	}
	if out, errs, code := postrider(t, "resume", db); code != 0 {
		t.Fatalf("resume: %d %s%s", code, out, errs)
	}
	pgtest.Until(t, time.Minute, "both go on", both(false))
	if out, _, code := postrider(t, "resume", db); code != 0 || !strings.Contains(out, "Postrider was not on hold") {
		t.Errorf("resume again: %d %s", code, out)
	}

	told := startNode(t, "work", db, "--key="+pgtest.KeyText(), "--hold")
	pgtest.Until(t, time.Minute, "the setting of one holds all", both(true))
	if _, errs, code := postrider(t, "resume", db); code != 1 || !strings.Contains(errs, "a process with POSTRIDER_HOLD=true runs") {
		t.Errorf("resume beside the setting: %d %s", code, errs)
	}
	if !told.services.hold.On() || !both(true)() {
		t.Error("it was resumed beside the setting")
	}
}
