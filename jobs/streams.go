package jobs

import (
	"context"

	"postrider/internal/pg"
	"postrider/outbox"
)

const streamBatch = 1000 // streams that one round looks at

// streams gives those that have something waiting, from where the last round
// left off; after the last comes the first again.
func (p *promoter) streams(ctx context.Context) ([]outbox.Stream, error) {
	found, err := p.walk(ctx, p.after)
	if err != nil {
		return nil, err
	}
	if len(found) < streamBatch && p.after != (outbox.Stream{}) {
		more, err := p.walk(ctx, outbox.Stream{})
		if err != nil {
			return nil, err
		}
		seen := make(map[outbox.Stream]struct{}, len(found))
		for _, s := range found {
			seen[s] = struct{}{}
		}
		for _, s := range more[:min(len(more), streamBatch-len(found))] {
			if _, twice := seen[s]; !twice {
				found = append(found, s)
			}
		}
	}
	p.after = outbox.Stream{}
	if len(found) == streamBatch {
		p.after = found[len(found)-1]
	}
	return found, nil
}

func (p *promoter) walk(ctx context.Context, after outbox.Stream) ([]outbox.Stream, error) {
	return outbox.Streams(ctx, pg.NewGroup(p.engine.Pool.Pgx), after, streamBatch)
}
