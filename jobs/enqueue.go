package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/riverqueue/river"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

// Enqueuer makes River jobs in the caller's own transaction. It implements
// intake.Enqueuer.
type Enqueuer struct {
	Engine *Engine // that works in this process, and sends what it can at once; nil where none does
}

// Enqueue makes the jobs of deliveries; they run once the transaction commits.
// What the engine takes is claimed with it.
func (q Enqueuer) Enqueue(_ context.Context, tx *pg.Pipeline, deliveries []dispatch.Fresh) (map[uuid.UUID]*time.Time, error) {
	claimedAt := map[uuid.UUID]*time.Time{}
	var taken []*handed
	var others []dispatch.Due
	for _, f := range deliveries {
		if h := q.Engine.take(f); h != nil {
			taken, claimedAt[f.DeliveryID] = append(taken, h), &h.claimedAt
		} else {
			others = append(others, f.Due)
		}
	}
	if len(taken) > 0 {
		tx.AtEnd(func(committed bool) { q.Engine.conclude(taken, committed) })
		if err := q.Engine.queueHanded(tx, taken); err != nil {
			return nil, err
		}
	}
	return claimedAt, queueJobs(tx, others)
}

// queueJobs makes jobs for whoever fetches them first.
func queueJobs(tx outbox.Tx, deliveries []dispatch.Due) error {
	if len(deliveries) == 0 {
		return nil
	}
	rows, err := newJobRows(deliveries)
	if err != nil {
		return err
	}
	tx.Queue(insertJobsSQL, rows.args()...)
	tx.Queue(notifyJobsSQL, rows.notices())
	return nil
}

// insertJobsSQL makes jobs just as River would: $1 arguments, $2 priorities, $3
// queues, $4 the kind, $5 how often River may run one. River's own insert is
// three statements that each wait for an answer; this goes with the others.
const insertJobsSQL = `
INSERT INTO river_job (args, kind, max_attempts, priority, queue)
SELECT args, $4, $5, priority, queue FROM unnest($1::jsonb[], $2::smallint[], $3::text[]) AS u(args, priority, queue)`

// notifyJobsSQL wakes whoever fetches from queues, as River does: $1 a notice
// for each queue.
const notifyJobsSQL = `SELECT pg_notify(current_schema() || '.river_insert', notice) FROM unnest($1::text[]) AS notice`

// dropJobsSQL takes jobs out of River whose outcome is written in the same
// transaction. A row less is cheaper than one that is kept as completed.
const dropJobsSQL = `DELETE FROM river_job WHERE id = ANY($1)`

// jobRowsEach is how many deliveries share a job at the most. Under load many are
// queued at once, and a job costs as much as a delivery does: River's fetch alone a
// third. They enter one after the other, so a job must not have too many: the last
// is to be under way long before a sweep may take it for forgotten.
const jobRowsEach = 16

// jobRows is jobs, a slice a column.
type jobRows struct {
	encoded    []string
	priorities []int
	queues     []string
}

// newJobRows puts deliveries into jobs, in their order.
func newJobRows(deliveries []dispatch.Due) (jobRows, error) {
	type kind struct {
		endpoint        string
		priority        int
		promoted, probe bool
	}
	type group struct {
		args     DeliverArgs
		priority int
	}
	var all []*group
	open := map[kind]*group{}
	for _, d := range deliveries {
		k := kind{d.Endpoint, d.Priority, d.Promoted, d.Probe}
		g := open[k]
		if g == nil || len(g.args.Deliveries) == jobRowsEach {
			g = &group{args: DeliverArgs{Endpoint: d.Endpoint, Promoted: d.Promoted, Probe: d.Probe}, priority: d.Priority}
			open[k], all = g, append(all, g)
		}
		g.args.Deliveries = append(g.args.Deliveries, outbox.Ref{ID: d.DeliveryID, Attempt: d.Attempt})
	}
	rows := jobRows{encoded: make([]string, len(all)), priorities: make([]int, len(all)), queues: make([]string, len(all))}
	for i, g := range all {
		args, err := json.Marshal(g.args)
		if err != nil {
			return rows, fmt.Errorf("writing a job's arguments: %w", err)
		}
		rows.encoded[i], rows.priorities[i], rows.queues[i] = string(args), g.priority, lane(g.args.Endpoint)
	}
	return rows, nil
}

func (r jobRows) args() []any {
	return []any{r.encoded, r.priorities, r.queues, DeliverArgs{}.Kind(), river.MaxAttemptsDefault}
}

// notices has one for each queue.
func (r jobRows) notices() []string {
	queues := slices.Clone(r.queues)
	slices.Sort(queues)
	queues = slices.Compact(queues)
	for i, q := range queues {
		queues[i] = `{"queue": ` + strconv.Quote(q) + `}`
	}
	return queues
}
