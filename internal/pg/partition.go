package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

// partitionLock is the lock timeout of making or dropping a partition. Others queue behind it
// that long and no longer: a report or a backup may read the table for hours.
const partitionLock = 200 * time.Millisecond

// ErrPartitionBusy is returned when a reader held the table for longer than partitionLock:
// nothing was changed, and the call may be retried.
var ErrPartitionBusy = errors.New("somebody is reading the table")

// lockNotAvailable is PostgreSQL's code for a lock timeout.
const lockNotAvailable = "55P03"

// A Month names the partition of a calendar month in UTC.
type Month struct{ start time.Time }

// MonthOf returns the month of a time.
func MonthOf(at time.Time) Month {
	year, month, _ := at.UTC().Date()
	return Month{time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)}
}

// Add returns the month n months later. It counts from the first of the month: three months
// after 30 November is February, not March.
func (m Month) Add(n int) Month { return Month{m.start.AddDate(0, n, 0)} }

// partition returns the name of a table's partition for the month, as in clicks_2026_11.
func (m Month) partition(table string) string { return table + m.start.Format("_2006_01") }

// partitioned lists the tables that have a partition for each month.
var partitioned = []string{"clicks", "attempts", "received_postbacks", "delivery_changes"}

// MakePartitions makes the missing partitions from one month to another, inclusive. A failure
// for one of them does not keep it from making the others.
func MakePartitions(ctx context.Context, db *sql.DB, from, to Month) error {
	var faults []error
	for month := from; !month.start.After(to.start); month = month.Add(1) {
		for _, table := range partitioned {
			faults = append(faults, MakePartition(ctx, db, table, month))
		}
	}
	return errors.Join(faults...)
}

// MakePartition makes a table's partition of a month, if it is missing. Rows of that month that
// are in the default partition are moved into it.
//
// The partition is created on its own and then attached, which blocks neither readers nor
// writers of the table, as CREATE TABLE … PARTITION OF would. Attaching has to lock the default
// partition, which is empty in all but a neglected installation: readers of the whole table
// hold it too, so the call gives up after partitionLock with ErrPartitionBusy.
func MakePartition(ctx context.Context, db *sql.DB, table string, month Month) error {
	name := month.partition(table)
	there, err := isPartition(ctx, db, name)
	if err != nil || there {
		return err
	}
	from, to := month.start.Format(time.RFC3339), month.Add(1).start.Format(time.RFC3339)
	err = partitioning(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		if there, err := isPartition(ctx, tx, name); err != nil || there {
			return err // another process was faster
		}
		for _, statement := range []string{
			fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (LIKE %s INCLUDING ALL)`, pq.QuoteIdentifier(name), pq.QuoteIdentifier(table)),
			fmt.Sprintf(`LOCK TABLE %s IN ACCESS EXCLUSIVE MODE`, pq.QuoteIdentifier(table+"_default")),
			fmt.Sprintf(`WITH moved AS (DELETE FROM %s WHERE id >= uuid_floor(%s) AND id < uuid_floor(%s) RETURNING *) INSERT INTO %s SELECT * FROM moved`,
				pq.QuoteIdentifier(table+"_default"), pq.QuoteLiteral(from), pq.QuoteLiteral(to), pq.QuoteIdentifier(name)),
			fmt.Sprintf(`ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (uuid_floor(%s)) TO (uuid_floor(%s))`,
				pq.QuoteIdentifier(table), pq.QuoteIdentifier(name), pq.QuoteLiteral(from), pq.QuoteLiteral(to)),
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("making the partition %s: %w", name, err)
	}
	return nil
}

// DropPartitions drops a table's partitions whose every row is older than before, and deletes
// such rows from its default partition. It returns the names of what it dropped, with
// ErrPartitionBusy if one had to stay for now.
//
// PostgreSQL detaches concurrently only where there is no default partition, so a partition is
// detached under partitionLock, and dropped once it is detached.
func DropPartitions(ctx context.Context, db *sql.DB, table string, before time.Time) (dropped []string, err error) {
	names, err := partitionNames(ctx, db, table)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		month, err := time.Parse("2006_01", name[len(name)-len("2006_01"):])
		if err != nil || MonthOf(month).Add(1).start.After(before) {
			continue
		}
		if err := dropPartition(ctx, db, table, name); err != nil {
			return dropped, fmt.Errorf("dropping the partition %s: %w", name, err)
		}
		dropped = append(dropped, name)
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %s WHERE id < uuid_floor($1)`, pq.QuoteIdentifier(table+"_default")), before)
	if err != nil {
		return dropped, fmt.Errorf("deleting what is old from %s_default: %w", table, err)
	}
	return dropped, nil
}

func dropPartition(ctx context.Context, db *sql.DB, table, name string) error {
	err := partitioning(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		attached, err := isPartition(ctx, tx, name)
		if err != nil || !attached {
			return err // already detached, by a process that ended before dropping it
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`ALTER TABLE %s DETACH PARTITION %s`, pq.QuoteIdentifier(table), pq.QuoteIdentifier(name)))
		return err
	})
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `DROP TABLE IF EXISTS `+pq.QuoteIdentifier(name))
	return err
}

// partitioning runs fn in a transaction with partitionLock as its lock timeout.
func partitioning(ctx context.Context, db *sql.DB, fn func(ctx context.Context, tx *sql.Tx) error) error {
	err := WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`SET LOCAL lock_timeout = %d`, partitionLock.Milliseconds())); err != nil {
			return err
		}
		// Several processes may get here at once.
		if err := Lock(ctx, tx, LockPartitions.Of()); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == lockNotAvailable {
		return ErrPartitionBusy
	}
	return err
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func isPartition(ctx context.Context, q queryer, name string) (is bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass($1) AND relispartition)`, pq.QuoteIdentifier(name)).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("looking for the partition %s: %w", name, err)
	}
	return is, nil
}

// partitionNames returns the monthly partitions of a table, including those that were detached
// and not dropped.
func partitionNames(ctx context.Context, db *sql.DB, table string) (names []string, err error) {
	err = Each(ctx, db, fmt.Sprintf("listing the partitions of %s", table), func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		return nil
	}, `
		SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = $1::regclass) AND relname ~ $2
		ORDER BY relname`, table, `^`+regexp.QuoteMeta(table)+`_[0-9]{4}_[0-9]{2}$`)
	return names, err
}
