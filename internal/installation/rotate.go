package installation

import (
	"context"
	"database/sql"
	"fmt"

	"postrider/internal/pg"
	"postrider/internal/secret"
)

// Progress is the progress of a rotation.
type Progress struct {
	Where  string // the column whose values were resealed
	Sealed int    // so far, in all columns
}

// Rotate reseals, with the first key of ring, every value that is not sealed with it, while
// processes that have all of ring's keys keep running. It may be stopped at any time and started
// again. It returns how many values it sealed, and reports its progress after each batch.
//
// A value that is changed meanwhile is not overwritten: it was sealed with a key of the writer's
// own ring, and the next pass checks it again. Rotate ends after a pass in which there was nothing
// to do. The installation's own secret comes last: until then, no process starts without the
// previous keys.
func Rotate(ctx context.Context, db *sql.DB, ring *secret.Ring, say func(Progress)) (int, error) {
	total := 0
	for {
		found := 0
		for _, c := range columns {
			err := c.each(ctx, db, ring.Prefixes()[:1], func(batch []row) error {
				sealed, err := c.sealAnew(ctx, db, ring, batch)
				found, total = found+len(batch), total+sealed
				say(Progress{Where: c.String(), Sealed: total})
				return err
			})
			if err != nil {
				return total, err
			}
		}
		if found == 0 {
			return total, rotateOwn(ctx, db, ring)
		}
	}
}

// sealAnew seals values with the first key if they are unchanged since they were read.
func (c column) sealAnew(ctx context.Context, db *sql.DB, ring *secret.Ring, batch []row) (int, error) {
	ids, before, after := make([]int64, len(batch)), make([][]byte, len(batch)), make([][]byte, len(batch))
	for i, r := range batch {
		value, err := ring.Open(r.sealed, c.context)
		if err != nil {
			return 0, fmt.Errorf("%s %d: %w", c, r.id, err)
		}
		ids[i], before[i] = r.id, r.sealed
		if after[i], err = ring.Seal(value, c.context); err != nil {
			return 0, err
		}
	}
	result, err := db.ExecContext(ctx, fmt.Sprintf(`
		UPDATE %[1]s t SET %[2]s = u.after FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS u(id, before, after)
		WHERE t.id = u.id AND t.%[2]s = u.before`, c.table, c.name), ids, before, after)
	if err != nil {
		return 0, fmt.Errorf("sealing %s anew: %w", c, err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// rotateOwn seals the installation's own secret with the first key.
func rotateOwn(ctx context.Context, db *sql.DB, ring *secret.Ring) error {
	return pg.WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		var sealed []byte
		if err := tx.QueryRowContext(ctx, `SELECT lookup_key FROM installation FOR UPDATE`).Scan(&sealed); err != nil {
			return fmt.Errorf("reading what the database knows of its key: %w", err)
		}
		value, err := ring.Open(sealed, secret.ForLookup)
		if err != nil {
			return err
		}
		if sealed, err = ring.Seal(value, secret.ForLookup); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE installation SET lookup_key = $1, key_id = $2`, sealed, ring.IDs()[0])
		return err
	})
}

// Count returns how many values each key has sealed, by its id; values with an empty id were
// sealed before keys had ids.
func Count(ctx context.Context, db *sql.DB) (map[string]int, error) {
	counts := map[string]int{}
	for _, c := range columns {
		err := c.each(ctx, db, [][]byte{}, func(batch []row) error {
			for _, r := range batch {
				counts[secret.SealedBy(r.sealed)]++
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}
