package installation

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"postrider/internal/pg"
	"postrider/internal/secret"
)

// Unlock returns the ring of the installation that this database belongs to: of the given keys
// (POSTRIDER_KEY), else of those stored under dir. If nothing was ever sealed and there is no key,
// it makes one. A ring that does not open every sealed value is refused, with an error that names
// the missing keys.
func Unlock(ctx context.Context, db *sql.DB, given, dir string) (ring *secret.Ring, err error) {
	err = pg.WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		if ring, err = secret.FindRing(given, dir); err != nil {
			return err
		}
		var lookup []byte
		var id sql.NullString
		err := tx.QueryRowContext(ctx, `SELECT lookup_key, key_id FROM installation FOR UPDATE`).Scan(&lookup, &id)
		if err != nil {
			return fmt.Errorf("reading what the database knows of its key: %w", err)
		}
		missing, err := locked(ctx, tx, ring, lookup, id.String)
		if err != nil {
			return err
		}
		if len(missing.ids) > 0 || missing.values > 0 {
			return missing.refuse(ring, dir)
		}
		if ring == nil {
			if ring, err = secret.MakeRing(dir); err != nil {
				return err
			}
		}
		if lookup != nil {
			return nil
		}
		return seal(ctx, tx, ring)
	})
	if err != nil {
		return nil, err
	}
	return ring, nil
}

// seal creates the installation's own secret.
func seal(ctx context.Context, tx *sql.Tx, ring *secret.Ring) error {
	sealed, err := ring.Seal(secret.Random(), secret.ForLookup)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE installation SET lookup_key = $1, key_id = $2`, sealed, ring.IDs()[0]); err != nil {
		return fmt.Errorf("writing down which key is used: %w", err)
	}
	return nil
}

// missing is what a ring does not open.
type missing struct {
	ids    []string // of the keys that it lacks
	values int
	where  []string // some of the values
}

func (m *missing) add(id, where string) {
	if id != "" && !slices.Contains(m.ids, id) {
		m.ids = append(m.ids, id)
	}
	if where == "" {
		return
	}
	if m.values++; len(m.where) < 5 {
		m.where = append(m.where, where)
	}
}

// locked returns what ring, which may be nil, does not open.
func locked(ctx context.Context, tx *sql.Tx, ring *secret.Ring, lookup []byte, id string) (missing, error) {
	var m missing
	var prefixes [][]byte
	if ring != nil {
		prefixes = ring.Prefixes()
	}
	opens := func(sealed []byte, use string) bool {
		if ring == nil {
			return false
		}
		_, err := ring.Open(sealed, use)
		return err == nil
	}
	if lookup != nil && !opens(lookup, secret.ForLookup) {
		m.add(id, "")
	}
	if prefixes == nil {
		prefixes = [][]byte{}
	}
	for _, c := range columns {
		err := c.each(ctx, tx, prefixes, func(batch []row) error {
			for _, r := range batch {
				if !opens(r.sealed, c.context) {
					m.add(secret.SealedBy(r.sealed), fmt.Sprintf("%s %d", c.table, r.id))
				}
			}
			return nil
		})
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

// refuse returns an error with the keys wanted, those given, and how to give them.
func (m *missing) refuse(ring *secret.Ring, dir string) error {
	wanted := "another key"
	if len(m.ids) > 0 {
		wanted = "key " + strings.Join(m.ids, ", ")
	}
	given := fmt.Sprintf("there is no key: POSTRIDER_KEY is not set, and %s does not exist", secret.KeyFile(dir))
	if ring != nil {
		given = "the key given is " + ring.String()
	}
	what := "this installation's secrets are"
	if m.values > 0 {
		what = fmt.Sprintf("%d stored secrets (%s) are", m.values, strings.Join(m.where, ", "))
	}
	return fmt.Errorf("%s sealed with %s, and %s. Give the key that is missing in POSTRIDER_KEY, after the one that is to seal from now on, "+
		"with a comma between them; `postrider key rotate` then seals everything with the first", what, wanted, given)
}
