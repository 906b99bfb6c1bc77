package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/gofrs/uuid/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"pgregory.net/rapid"

	"postrider/internal/pg"
	"postrider/outbox"
	"postrider/pgtest"
)

// Our insert and River's make the same rows, but for ids and the time of day: a new version
// of River that requires more fails here.
func TestAJobIsMadeAsRiverMakesIt(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	due := []outbox.Ready{
		{DeliveryID: pgtest.ID(t), Endpoint: "https://a.example:443", Priority: outbox.PriorityLive},
		{DeliveryID: pgtest.ID(t), Endpoint: "https://b.example:443", Attempt: 3, Priority: outbox.PriorityReplay, Promoted: true, Probe: true},
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
			Args: DeliverArgs{
				Deliveries: []outbox.Ref{{ID: one.DeliveryID, Attempt: one.Attempt}}, Endpoint: one.Endpoint, Promoted: one.Promoted, Probe: one.Probe,
			},
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

// jobsIn reads every column of River's jobs; of columns that differ between inserts only
// the kind of value.
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

// Whatever is queued together: every delivery is in one job, in order among those for the
// same endpoint and kind, and no job has too many.
func TestJobsOfSeveralDeliveries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) outbox.Ready {
			return outbox.Ready{
				DeliveryID: uuid.Must(uuid.NewV4()), Attempt: rapid.IntRange(0, 3).Draw(t, "attempt"),
				Endpoint: rapid.SampledFrom([]string{"https://a.example:443", "https://b.example:443"}).Draw(t, "endpoint"),
				Priority: rapid.IntRange(1, 2).Draw(t, "priority"), Promoted: rapid.Bool().Draw(t, "promoted"),
			}
		}), 0, 120).Draw(t, "deliveries")
		rows, err := newJobRows(all)
		if err != nil {
			t.Fatal(err)
		}
		var queued []outbox.Ready
		for i, encoded := range rows.encoded {
			var args DeliverArgs
			if err := json.Unmarshal([]byte(encoded), &args); err != nil {
				t.Fatal(err)
			}
			if n := len(args.Deliveries); n == 0 || n > deliveriesEach || rows.queues[i] != lane(args.Endpoint) {
				t.Fatalf("%d deliveries in a job of %s", n, rows.queues[i])
			}
			for _, q := range args.Deliveries {
				queued = append(queued, outbox.Ready{
					DeliveryID: q.ID, Attempt: q.Attempt, Endpoint: args.Endpoint, Priority: rows.priorities[i], Promoted: args.Promoted,
				})
			}
		}
		kind := func(a, b outbox.Ready) int {
			return cmp.Or(cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Priority, b.Priority), cmp.Compare(fmt.Sprint(a.Promoted), fmt.Sprint(b.Promoted)))
		}
		slices.SortStableFunc(all, kind)
		slices.SortStableFunc(queued, kind)
		if !slices.Equal(all, queued) {
			t.Fatalf("queued %v, want %v", queued, all)
		}
	})
}
