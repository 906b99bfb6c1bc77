package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

// copies are the programs of docs/changes.md, by how they are started.
func copies(t *testing.T) map[string][]string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sync")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../docs/sync").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return map[string][]string{"Go": {binary}, "JavaScript": {"node", "../../docs/sync/sync.mjs"}}
}

// The programs that the guide to changes shows keep a whole copy of the demo's conversions and
// deliveries, while more happens, the node that they ask is killed and comes back, and they are
// killed themselves.
func TestACopyThatFollowsChangesEqualsTheDatabase(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	addr, binary := freeAddr(t), build(t)
	env := append(childEnv(), "DATABASE_URL="+p.db.URL, "POSTRIDER_DATA="+t.TempDir(), "POSTRIDER_PUBLIC_URL="+p.url, "POSTRIDER_ADDR="+addr)
	for _, flag := range p.flags {
		if key, ok := strings.CutPrefix(flag, "--key="); ok {
			env = append(env, "POSTRIDER_KEY="+key)
		}
	}
	node := func() *child {
		t.Helper()
		c, err := startChild(binary, "serve", env)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	serving := node()
	defer func() {
		_ = serving.cmd.Process.Signal(syscall.SIGTERM)
		<-serving.ended
	}()
	token := ""
	for _, u := range p.demo.Users {
		if u.Role == "admin" {
			token = u.Token
		}
	}
	commands, dir := copies(t), t.TempDir()
	start := func(name string, flags ...string) *exec.Cmd {
		args := append(append(commands[name][1:], "--url=http://"+addr, "--token="+token, "--file="+filepath.Join(dir, name)), flags...)
		c := exec.CommandContext(t.Context(), commands[name][0], args...)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}

	var traffic sync.WaitGroup
	traffic.Go(func() {
		for i := range 100 {
			p.convert(t, 0, 0, fmt.Sprintf("copied-%d", i))
		}
	})
	for range 3 {
		running := map[string]*exec.Cmd{}
		for name := range commands {
			running[name] = start(name)
		}
		for name := range commands { // each has saved something since
			since := fileTime(filepath.Join(dir, name))
			pgtest.Until(t, time.Minute, name+" saves its copy", func() bool { return fileTime(filepath.Join(dir, name)).After(since) })
		}
		_ = serving.cmd.Process.Kill()
		<-serving.ended
		for _, c := range running {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		serving = node()
	}
	traffic.Wait()
	for name := range commands {
		wrong := "nothing was compared"
		pgtest.Until(t, time.Minute, "the copy of "+name+" equals the database", func() bool {
			if err := start(name, "--once").Wait(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wrong = differences(t, p.db, filepath.Join(dir, name))
			return wrong == ""
		})
		if wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
}

func fileTime(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// differences returns how a copy differs from the database; empty if it does not.
func differences(t *testing.T, d *pgtest.DB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Rows map[string]struct {
			Status, State string
			PlayerID      *string
			AttemptCount  int
			Payout        *struct{ Amount string }
		}
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	got, want := map[string]string{}, map[string]string{}
	for list, kept := range all {
		for id, r := range kept.Rows {
			player, payout := "", ""
			if r.PlayerID != nil {
				player = *r.PlayerID
			}
			if r.Payout != nil {
				payout = strings.TrimRight(strings.TrimRight(r.Payout.Amount, "0"), ".")
			}
			got[id] = fmt.Sprint(list, r.Status, r.State, player, payout, r.AttemptCount)
		}
	}
	rows, err := d.SQL.QueryContext(t.Context(), `
		SELECT 'Conversion', 'conversions', id, upper(status), '', coalesce(replace(player_id::text, '-', ''), ''), coalesce(trim_scale(payout)::text, ''), 0 FROM conversions
		UNION ALL SELECT 'Delivery', 'deliveries', id, upper(status), upper(state), '', '', attempt FROM deliveries WHERE NOT test`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, list, status, state, player, payout string
		var id uuid.UUID
		var attempts int
		if err := rows.Scan(&kind, &list, &id, &status, &state, &player, &payout, &attempts); err != nil {
			t.Fatal(err)
		}
		want[globalid.UUID(kind, id)] = fmt.Sprint(list, status, state, player, payout, attempts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for id, w := range want {
		if got[id] != w {
			return fmt.Sprintf("%s is %q in the copy and %q in the database", id, got[id], w)
		}
	}
	if len(want) < 500 || len(got) != len(want) {
		return fmt.Sprintf("%d rows in the copy, %d in the database", len(got), len(want))
	}
	return ""
}
