package page

import (
	"context"

	"entgo.io/ent/dialect/sql"
)

// Parent is what the rows of a list belong to, where a list has one page for each of several. Its
// rows are those whose column has one of its parts: its key or, where the rows refer to something
// of it, such as the postbacks of a tracker, their keys.
type Parent[K comparable, T any] struct {
	Column string // of the rows
	Type   string // of the column in PostgreSQL
	Key    func(row T) K
	Parts  func(key K) []any
}

// By is the parent that a column of the rows refers to.
func By[K comparable, T any](column, columnType string, key func(row T) K) Parent[K, T] {
	return Parent[K, T]{Column: column, Type: columnType, Key: key, Parts: func(k K) []any { return []any{k} }}
}

// OfEach reads a page for each of several parents in one statement, which takes no more rows of any
// of their parts than a page has. The queries of a list are made by list; matching has to have
// everything that restricts them, what the viewer may see too.
func OfEach[K comparable, Q query[Q, P, O, T], P, O ~func(*sql.Selector), T Row](
	ctx context.Context, list func() Q, matching []P, by Parent[K, T], keys []K, a Args, order Order[T],
) (map[K]*Connection[T], error) {
	size, err := a.Size()
	if err != nil {
		return nil, err
	}
	bounds, err := order.bounds(a)
	if err != nil {
		return nil, err
	}
	var parts []any
	for _, key := range keys {
		parts = append(parts, by.Parts(key)...)
	}
	each := func(s *sql.Selector) {
		one := sql.Dialect(s.Dialect()).Select().From(sql.Table(s.TableName()).As("nested"))
		one.Select(one.C("id"))
		for _, p := range matching {
			p(one)
		}
		for _, within := range bounds {
			within(one)
		}
		one.Where(sql.ExprP(one.C(by.Column) + " = part.key"))
		order.sort(a)(one)
		one.Limit(size + 1)
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(s.C("id")).WriteString(" IN (SELECT page.id FROM unnest(ARRAY[").Args(parts...).WriteString("]::" + by.Type + "[]) AS part (key) CROSS JOIN LATERAL ").
				Wrap(func(b *sql.Builder) { b.Join(one) }).WriteString(" AS page)")
		}))
	}
	rows, err := list().Where(P(each)).Order(O(order.sort(a))).All(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[K][]T, len(keys))
	for _, row := range rows {
		of[by.Key(row)] = append(of[by.Key(row)], row)
	}
	pages := make(map[K]*Connection[T], len(keys))
	for _, key := range keys {
		pages[key] = connect(of[key], a, size, order)
		pages[key].total = totalOf(func() Q {
			return list().Where(matching...).Where(func(s *sql.Selector) { s.Where(sql.In(s.C(by.Column), by.Parts(key)...)) })
		})
	}
	return pages, nil
}
