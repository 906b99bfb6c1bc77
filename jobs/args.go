package jobs

import (
	"hash/fnv"
	"strconv"
	"sync/atomic"

	"postrider/outbox"
)

// DeliverArgs is the job of one attempt for each of some deliveries, which were
// queued together and go to the same endpoint.
type DeliverArgs struct {
	Deliveries []outbox.Ref `json:"deliveries"`         // in the order in which they go out; jobRowsEach at the most
	Endpoint   string       `json:"endpoint"`           // scheme://host:port
	Promoted   bool         `json:"promoted,omitempty"` // the promoter counts them as under way
	Probe      bool         `json:"probe,omitempty"`    // they go out though the circuit is open
}

// Kind names the job in River's table.
func (DeliverArgs) Kind() string { return "deliver" }

// run is a job that this process runs.
type run struct {
	job  int64        // of River
	left atomic.Int64 // deliveries of it that are not known to be over
}

func newRun(job int64, deliveries int) *run {
	r := &run{job: job}
	r.left.Store(int64(deliveries))
	return r
}

// ending gives the jobs that are over once these deliveries are, a run each; nil
// for one without. What else there was of such a job is over on the disk.
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

// ended notes that these deliveries are over, on the disk.
func ended(runs []*run) {
	for _, r := range runs {
		if r != nil {
			r.left.Add(-1)
		}
	}
}

// lanes is how many queues endpoints are spread over: a bad endpoint's jobs never
// stand in front of those of another lane.
const lanes = 16

// lane is the queue of an endpoint.
func lane(endpoint string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(endpoint))
	return laneName(int(h.Sum32() % lanes))
}

func laneName(n int) string { return "lane_" + strconv.Itoa(n) }
