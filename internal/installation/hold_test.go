package installation_test

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"postrider/internal/installation"
	"postrider/internal/pg"
	"postrider/pgtest"
)

// start starts as a process does, and returns its Watch.
func start(t *testing.T, d *pgtest.DB) *installation.Watch {
	t.Helper()
	w, err := installation.NewWatch(t.Context(), installation.WatchConfig{DB: d.SQL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestADatabaseThatIsElsewhereStartsOnHold(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]string{
		"system identifier was 17 and is": `UPDATE installation SET system_identifier = '17'`,
		"timeline was 77 and is 1":        `UPDATE installation SET timeline = 77`,
		"oid was 5 and is":                `UPDATE installation SET database_oid = 5`, // CREATE DATABASE … TEMPLATE
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := pgtest.New(t)
			if w := start(t, d); w.On() {
				t.Fatalf("the first start holds: %+v", w.Hold())
			}
			if w := start(t, d); w.On() {
				t.Fatalf("the second start holds: %+v", w.Hold())
			}
			exec(t, d, change)
			for range 2 { // for ever
				if h := start(t, d).Hold(); h.Reason != installation.Copy || !strings.Contains(h.Note, what) || h.Since.IsZero() {
					t.Fatalf("%+v", h)
				}
			}
			if err := installation.Resume(t.Context(), d.SQL); err != nil {
				t.Fatal(err)
			}
			if w := start(t, d); w.On() {
				t.Fatalf("resumed, it holds again: %+v", w.Hold())
			}
		})
	}
}

// A server that does not reveal its cluster does not put the installation on hold.
func TestAHostThatTellsNothingIsNoCopy(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	exec(t, d, `UPDATE installation SET system_identifier = NULL, timeline = NULL, database_oid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if w := start(t, d); w.On() {
		t.Fatalf("%+v", w.Hold())
	}
	role := "teller_" + strings.ToLower(rand.Text())
	exec(t, d, `CREATE ROLE `+role)
	defer exec(t, d, `RESET ROLE; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM `+role+`; DROP ROLE `+role)
	exec(t, d, `GRANT SELECT, UPDATE ON installation TO `+role+`; REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_walfile_name(pg_lsn) FROM public`)
	db, err := pg.OpenSQL(d.URL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `SET ROLE `+role); err != nil {
		t.Fatal(err)
	}
	w, err := installation.NewWatch(t.Context(), installation.WatchConfig{DB: db, Log: slog.New(slog.DiscardHandler)})
	if err != nil || w.On() {
		t.Fatalf("%v", err)
	}
}

func TestAPromotionUnderAProcesssEyesIsFollowed(t *testing.T) {
	t.Parallel()
	const oid = 5
	was := installation.Cluster("a", 3, oid, 1000)
	for name, tc := range map[string]struct {
		now  installation.ClusterOf
		want bool
	}{
		"promoted":                        {installation.Cluster("a", 4, oid, 1000), true},
		"the same":                        {installation.Cluster("a", 3, oid, 2000), false},
		"recovered to an earlier moment":  {installation.Cluster("a", 4, oid, 999), false},
		"another cluster":                 {installation.Cluster("b", 4, oid, 2000), false},
		"another database":                {installation.Cluster("a", 4, oid+1, 2000), false},
		"nobody tells of timelines":       {installation.Cluster("a", 0, oid, 0), false},
		"an earlier timeline, a restore?": {installation.Cluster("a", 2, oid, 2000), false},
	} {
		if got := tc.now.Follows(was); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if installation.Cluster("a", 4, oid, 2000).Follows(installation.Cluster("", 0, 0, 0)) {
		t.Error("a process that has just started follows nothing")
	}
}

func exec(t *testing.T, d *pgtest.DB, query string) {
	t.Helper()
	if _, err := d.SQL.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}
