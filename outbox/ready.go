package outbox

import (
	"time"

	"postrider/domain/macro"
	"postrider/internal/ids"
)

// Ready is a delivery that may go out now: what a queue needs to know of it.
type Ready struct {
	DeliveryID [16]byte // a UUID
	Attempt    int      // how many attempts it had so far
	Endpoint   string   // scheme://host:port that it goes to
	Priority   int      // PriorityLive, PriorityRetry or PriorityReplay
	Promoted   bool     // whether it waited in the table until now
	Probe      bool     // whether it shall show if its endpoint answers again
}

// Fresh is a delivery that is being recorded: with what it takes to send it
// without reading it back.
type Fresh struct {
	Ready

	AffiliateID ids.Affiliate
	PostbackID  ids.Postback
	VersionID   int64
	Goal        string
	Macros      map[macro.Name]string // what each says, as kept with its event
	RecordedAt  time.Time
	Follows     bool // it tells of a later step: one before it may still be on its way
}

// The priorities: a delivery's first way out comes before retries, and both
// before replays.
const (
	PriorityLive   = 1
	PriorityRetry  = 2
	PriorityReplay = 3
)
