package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/internal/pgtest"
)

// Our insert and River's make the same rows, but for ids and the time of day: a
// new version of River that wants more is found here.
func TestAJobIsMadeAsRiverMakesIt(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	due := []dispatch.Due{
		{DeliveryID: pgtest.ID(t), Endpoint: "https://a.example:443", Priority: dispatch.PriorityLive},
		{DeliveryID: pgtest.ID(t), Endpoint: "https://b.example:443", Attempt: 3, Priority: dispatch.PriorityReplay, Promoted: true, Probe: true},
	}
	err := pg.WithPipeline(t.Context(), d.SQL, func(_ context.Context, tx *pg.Pipeline) error { return queueJobs(tx, due) })
	if err != nil {
		t.Fatal(err)
	}
	ours := jobsIn(t, d)
	if _, err := d.SQL.ExecContext(t.Context(), `DELETE FROM river_job`); err != nil {
		t.Fatal(err)
	}
	client, err := river.NewClient(riverdatabasesql.New(d.SQL), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var params []river.InsertManyParams
	for _, one := range due {
		params = append(params, river.InsertManyParams{
			Args:       DeliverArgs{DeliveryID: one.DeliveryID, Attempt: one.Attempt, Endpoint: one.Endpoint, Promoted: one.Promoted, Probe: one.Probe},
			InsertOpts: &river.InsertOpts{Queue: lane(one.Endpoint), Priority: one.Priority},
		})
	}
	if _, err := client.InsertManyFast(t.Context(), params); err != nil {
		t.Fatal(err)
	}
	if theirs := jobsIn(t, d); len(theirs) != len(due) || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("ours:   %v\nRiver's: %v", ours, theirs)
	}
}

// jobsIn reads every column of River's jobs, with what differs from one insert to
// the next told only by its kind.
func jobsIn(t *testing.T, d *pgtest.DB) []map[string]any {
	t.Helper()
	rows, err := d.SQL.QueryContext(t.Context(), `
		SELECT to_jsonb(j) - 'id' || jsonb_build_object('created_at', created_at <= now(), 'scheduled_at', scheduled_at <= now()) FROM river_job j ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []map[string]any
	for rows.Next() {
		var text sql.RawBytes
		var one map[string]any
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
