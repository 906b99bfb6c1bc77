package intake

import (
	"context"
	"database/sql"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/outbox"
)

// Enqueuer makes the jobs of deliveries, in the transaction that records them. It may claim
// some for their first attempt, which begins after the commit: claimedAt holds the claim time
// of each of those, by delivery id.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx *pg.Pipeline, deliveries []outbox.Fresh) (claimedAt map[uuid.UUID]*time.Time, err error)
}

// Config is what an Intake needs.
type Config struct {
	DB       *sql.DB
	Enqueuer Enqueuer
	Secrets  *secret.Ring                 // opens the secrets of integrations
	Country  func(addr netip.Addr) string // returns the ISO 3166 alpha-2 code of an address, or empty; nil for always empty
	Now      func() time.Time             // nil for the clock
	Log      *slog.Logger
}

// The limits of a group commit: its members at most, and how many wait before a second commit
// runs beside the first. With fewer, a commit costs more than it saves (measured with 64
// callers).
const (
	batchRows = 500
	entryRows = 100
	overlap   = 24
)
