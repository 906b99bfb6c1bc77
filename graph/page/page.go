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
	All(ctx context.Context) ([]T, error)
}

// Of reads one page of a query, newest first. It is keyset pagination: rows are ordered by their
// keys, and a cursor is the key of its row, so that a page costs the same wherever it is in the
// list.
func Of[Q query[Q, P, O, T], P, O ~func(*sql.Selector), T Row](ctx context.Context, q Q, a Args) (*Connection[T], error) {
	size, err := a.Size()
	if err != nil {
		return nil, err
	}
	for _, bound := range []struct {
		cursor *string
		than   func(column string, value any) *sql.Predicate
	}{{a.After, sql.LT}, {a.Before, sql.GT}} {
		if bound.cursor == nil {
			continue
		}
		key, err := key[T](*bound.cursor)
		if err != nil {
			return nil, err
		}
		q = q.Where(func(s *sql.Selector) { s.Where(bound.than(s.C("id"), key)) })
	}
	backwards := a.Last != nil
	order := sql.OrderDesc()
	if backwards {
		order = sql.OrderAsc()
	}
	rows, err := q.Order(O(sql.OrderByField("id", order).ToFunc())).Limit(size + 1).All(ctx)
	if err != nil {
		return nil, err
	}
	more := len(rows) > size
	if more {
		rows = rows[:size]
	}
	if backwards {
		slices.Reverse(rows)
	}
	return connect(rows, a, more), nil
}

func connect[T Row](rows []T, a Args, more bool) *Connection[T] {
	c := &Connection[T]{Edges: make([]*Edge[T], len(rows)), PageInfo: &Info{}}
	for i, row := range rows {
		c.Edges[i] = &Edge[T]{Node: row, Cursor: row.GlobalID()}
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

// key parses a cursor of a list: a number for configuration rows, a UUID for facts.
func key[T Row](cursor string) (any, error) {
	id, ok := globalid.Parse(cursor)
	if ok && id.Kind == kind[T]() {
		if u, ok := id.UUID(); ok {
			return u, nil
		}
		if n, ok := id.Int(); ok {
			return n, nil
		}
	}
	return nil, problem.Invalid("cursor", "%q is not a cursor of this list", cursor)
}

// kind returns the prefix of a row's global ids.
func kind[T Row]() string {
	row, _ := reflect.TypeAssert[Row](reflect.New(reflect.TypeFor[T]().Elem()))
	id, _ := globalid.Parse(row.GlobalID())
	return id.Kind
}
