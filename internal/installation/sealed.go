package installation

import (
	"context"
	"database/sql"
	"fmt"

	"postrider/internal/pg"
	"postrider/internal/secret"
)

// column is a column of sealed values.
type column struct {
	table, name string
	context     string // the context given to Seal
}

// columns lists every column of sealed values except the installation's own. A test compares it
// with the database.
var columns = []column{
	{"integration_secrets", "sealed", secret.ForIntegration},
	{"postbacks", "signing_secret", secret.ForPostback},
	{"postbacks", "retired_signing_secret", secret.ForPostback},
	{"idempotency_keys", "secret", secret.ForRepeat},
}

// batchRows is how many values are read, or resealed, at once.
const batchRows = 500

// row is one sealed value.
type row struct {
	id     int64
	sealed []byte
}

// next reads the values of a column after an id that begin with none of prefixes.
func (c column) next(ctx context.Context, db pg.Querier, after int64, prefixes [][]byte) ([]row, error) {
	var found []row
	err := pg.Each(ctx, db, "reading "+c.String(), func(rows *sql.Rows) error {
		var r row
		if err := rows.Scan(&r.id, &r.sealed); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	}, fmt.Sprintf(
		`SELECT id, %[2]s FROM %[1]s WHERE id > $1 AND %[2]s IS NOT NULL AND NOT substring(%[2]s FROM 1 FOR 5) = ANY($2) ORDER BY id LIMIT $3`,
		c.table, c.name), after, prefixes, batchRows)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// each calls do, batch by batch, with the values of a column that begin with none of prefixes.
func (c column) each(ctx context.Context, db pg.Querier, prefixes [][]byte, do func(batch []row) error) error {
	for after := int64(0); ; {
		batch, err := c.next(ctx, db, after, prefixes)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := do(batch); err != nil {
			return err
		}
		after = batch[len(batch)-1].id
	}
}

// String returns the column's name for messages.
func (c column) String() string { return c.table + "." + c.name }
