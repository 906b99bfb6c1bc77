package graph

import (
	"context"

	"postrider/graph/gen"
)

// archive archives the row of a global id, or restores it.
func archive[T any](ctx context.Context, kind, id string, archived bool, set func(context.Context, int64, bool) (*T, error)) (*T, []*gen.UserError, error) {
	var row *T
	key, err := intID(kind, "id", id)
	if err == nil {
		row, err = set(ctx, key, archived)
	}
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		row = nil
	}
	return row, errs, err
}

// remove deletes the row of a global id, and returns the id; nil if it was refused.
func remove(ctx context.Context, kind, id string, del func(context.Context, int64) error) (*string, []*gen.UserError, error) {
	key, err := intID(kind, "id", id)
	if err == nil {
		err = del(ctx, key)
	}
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return nil, errs, err
	}
	return &id, errs, nil
}

// listed reports whether a list shows a row: archived false leaves archived ones out, true shows
// only these, nil shows both.
func listed(archived *bool, isArchived bool) bool { return archived == nil || *archived == isArchived }
