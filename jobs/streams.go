package jobs

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/internal/pg"
	"postrider/outbox"
)

const streamBatch = 1000 // streams that one round reads

// streams pages through the streams that have something parked, by keyset pagination.
type streams struct {
	pool  *pgxpool.Pool
	after outbox.Stream // where the next round begins
}

// next returns those that have something parked, from where the last round left off; after
// the last comes the first again.
func (s *streams) next(ctx context.Context) ([]outbox.Stream, error) {
	found, err := s.walk(ctx, s.after)
	if err != nil {
		return nil, err
	}
	if len(found) < streamBatch && s.after != (outbox.Stream{}) {
		more, err := s.walk(ctx, outbox.Stream{})
		if err != nil {
			return nil, err
		}
		seen := make(map[outbox.Stream]struct{}, len(found))
		for _, stream := range found {
			seen[stream] = struct{}{}
		}
		for _, stream := range more[:min(len(more), streamBatch-len(found))] {
			if _, twice := seen[stream]; !twice {
				found = append(found, stream)
			}
		}
	}
	s.after = outbox.Stream{}
	if len(found) == streamBatch {
		s.after = found[len(found)-1]
	}
	return found, nil
}

func (s *streams) walk(ctx context.Context, after outbox.Stream) ([]outbox.Stream, error) {
	return outbox.Streams(ctx, pg.NewGroup(s.pool), after, streamBatch)
}
