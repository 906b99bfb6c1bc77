package jobs

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/riverqueue/river"

	"postrider/outbox"
)

// DeliverArgs is a job: one attempt for each of some deliveries, which were queued together
// and go to the same endpoint.
type DeliverArgs struct {
	Deliveries []outbox.Ref `json:"deliveries"`         // in the order of sending; at most deliveriesEach
	Endpoint   string       `json:"endpoint"`           // scheme://host:port
	Promoted   bool         `json:"promoted,omitempty"` // the promoter counts them as in flight
	Probe      bool         `json:"probe,omitempty"`    // they are sent though the circuit is open
}

// Kind is the job's kind in River's table.
func (DeliverArgs) Kind() string { return "deliver" }

// run is a job that this process runs.
type run struct {
	job  int64        // River's id
	left atomic.Int64 // deliveries of it not known to be finished
}

func newRun(job int64, deliveries int) *run {
	r := &run{job: job}
	r.left.Store(int64(deliveries))
	return r
}

// ending returns the jobs that finish with these deliveries, a run each; nil for one
// without. The other deliveries of such a job are durably finished.
func ending(runs []*run) []int64 {
	here := make(map[*run]int64, len(runs))
	for _, r := range runs {
		if r != nil {
			here[r]++
		}
	}
	jobs := make([]int64, 0, len(here))
	for r, n := range here {
		if r.left.Load() == n {
			jobs = append(jobs, r.job)
		}
	}
	return jobs
}

// ended notes that these deliveries are durably finished.
func ended(runs []*run) {
	for _, r := range runs {
		if r != nil {
			r.left.Add(-1)
		}
	}
}

// lanes is the number of queues for endpoints: a bad endpoint's jobs never queue in front
// of those of another lane.
const lanes = 16

// lane returns the queue of an endpoint.
func lane(endpoint string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(endpoint))
	return laneName(int(h.Sum32() % lanes))
}

func laneName(n int) string { return "lane_" + strconv.Itoa(n) }

// queueJobs inserts jobs for any process to fetch.
func queueJobs(tx outbox.Tx, deliveries []outbox.Ready) error {
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

// insertJobsSQL inserts jobs just as River would: $1 arguments, $2 priorities, $3 queues,
// $4 the kind, $5 how often River may run one. River's own insert takes three round trips;
// this is pipelined with the others.
const insertJobsSQL = `
INSERT INTO river_job (args, kind, max_attempts, priority, queue)
SELECT args, $4, $5, priority, queue FROM unnest($1::jsonb[], $2::smallint[], $3::text[]) AS u(args, priority, queue)`

// notifyJobsSQL wakes the fetchers of queues, as River does: $1 a notice for each queue.
const notifyJobsSQL = `SELECT pg_notify(current_schema() || '.river_insert', notice) FROM unnest($1::text[]) AS notice`

// dropJobsSQL deletes jobs whose result is written in the same transaction. That is cheaper
// than keeping the row as completed.
const dropJobsSQL = `DELETE FROM river_job WHERE id = ANY($1)`

// deliveriesEach is the maximum number of deliveries in a job. Under load many are queued
// at once, and a job costs as much as a delivery does: River's fetch alone a third. They
// start one after the other, so a job must stay small: the last must be in flight long
// before a sweep may take it for abandoned.
const deliveriesEach = 16

// jobRows holds jobs, a slice per column.
type jobRows struct {
	encoded    []string
	priorities []int
	queues     []string
}

// newJobRows groups deliveries into jobs, in their order.
func newJobRows(deliveries []outbox.Ready) (jobRows, error) {
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
		if g == nil || len(g.args.Deliveries) == deliveriesEach {
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

// notices returns one for each queue.
func (r jobRows) notices() []string {
	queues := slices.Clone(r.queues)
	slices.Sort(queues)
	queues = slices.Compact(queues)
	for i, q := range queues {
		queues[i] = `{"queue": ` + strconv.Quote(q) + `}`
	}
	return queues
}

// laneNotices returns a notice for every lane.
func laneNotices() []string {
	rows := jobRows{queues: make([]string, lanes)}
	for n := range rows.queues {
		rows.queues[n] = laneName(n)
	}
	return rows.notices()
}
