package installation

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Reason is why an installation is on hold.
type Reason string

// The reasons.
const (
	Asked   Reason = "asked"   // requested by somebody
	Setting Reason = "setting" // POSTRIDER_HOLD
	Copy    Reason = "copy"    // the database is not where the installation ran last
)

// Hold is the state in which nothing is sent to trackers; the zero Hold is none.
type Hold struct {
	Reason Reason
	Since  time.Time
	Note   string // for the operator of the installation: who requested it, or what differs
}

// On reports whether there is a hold.
func (h Hold) On() bool { return h.Reason != "" }

// Refuse returns the problem for a request to send something; nil if nothing is on hold.
func (h Hold) Refuse() error {
	if !h.On() {
		return nil
	}
	return problem.Conflict("", "nothing is sent: Postrider is on hold since %s; try again when it is resumed", h.Since.UTC().Format("2 January 15:04 MST"))
}

// settingFor is how long after it was last seen a process with POSTRIDER_HOLD counts as running.
const settingFor = 15 * time.Second

// ReadHold reads whether the installation is on hold.
func ReadHold(ctx context.Context, db rower) (Hold, error) {
	k, err := readKnown(ctx, db, "")
	return k.hold, err
}

// execer is a pool or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Begin puts the installation on hold, unless it is already. It applies to every process at once:
// a delivery is claimed only while there is no hold. Quiet waits for what was in flight.
func Begin(ctx context.Context, db execer, reason Reason, note string) error {
	_, err := db.ExecContext(ctx, `
		UPDATE installation SET hold_reason = $1, hold_since = now(), hold_note = $2 WHERE hold_reason IS NULL`, string(reason), note)
	if err != nil {
		return fmt.Errorf("putting the installation on hold: %w", err)
	}
	return nil
}

// Resume ends a hold, and stores where the database is now. It is refused while a process with
// POSTRIDER_HOLD is running.
func Resume(ctx context.Context, db *sql.DB) error {
	resume, err := Resumption(ctx, db)
	if err != nil {
		return err
	}
	return pg.WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error { return resume(ctx, tx) })
}

// Resumption is Resume for a transaction of the caller's.
func Resumption(ctx context.Context, db *sql.DB) (resume func(ctx context.Context, tx pg.Conn) error, err error) {
	here, err := readCluster(ctx, db)
	return func(ctx context.Context, tx pg.Conn) error {
		known, err := readKnown(ctx, tx, "FOR UPDATE")
		if err != nil {
			return err
		}
		if known.setting {
			return problem.Conflict("", "a process with POSTRIDER_HOLD=true runs, or ran until a few seconds ago: start it without, then resume")
		}
		if err := here.remember(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE installation SET hold_reason = NULL, hold_since = NULL, hold_note = ''`); err != nil {
			return fmt.Errorf("resuming: %w", err)
		}
		return nil
	}, err
}

// known is what the database has stored.
type known struct {
	hold    Hold
	setting bool    // a process with POSTRIDER_HOLD runs
	cluster cluster // where the installation ran last; zero before its first start
}

// rower is a pool or a transaction.
type rower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readKnown(ctx context.Context, db rower, lock string) (k known, err error) {
	var reason, system sql.NullString
	var since sql.NullTime
	var timeline, oid sql.NullInt64
	err = db.QueryRowContext(ctx, `
		SELECT hold_reason, hold_since, hold_note, coalesce(setting_until > now(), false), system_identifier, timeline, database_oid
		FROM installation WHERE one `+lock).Scan(&reason, &since, &k.hold.Note, &k.setting, &system, &timeline, &oid)
	if err != nil {
		return k, fmt.Errorf("reading what the database knows of itself: %w", err)
	}
	k.hold.Reason, k.hold.Since = Reason(reason.String), since.Time
	k.cluster = cluster{system: system.String, timeline: timeline.Int64, oid: oid.Int64}
	return k, nil
}

// settle compares where the database is with where it was. Before the first start that is stored;
// later, any difference puts the installation on hold.
func settle(ctx context.Context, db *sql.DB, here cluster) (known, error) {
	k, err := readKnown(ctx, db, "")
	if err != nil || k.settled(here) {
		return k, err
	}
	err = pg.WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		if k, err = readKnown(ctx, tx, "FOR UPDATE"); err != nil || k.settled(here) {
			return err
		}
		if k.cluster.oid == 0 {
			k.cluster = here
			return here.remember(ctx, tx)
		}
		k.hold.Reason, k.hold.Note = Copy, here.differs(k.cluster)
		err := tx.QueryRowContext(ctx, `UPDATE installation SET hold_reason = $1, hold_since = now(), hold_note = $2 RETURNING hold_since`,
			string(Copy), k.hold.Note).Scan(&k.hold.Since)
		if err != nil {
			return fmt.Errorf("putting a copy on hold: %w", err)
		}
		return nil
	})
	return k, err
}

// settled reports whether the cluster is as it was stored, or the installation is already on hold
// because it is not.
func (k known) settled(here cluster) bool {
	return k.cluster.oid != 0 && (k.hold.Reason == Copy || here.differs(k.cluster) == "")
}

// Quiet waits until nothing is in flight that began before Begin returned: first transactions that
// may have claimed something, then attempts. It returns how many jobs were still running when ctx
// ended.
func Quiet(ctx context.Context, db *sql.DB) (running int, err error) {
	var asked time.Time
	if err := db.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&asked); err != nil {
		return 0, fmt.Errorf("waiting for what is in flight: %w", err)
	}
	for {
		var claiming int
		err := db.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
			          AND backend_type = 'client backend' AND state <> 'idle' AND xact_start < $1 AND application_name NOT LIKE 'pg\_%'),
			       (SELECT count(*) FROM river_job WHERE state = 'running')`, asked).Scan(&claiming, &running)
		if err != nil && ctx.Err() == nil {
			return running, fmt.Errorf("waiting for what is in flight: %w", err)
		}
		if err == nil && claiming+running == 0 {
			return 0, nil
		}
		select {
		case <-ctx.Done():
			return running, nil
		case <-time.After(50 * time.Millisecond):
		}
	}
}
