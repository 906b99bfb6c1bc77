package outbox

import (
	"time"

	"postrider/domain/macro"
	"postrider/internal/ids"
)

// Ready is a delivery that may be sent now: what a queue needs to know of it.
type Ready struct {
	DeliveryID [16]byte // a UUID
	Attempt    int      // how many attempts it had so far
	Endpoint   string   // scheme://host:port that it goes to
	Priority   int      // PriorityLive, PriorityRetry or PriorityReplay
	Promoted   bool     // whether it waited in the table until now
	Probe      bool     // whether it is the probe of its endpoint's circuit
}

// Fresh is a delivery that is being recorded, with all it takes to send it without reading
// it back.
type Fresh struct {
	Ready

	AffiliateID ids.Affiliate
	PostbackID  ids.Postback
	VersionID   int64
	Goal        string
	Macros      map[macro.Name]string // values, as stored with its event
	RecordedAt  time.Time
	Follows     bool // a later step: an earlier one may still be on its way
}

// The priorities: first attempts come before retries, and both before replays.
const (
	PriorityLive   = 1
	PriorityRetry  = 2
	PriorityReplay = 3
)
