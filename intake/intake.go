package intake

import (
	"context"
	"database/sql"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/outbox"
)

// Enqueuer makes the jobs of deliveries, in the transaction that records them. It
// may claim some for their first attempt, which begins once that is committed:
// claimedAt has the time of each of those, by its id.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx *pg.Pipeline, deliveries []outbox.Fresh) (claimedAt map[uuid.UUID]*time.Time, err error)
}

// Config is what an Intake needs.
type Config struct {
	DB       *sql.DB
	Enqueuer Enqueuer
	Secrets  *secret.Ring                 // opens those of sources
	Country  func(addr netip.Addr) string // ISO 3166 alpha-2 of an address, or empty; nil for always empty
	Now      func() time.Time             // nil for the clock
	Log      *slog.Logger
}

// How many facts share a commit at most, and how many wait before a second commit
// runs beside the first: with fewer, a commit costs more than it saves
// (measured with 64 callers).
const (
	batchRows = 500
	entryRows = 100
	overlap   = 24
)

// Intake records facts. It is safe for concurrent use.
type Intake struct {
	Config

	catalog *catalog
	clicks  *pg.Batch[clickRow]
	entries *pg.Batch[*entry]
	refused *pg.Batch[receivedRow]

	strangers *strangers
}

// New makes an Intake.
func New(cfg Config) *Intake {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Country == nil {
		cfg.Country = func(netip.Addr) string { return "" }
	}
	in := &Intake{Config: cfg, catalog: newCatalog(cfg.Secrets), strangers: newStrangers()}
	in.clicks = pg.NewBatch(batchRows, in.insertClicks).Overlap(overlap)
	in.entries = pg.NewBatch(entryRows, in.recordAll).Overlap(overlap)
	in.refused = pg.NewBatch(batchRows, in.logRefused)
	return in
}

// Forget drops what is cached of the configuration. It is called when a change
// is announced, and right after a change made in this process.
func (in *Intake) Forget() { in.catalog.forget() }

// now is the time of a fact: UTC, to the microsecond that PostgreSQL keeps.
func (in *Intake) now() time.Time { return in.Now().UTC().Truncate(time.Microsecond) }

// Goal is the lifecycle of a goal of the event dictionary.
func (in *Intake) Goal(ctx context.Context, key string) (commission.Goal, error) {
	g, err := in.catalog.goal(ctx, in.DB, key)
	if err != nil {
		return commission.Goal{}, err
	}
	return g.Goal.Goal, nil
}

// StatusWords are a source's own words for statuses, each an [inbound.WordKey]; none
// where there is no such source.
func (in *Intake) StatusWords(ctx context.Context, sourceKey string) (map[string]commission.Status, error) {
	src, found, err := in.catalog.sources.get(ctx, in.DB, sourceKey)
	if err != nil || !found {
		return nil, err
	}
	return src.Words.Statuses, nil
}
