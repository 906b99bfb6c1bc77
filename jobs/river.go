package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// fetchCooldown is the least time between two fetches of a lane. The first job after a lull
// is fetched at once; under load more jobs share a fetch.
const fetchCooldown = 10 * time.Millisecond

// fetchPoll is how often a lane is polled without a notice. If one was lost with the
// listening connection, the beat sees it sooner, for all lanes at once (fetchedIn). A poll
// makes a job that comes right after it wait for the cooldown, and sixteen lanes are never
// at rest: it must be rare.
const fetchPoll = time.Minute

// newRiver returns River's client, over connections of its own, which commit
// asynchronously: if a crash of PostgreSQL loses a fetch, the job is fetched again, and a
// claim of ours, which is durable, makes the fetch before it durable too.
func newRiver(pool *pgxpool.Pool, d *deliverer) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, d)
	queues := make(map[string]river.QueueConfig, lanes)
	for n := range lanes {
		// More than all hanging endpoints can have in flight: the others of their lane are
		// always fetched.
		queues[laneName(n)] = river.QueueConfig{MaxWorkers: d.Workers}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		ID:                          d.member.id.String(), // in attempted_by: the owner of the jobs
		Queues:                      queues,
		Workers:                     workers,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		RescueStuckJobsAfter:        2 * time.Minute,
		JobTimeout:                  jobTimeout,
		CompletedJobRetentionPeriod: 5 * time.Minute,
		ReindexerIndexNames:         []string{"river_job_pkey", "river_job_prioritized_fetching_index", "river_job_state_and_finalized_at_index"},
		Logger:                      quiet(d.Log),
	})
	if err != nil {
		return nil, fmt.Errorf("making River's client: %w", err)
	}
	return client, nil
}

// riverConns is how many connections River has: for fetching, completing and listening.
const riverConns = 4

// riverPool opens River's connections, separate from ours.
func riverPool(ctx context.Context, ours *pgxpool.Pool) (*pgxpool.Pool, error) {
	config := ours.Config()
	config.MaxConns = riverConns
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening River's connections: %w", err)
	}
	return pool, nil
}

// quiet keeps River's log lines below warning level out of the log.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(&levelHandler{Handler: log.Handler(), least: slog.LevelWarn})
}

type levelHandler struct {
	slog.Handler

	least slog.Level
}

// Enabled drops what is below the least level.
func (h *levelHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.least && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h *levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &levelHandler{Handler: h.Handler.WithAttrs(attrs), least: h.least}
}

// WithGroup keeps the level.
func (h *levelHandler) WithGroup(name string) slog.Handler {
	return &levelHandler{Handler: h.Handler.WithGroup(name), least: h.least}
}
