package page

import (
	"context"
	"reflect"
	"slices"

	"entgo.io/ent/dialect/sql"

	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// defaultSize is the size of a page without first or last.
const defaultSize = 20

// MaxSize is the maximum number of rows of a page.
const MaxSize = 100

// Args are the arguments of a list.
type Args struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Row is an ent row with a global id, which is also its cursor.
type Row interface{ GlobalID() string }

// query is what ent generates for every entity.
type query[Q any, P, O ~func(*sql.Selector), T any] interface {
	Where(predicates ...P) Q
	Order(order ...O) Q
	Limit(limit int) Q
	Offset(offset int) Q
	All(ctx context.Context) ([]T, error)
	Count(ctx context.Context) (int, error)
	Exist(ctx context.Context) (bool, error)
	Clone() Q
}

// Of reads one page of a query, newest first.
func Of[Q query[Q, P, O, T], P, O ~func(*sql.Selector), T Row](ctx context.Context, q Q, a Args) (*Connection[T], error) {
	return In(ctx, q, a, Order[T]{})
}

// In reads one page of a query in an order. It is keyset pagination: a cursor has what its row is
// sorted by, so that a page costs the same wherever it is in the list.
func In[Q query[Q, P, O, T], P, O ~func(*sql.Selector), T Row](ctx context.Context, q Q, a Args, order Order[T]) (*Connection[T], error) {
	size, err := a.Size()
	if err != nil {
		return nil, err
	}
	bounds, err := order.bounds(a)
	if err != nil {
		return nil, err
	}
	all := q.Clone()
	for _, within := range bounds {
		q = q.Where(P(within))
	}
	rows, err := q.Order(O(order.sort(a))).Limit(size + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	c := connect(rows, a, size, order)
	c.total = totalOf(all.Clone)
	return c, nil
}

// connect makes a page of the rows that were read for it, one more than its size if there are more.
func connect[T Row](rows []T, a Args, size int, order Order[T]) *Connection[T] {
	more := len(rows) > size
	if more {
		rows = rows[:size]
	}
	if a.Last != nil {
		slices.Reverse(rows)
	}
	c := &Connection[T]{Edges: make([]*Edge[T], len(rows)), PageInfo: &Info{}}
	for i, row := range rows {
		c.Edges[i] = &Edge[T]{Node: row, Cursor: order.cursor(row)}
	}
	if n := len(rows); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	if a.Last != nil {
		c.PageInfo.HasPreviousPage, c.PageInfo.HasNextPage = more, a.Before != nil
	} else {
		c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage = more, a.After != nil
	}
	return c
}

// Size returns how many rows a page has.
func (a Args) Size() (int, error) {
	if a.First != nil && a.Last != nil {
		return 0, problem.Invalid("first", "use first or last, not both")
	}
	for name, n := range map[string]*int{"first": a.First, "last": a.Last} {
		if n != nil && (*n < 1 || *n > MaxSize) {
			return 0, problem.Invalid(name, "%d is not between 1 and %d", *n, MaxSize)
		}
	}
	switch {
	case a.First != nil:
		return *a.First, nil
	case a.Last != nil:
		return *a.Last, nil
	}
	return defaultSize, nil
}

// kind returns the prefix of a row's global ids.
func kind[T Row]() string {
	row, _ := reflect.TypeAssert[Row](reflect.New(reflect.TypeFor[T]().Elem()))
	id, _ := globalid.Parse(row.GlobalID())
	return id.Kind
}
