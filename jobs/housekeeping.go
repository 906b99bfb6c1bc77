package jobs

import (
	"context"
	"fmt"
	"time"
)

// What is kept for how long, and how far ahead months are made.
const (
	echoKept    = 7 * 24 * time.Hour
	monthsAhead = 3
)

// keepHouse makes the partitions of the months ahead, long before a row needs
// them, and drops what nobody looks at any more. Any node may do it at any time.
func (e *Engine) keepHouse(ctx context.Context) error {
	now := e.Now().UTC()
	for _, chore := range []struct {
		what string
		sql  string
		args []any
	}{
		{"making partitions", `SELECT make_partitions($1, $2)`, []any{now, now.AddDate(0, monthsAhead, 0)}},
		{"dropping old echoes", `DELETE FROM echo_requests WHERE id < uuid_floor($1)`, []any{now.Add(-echoKept)}},
		{"dropping sessions that are over", `DELETE FROM sessions WHERE expiry < $1`, []any{now}},
	} {
		if _, err := e.Pool.Pgx.Exec(ctx, chore.sql, chore.args...); err != nil {
			return fmt.Errorf("%s: %w", chore.what, err)
		}
	}
	return nil
}
