package graph

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/internal/live"
	"postrider/internal/viewer"
)

// defaultLookEvery is how often a subscription looks at what nobody announces.
const defaultLookEvery = time.Second

// watch streams what a hub publishes and a viewer may see, for as long as it is
// subscribed. What was missed is not told.
func watch[T any](ctx context.Context, hub *live.Hub[T]) (<-chan T, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	sub := hub.Subscribe(scope.Sees, func(T) bool { return true })
	items := make(chan T)
	go func() {
		defer close(items)
		defer sub.Close()
		for {
			published, _, err := sub.Next(ctx)
			if err != nil {
				return
			}
			for _, item := range published {
				if !send(ctx, items, item) {
					return
				}
			}
		}
	}()
	return items, nil
}

// look streams what look gives, asked again and again, until it says that there
// will be no more. It is for what is too frequent to be announced: the server asks
// itself so that no page has to.
func look[T any](ctx context.Context, every time.Duration, ask func(ctx context.Context) (found []T, more bool, err error)) <-chan T {
	items := make(chan T)
	go func() {
		defer close(items)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			found, more, err := ask(ctx)
			if err != nil && ctx.Err() != nil {
				return
			}
			for _, item := range found {
				if !send(ctx, items, item) {
					return
				}
			}
			if !more {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return items
}

// recent remembers which facts were shown, for as long as they could be read
// again.
type recent map[uuid.UUID]time.Time

// fresh leaves out what was shown before.
func (r recent) fresh(clicks []*db.Click, since time.Time) []*db.Click {
	for id, at := range r {
		if at.Before(since) {
			delete(r, id)
		}
	}
	var list []*db.Click
	for _, c := range clicks {
		if _, shown := r[c.ID]; !shown {
			r[c.ID] = c.ClickedAt
			list = append(list, c)
		}
	}
	return list
}
