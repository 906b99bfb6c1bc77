package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const streamBatch = 1000 // streams that one round looks at

// stream is what one affiliate has waiting for one endpoint: it goes out in its
// order, live before retries before replays.
type stream struct {
	endpoint  string
	affiliate int64
}

// streams gives those that have something waiting, from where the last round
// left off; after the last comes the first again.
func (p *promoter) streams(ctx context.Context) ([]stream, error) {
	found, err := p.walk(ctx, p.after)
	if err != nil {
		return nil, err
	}
	if len(found) < streamBatch && p.after != (stream{}) {
		more, err := p.walk(ctx, stream{})
		if err != nil {
			return nil, err
		}
		seen := make(map[stream]struct{}, len(found))
		for _, s := range found {
			seen[s] = struct{}{}
		}
		for _, s := range more[:min(len(more), streamBatch-len(found))] {
			if _, twice := seen[s]; !twice {
				found = append(found, s)
			}
		}
	}
	p.after = stream{}
	if len(found) == streamBatch {
		p.after = found[len(found)-1]
	}
	return found, nil
}

func (p *promoter) walk(ctx context.Context, after stream) ([]stream, error) {
	rows, err := p.engine.Pool.Pgx.Query(ctx, streamsSQL, after.endpoint, after.affiliate, streamBatch)
	if err != nil {
		return nil, fmt.Errorf("looking at what is parked: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s stream, err error) {
		return s, row.Scan(&s.endpoint, &s.affiliate)
	})
	if err != nil {
		return nil, fmt.Errorf("looking at what is parked: %w", err)
	}
	return found, nil
}
