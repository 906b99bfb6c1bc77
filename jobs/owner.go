package jobs

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"postrider/outbox"

	"github.com/jackc/pgx/v5"

	"postrider/internal/pg"
)

// Jobs that an engine runs have its id in river_job.attempted_by, and it holds an advisory
// lock for as long as it lives, on a connection of its own: when the process ends, however
// it ends, PostgreSQL releases the lock. A process that is cut off loses it when the
// server's keepalives fail; one that is stopped or slow keeps it.
const (
	ownerAgain = 50 * time.Millisecond // before a lost lock is requested again
	lookAgain  = 5 * beatEvery         // after which an earlier look no longer counts
)

var ownerSQL = `SELECT pg_advisory_lock(` + pg.LockID("$1") + `)`

// ownerKeepalives make the server close the connection of a process that is cut off after
// some four seconds. On a Unix socket they are ignored.
var ownerKeepalives = map[string]string{
	"tcp_keepalives_idle": "2", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "2", "tcp_user_timeout": "4000",
	"idle_in_transaction_session_timeout": "0",
}

// owner holds this engine's lock, and takes back the claims of engines that hold none.
type owner struct {
	*Config

	id      string // the member's
	sweeper *sweeper
	wake    chan<- struct{} // wakes the promoter
	look    chan struct{}   // others have jobs running: check their locks

	ownerless map[string]bool // had jobs running and no lock at the last look
	lookedAt  time.Time       // time of the last look
}

// own takes the lock that shows that this engine is alive, and keeps it until ctx is done:
// a lost connection is reopened at once, before any process has looked twice. held is
// called once the lock is held for the first time.
func (o *owner) own(ctx context.Context, held func()) {
	for ctx.Err() == nil {
		if err := o.ownOnce(ctx, held); err != nil && ctx.Err() == nil {
			o.Log.WarnContext(ctx, "the lock that shows that this process lives was lost: taking it again", "error", err)
		}
		sleep(ctx, ownerAgain, nil)
	}
}

// start returns once the lock is held, or ctx is done; release gives it up.
func (o *owner) start(ctx, work context.Context) (release func()) {
	owning, cancel := context.WithCancel(work)
	held, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		o.own(owning, sync.OnceFunc(func() { close(held) }))
	}()
	select {
	case <-held:
	case <-ctx.Done():
	}
	return func() {
		cancel()
		<-ended
	}
}

func (o *owner) ownOnce(ctx context.Context, held func()) error {
	config := o.Pool.Pgx.Config().ConnConfig
	maps.Copy(config.RuntimeParams, ownerKeepalives)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, ownerSQL, pg.LockEngine.Of(o.id)); err != nil {
		return fmt.Errorf("locking: %w", err)
	}
	held()
	// Nothing is ever announced here: this returns when the connection ends.
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

// ownerlessSQL finds owners other than $1 that have jobs running and hold no lock. It takes
// their locks shared, until the statement ends, so several may ask.
var ownerlessSQL = `
SELECT owner FROM (
  SELECT DISTINCT attempted_by[array_upper(attempted_by, 1)] AS owner FROM river_job WHERE state = 'running' AND kind = 'deliver'
) AS owners
WHERE owner <> $1 AND pg_try_advisory_xact_lock_shared(` + pg.LockID(`'`+pg.LockEngine.Of("' || owner")) + `)`

// watch checks the owners' locks whenever a beat saw that others have jobs running: once a
// second while they do.
func (o *owner) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.look:
		}
		if err := o.sweepOwnerless(ctx); err != nil && ctx.Err() == nil {
			o.Log.ErrorContext(ctx, "sweeping after processes that ended", "error", err)
		}
	}
}

// sweepOwnerless takes back the claims of dead owners at once. An owner without a lock is
// looked at twice, a beat apart: a connection may be lost and reopened.
func (o *owner) sweepOwnerless(ctx context.Context) error {
	rows, err := o.Pool.Pgx.Query(ctx, ownerlessSQL, o.id)
	if err != nil {
		return fmt.Errorf("looking for processes that ended: %w", err)
	}
	owners, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("looking for processes that ended: %w", err)
	}
	var dead []string
	seen := make(map[string]bool, len(owners))
	for _, owner := range owners {
		seen[owner] = true
		if o.ownerless[owner] && time.Since(o.lookedAt) < lookAgain {
			dead = append(dead, owner)
		}
	}
	o.ownerless, o.lookedAt = seen, time.Now()
	if len(dead) == 0 {
		return nil
	}
	var n int
	err = pgx.BeginFunc(ctx, o.Pool.Pgx, func(tx pgx.Tx) (err error) {
		n, err = o.sweeper.takeBackIn(ctx, tx, func(tx outbox.Tx) ([]outbox.TakenBack, error) { return outbox.TakeBackFrom(ctx, tx, dead, o.Now()) })
		if err != nil {
			return err
		}
		if err := forgetJobs(ctx, tx, dead); err != nil {
			return err
		}
		return endLease(ctx, tx, dead)
	})
	if n > 0 && err == nil {
		o.Log.WarnContext(ctx, "took back what a process had claimed that has ended", "deliveries", n, "processes", len(dead))
		signal(o.wake)
	}
	return err
}

// endLease ends the promoter's lease if one of these owners has it: otherwise what was
// taken back would wait for its expiry.
func endLease(ctx context.Context, tx pgx.Tx, owners []string) error {
	if _, err := tx.Exec(ctx, `UPDATE promoter SET until = now() - interval '1 second' WHERE worker_id::text = ANY($1) AND until > now()`, owners); err != nil {
		return fmt.Errorf("ending the promoter's lease: %w", err)
	}
	return nil
}

// forgetJobs deletes the running jobs of ended processes, whose deliveries are taken back
// by the same commit: otherwise the next claim of such a delivery would seem to be theirs.
func forgetJobs(ctx context.Context, tx pgx.Tx, owners []string) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM river_job j WHERE state = 'running' AND kind = 'deliver' AND attempted_by[array_upper(attempted_by, 1)] = ANY($1)
		  AND NOT EXISTS (
		    SELECT FROM jsonb_array_elements(j.args -> 'deliveries') AS queued JOIN deliveries d ON d.id = (queued ->> 'id')::uuid
		    WHERE d.state IN `+outbox.SendableSQL+` AND d.due_at IS NULL AND d.parked_at IS NULL AND d.blocked_by IS NULL
		      AND d.attempt - CASE WHEN d.claimed_at IS NULL THEN 0 ELSE 1 END = (queued ->> 'attempt')::int)`, owners)
	if err != nil {
		return fmt.Errorf("forgetting the jobs of processes that ended: %w", err)
	}
	return nil
}
