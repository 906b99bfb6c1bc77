package graph

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vikstrous/dataloadgen"

	"postrider/backoffice"
	"postrider/ent/db"
	"postrider/report"
)

// loaders batches the many small look-ups of one response into a few queries: each waits briefly for
// others of its kind. They live for one response, so a subscription reads current rows for every
// event.
type loaders struct {
	rowLoaders
	listLoaders
	reportLoaders
	trackerLoaders
	staffLoaders
	aggregatedLoaders
	lists *pageLoaders
}

// defaultLoaderWait is how long a loader waits for others of its kind.
const defaultLoaderWait = time.Millisecond

func newLoaders(c *db.Client, health *report.Health, home *report.Home, gaps *report.Gaps, office *backoffice.Office, wait time.Duration) *loaders {
	return &loaders{rowLoaders: newRowLoaders(c, wait), listLoaders: newListLoaders(c, wait), reportLoaders: newReportLoaders(health, home, gaps, wait), trackerLoaders: newTrackerLoaders(c, health, gaps, wait), staffLoaders: newStaffLoaders(office, wait),
		aggregatedLoaders: newAggregatedLoaders(c, wait), lists: &pageLoaders{of: map[*ast.Field]any{}, wait: wait}}
}

// one returns a loader of rows by their key; a row that does not exist, or that this viewer may
// not see, is nil.
func one[K comparable, T any](wait time.Duration, fetch func(ctx context.Context, keys []K) ([]*T, error), key func(*T) K) *dataloadgen.Loader[K, *T] {
	return dataloadgen.NewMappedLoader(func(ctx context.Context, keys []K) (map[K]*T, error) {
		rows, err := fetch(ctx, keys)
		if err != nil {
			return nil, err
		}
		found := make(map[K]*T, len(keys))
		for _, row := range rows {
			found[key(row)] = row
		}
		return found, nil
	}, dataloadgen.WithWait(wait))
}

// many returns a loader of rows by what they belong to.
func many[K comparable, T any](wait time.Duration, fetch func(ctx context.Context, keys []K) ([]*T, error), key func(*T) K) *dataloadgen.Loader[K, []*T] {
	return dataloadgen.NewMappedLoader(func(ctx context.Context, keys []K) (map[K][]*T, error) {
		rows, err := fetch(ctx, keys)
		if err != nil {
			return nil, err
		}
		found := make(map[K][]*T, len(keys))
		for _, k := range keys {
			found[k] = []*T{}
		}
		for _, row := range rows {
			found[key(row)] = append(found[key(row)], row)
		}
		return found, nil
	}, dataloadgen.WithWait(wait))
}

type loadersKey struct{}

// withLoaders gives each response loaders of its own.
func (r *Resolver) withLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(r.freshLoaders(ctx))
}

// freshLoaders returns a context with loaders that have cached nothing yet.
func (r *Resolver) freshLoaders(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadersKey{}, newLoaders(r.Client, r.Health, r.Home, r.Gaps, r.office(), r.LoaderWait))
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) } // set for every response

// find loads a row that may be absent or hidden: then it is nil.
func find[K comparable, T any](ctx context.Context, l *dataloadgen.Loader[K, *T], key *K) (*T, error) {
	if key == nil {
		return nil, nil
	}
	row, err := l.Load(ctx, *key)
	if errors.Is(err, dataloadgen.ErrNotFound) {
		return nil, nil
	}
	return row, err
}
