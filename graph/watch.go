package graph

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/internal/live"
	"postrider/internal/viewer"
)

// defaultLookEvery is the default of Config.LookEvery.
const defaultLookEvery = time.Second

// watch streams what a hub publishes and the viewer may see, for as long as it is subscribed.
// Missed items are not reported.
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

// look streams what ask returns, polling it until it reports that there will be no more. It is for
// what is too frequent to be announced: the server polls so that no page has to.
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

// recent holds the facts that were streamed, for as long as they could be read again.
type recent map[uuid.UUID]time.Time

// fresh returns the clicks that were not streamed before.
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
