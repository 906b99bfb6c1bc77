package pg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// OpenVia is Open over connections of dial.
func OpenVia(ctx context.Context, cfg Config, dial pgconn.DialFunc) (*Pool, error) {
	return open(ctx, cfg, dial)
}

// Start is the first moment of the month.
func (m Month) Start() time.Time { return m.start }
