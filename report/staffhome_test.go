package report_test

import (
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/report"
)

// called creates a call of a scene's operator.
func called(t *testing.T, d *pgtest.DB, s pgtest.Scene, at time.Time, result string, code int) {
	t.Helper()
	s.Received(t, d, func(c *db.ReceivedPostbackCreate) {
		c.SetID(idOf(t, at)).SetReceivedAt(at).SetResult(result).SetReason(result + " at " + at.Format(time.TimeOnly)).SetStatusCode(code)
	})
}

func clicked(t *testing.T, d *pgtest.DB, s pgtest.Scene, at time.Time, param string) {
	t.Helper()
	pgtest.Click(t, d, s.Link, func(c *db.ClickCreate) { c.SetID(idOf(t, at)).SetClickedAt(at).SetParam1(param) })
}

func orphan(t *testing.T, d *pgtest.DB, s pgtest.Scene, at time.Time) {
	t.Helper()
	c := s.Conversion(t, d, func(c *db.ConversionCreate) { c.SetID(idOf(t, at)).SetReceivedAt(at) })
	_, err := d.SQL.ExecContext(t.Context(), `UPDATE conversions SET affiliate_id = NULL, click_id = NULL, campaign_id = NULL, attributed_by = '' WHERE id = $1`, c.ID)
	must(t, err)
}

func TestWhatWaitsForStaff(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	now := pgtest.Now.Add(30 * 24 * time.Hour) // the factories' own clicks and calls are long ago by then
	ago := func(hours int) time.Time { return now.Add(time.Duration(-hours) * time.Hour) }
	scene := func() pgtest.Scene { return pgtest.NewScene(t, d) }
	talking, silent, long, gone, testing, paused, disabled, refused := scene(), scene(), scene(), scene(), scene(), scene(), scene(), scene()
	scene() // its integration was never called
	orphan(t, d, talking, ago(50))
	orphan(t, d, talking, ago(2))
	called(t, d, talking, ago(30), "recorded", 201)
	called(t, d, talking, ago(23), "recorded", 201)
	for _, s := range []pgtest.Scene{silent, testing, paused, disabled} {
		called(t, d, s, ago(60), "recorded", 201)
		called(t, d, s, ago(25), "recorded", 201)
	}
	called(t, d, long, ago(7*24-1), "recorded", 201)
	called(t, d, gone, ago(7*24+1), "recorded", 201) // longer ago than a week: it was never started, or is over
	_, err := d.SQL.ExecContext(t.Context(), `UPDATE integrations SET test_mode = true WHERE id = $1`, testing.Integration.ID)
	must(t, err)
	_, err = d.SQL.ExecContext(t.Context(), `UPDATE integrations SET enabled = false WHERE id = $1`, disabled.Integration.ID)
	must(t, err)
	_, err = d.SQL.ExecContext(t.Context(), `UPDATE offers SET state = 'paused' WHERE id = $1`, paused.Offer)
	must(t, err)
	called(t, d, refused, ago(25), "invalid", 400) // yesterday's
	called(t, d, refused, ago(3), "unauthorized", 401)
	called(t, d, refused, ago(2), "unauthorized", 401)
	called(t, d, refused, ago(1), "invalid", 400)
	refused.Received(t, d, func(c *db.ReceivedPostbackCreate) { // no integration has this key
		c.SetID(idOf(t, ago(23))).SetReceivedAt(ago(23)).SetIntegrationKey("zzz").SetResult("unknown_integration").SetStatusCode(404)
		c.Mutation().ResetIntegrationID()
	})
	clicked(t, d, talking, ago(1), "abc")
	clicked(t, d, silent, ago(1), "")
	clicked(t, d, silent, ago(23), "")
	clicked(t, d, gone, ago(2), "")
	clicked(t, d, silent, ago(3), "abc")
	clicked(t, d, silent, ago(25), "")
	pgtest.Click(t, d, talking.Link, func(c *db.ClickCreate) { // somebody tried the link
		c.SetID(idOf(t, ago(1))).SetClickedAt(ago(1)).SetParam1("").SetTest(true)
	})
	circuits := map[string]dispatch.CircuitState{"https://down.example:443": dispatch.Open, "https://probed.example:443": dispatch.HalfOpen, "https://up.example:443": dispatch.Closed}
	for endpoint, state := range circuits {
		_, err = d.SQL.ExecContext(t.Context(), `INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at) VALUES ($1, $2, 'SERVER_ERROR', $3, $3, 0, 0, $3)`, endpoint, string(state), now)
		must(t, err)
	}

	home := report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return now }}
	s, err := home.OfStaff(as(t, 0))
	must(t, err)
	if s.Unattributed != 2 || s.OldestUnattributedAt == nil || !s.OldestUnattributedAt.Equal(ago(50)) {
		t.Errorf("%d unattributed since %v", s.Unattributed, s.OldestUnattributedAt)
	}
	if len(s.Silent) != 2 || s.Silent[0].IntegrationID != long.Integration.ID || s.Silent[1].IntegrationID != silent.Integration.ID || !s.Silent[1].LastCallAt.Equal(ago(25)) {
		t.Errorf("silent: %+v", s.Silent)
	}
	if len(s.Refused) != 3 || s.Refused[0].Result != "unauthorized" || s.Refused[0].Count != 2 || s.Refused[0].Reason != "unauthorized at "+ago(2).Format(time.TimeOnly) ||
		*s.Refused[0].IntegrationID != refused.Integration.ID || !s.Refused[0].LastAt.Equal(ago(2)) || s.Refused[1].Count != 1 ||
		s.Refused[2].IntegrationID != nil || s.Refused[2].IntegrationKey != "zzz" {
		t.Errorf("refused: %+v", s.Refused)
	}
	if len(s.Circuits) != 2 || s.Circuits[0].Endpoint != "https://down.example:443" || s.Circuits[0].Circuit != dispatch.Open ||
		s.Circuits[1].Endpoint != "https://probed.example:443" || s.Circuits[1].Circuit != dispatch.HalfOpen {
		t.Errorf("circuits: %+v", s.Circuits)
	}
	if len(s.WithoutParam) != 2 || s.WithoutParam[1].AffiliateID != gone.Affiliate || *s.WithoutParam[0] != (report.AffiliateWithoutParam{AffiliateID: silent.Affiliate, Clicks: 3, Without: 2}) {
		t.Errorf("without param_1: %+v", s.WithoutParam)
	}
	if _, err := home.OfStaff(as(t, talking.Affiliate)); err == nil {
		t.Error("an affiliate was told")
	}
	if _, err := home.OfStaff(t.Context()); err == nil {
		t.Error("nobody was told")
	}
}

// However long the logs are, what waits is found by an index.
func TestStaffHomeReadsNoLogWhole(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	orphan(t, d, s, pgtest.Now)
	called(t, d, s, pgtest.Now, "invalid", 400)
	d.SQL.SetMaxOpenConns(1) // the settings and the counters are of one connection
	read := func() (rows int) {
		_, err := d.SQL.ExecContext(t.Context(), `SELECT pg_stat_force_next_flush()`)
		must(t, err)
		must(t, d.SQL.QueryRowContext(t.Context(), `
			SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname ~ '^(clicks|conversions|deliveries|received_postbacks)'`).Scan(&rows))
		return rows
	}
	_, err := d.SQL.ExecContext(t.Context(), `SET enable_seqscan = off`)
	must(t, err)
	before := read()
	home := report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	_, err = home.OfStaff(as(t, 0))
	must(t, err)
	if after := read(); after != before {
		t.Errorf("%d tables were read whole", after-before)
	}
}
