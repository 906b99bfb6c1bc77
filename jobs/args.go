package jobs

import (
	"hash/fnv"
	"strconv"

	"github.com/gofrs/uuid/v5"
)

// DeliverArgs is the job of one attempt. Attempt is how many attempts the
// delivery had when the job was made: if it has had more since, the job is old.
type DeliverArgs struct {
	DeliveryID uuid.UUID `json:"delivery_id"`
	Attempt    int       `json:"attempt"`
	Endpoint   string    `json:"endpoint"`           // scheme://host:port
	Promoted   bool      `json:"promoted,omitempty"` // the promoter counts it as under way
	Probe      bool      `json:"probe,omitempty"`    // it goes out though the circuit is open
}

// Kind names the job in River's table.
func (DeliverArgs) Kind() string { return "deliver" }

func (a DeliverArgs) key() claimKey { return claimKey{a.DeliveryID, a.Attempt} }

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
