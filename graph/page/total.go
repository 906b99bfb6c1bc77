package page

import (
	"context"
	"fmt"
	"sync"

	"entgo.io/ent/dialect/sql"
)

// MaxTotal is how many rows of a list are counted at most.
const MaxTotal = 10_000

// total counts the rows of a list once, when it is first asked for.
type total func(ctx context.Context) (count int, capped bool, err error)

// totalOf returns the total of the lists that make returns. No more than MaxTotal rows, and the
// next one, are read.
func totalOf[Q query[Q, P, O, T], P, O ~func(*sql.Selector), T any](list func() Q) total {
	var (
		once   sync.Once
		count  int
		capped bool
		failed error
	)
	return func(ctx context.Context) (int, bool, error) {
		once.Do(func() {
			if capped, failed = list().Offset(MaxTotal).Exist(ctx); failed == nil && capped {
				count = MaxTotal
				return
			}
			if failed == nil {
				count, failed = list().Count(ctx)
			}
			if failed != nil {
				failed = fmt.Errorf("counting the rows of a list: %w", failed)
			}
		})
		return count, capped, failed
	}
}

// TotalCount returns how many rows the list has, MaxTotal at most.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) {
	count, _, err := c.total(ctx)
	return count, err
}

// TotalCountCapped reports whether the list has more rows than TotalCount returns.
func (c *Connection[T]) TotalCountCapped(ctx context.Context) (bool, error) {
	_, capped, err := c.total(ctx)
	return capped, err
}
