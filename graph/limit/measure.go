package limit

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// ceiling is where counting saturates: far above every limit, and far below where a price that
// multiplies it would overflow.
const ceiling = 1 << 30

// Size is how large an operation is.
type Size struct {
	Cost          int // by the prices of the schema; a list counts its rows
	Once          int // the part that the list which these fields are of does not multiply: counting its rows
	Introspection int // the same for __schema and __type, by the sizes of this schema
	Depth         int // levels of fields; introspection, which reads no rows, is not counted
	Roots         int // fields of the operation itself

	Walked int // fields visited by Measure
}

// Most has the limits of an operation. Zero fields mean no limit.
type Most struct {
	Cost, Introspection, Depth, Roots int
}

// Check returns the limit that a size exceeds, or nil.
func (m Most) Check(s Size) *Exceeded {
	switch {
	case m.Roots > 0 && s.Roots > m.Roots:
		return exceeded("roots", m.Roots, "the operation asks for more than %d fields at its root: split it into several", m.Roots)
	case m.Depth > 0 && s.Depth > m.Depth:
		return exceeded("depth", m.Depth, "the operation nests deeper than %d levels", m.Depth)
	case m.Cost > 0 && s.Cost > m.Cost:
		return exceeded("cost", m.Cost, "the operation's complexity is above %d: ask for fewer rows or fewer lists at once", m.Cost)
	case m.Introspection > 0 && s.Introspection > m.Introspection:
		return exceeded("introspection", m.Introspection, "the introspection's complexity is above %d: ask for fewer levels of it at once", m.Introspection)
	}
	return nil
}

// Measure returns the size of a validated operation. Each fragment is visited once, however often
// it is spread, so it takes at most as many steps as the document has fields. rows is the number
// of rows of a list that the schema has no price for.
func Measure(ctx context.Context, es graphql.ExecutableSchema, op *ast.OperationDefinition, vars map[string]any, rows int) Size {
	m := &measurer{ctx: ctx, es: es, vars: vars, rows: rows, known: map[*ast.FragmentDefinition]Size{}}
	size := m.set(op.SelectionSet)
	size.Walked = m.walked
	return size
}

type measurer struct {
	ctx    context.Context
	es     graphql.ExecutableSchema
	vars   map[string]any
	rows   int
	known  map[*ast.FragmentDefinition]Size
	walked int
}

// set returns the size of a selection set. Its Roots are the set's own fields.
func (m *measurer) set(set ast.SelectionSet) Size {
	var sum Size
	for _, selection := range set {
		var s Size
		switch selected := selection.(type) {
		case *ast.Field:
			s = m.field(selected)
		case *ast.InlineFragment:
			s = m.set(selected.SelectionSet)
		case *ast.FragmentSpread:
			s = m.fragment(selected.Definition)
		}
		sum.Cost = min(sum.Cost+s.Cost, ceiling)
		sum.Once = min(sum.Once+s.Once, ceiling)
		sum.Introspection = min(sum.Introspection+s.Introspection, ceiling)
		sum.Roots = min(sum.Roots+s.Roots, ceiling)
		sum.Depth = max(sum.Depth, s.Depth)
	}
	return sum
}

func (m *measurer) fragment(f *ast.FragmentDefinition) Size {
	if f == nil {
		return Size{}
	}
	if size, ok := m.known[f]; ok {
		return size
	}
	m.known[f] = Size{} // a cycle, which validation refuses, costs nothing more
	size := m.set(f.SelectionSet)
	m.known[f] = size
	return size
}

func (m *measurer) field(f *ast.Field) Size {
	m.walked++
	if f.Definition == nil || f.ObjectDefinition == nil {
		return Size{Cost: 1, Depth: 1, Roots: 1}
	}
	child := m.set(f.SelectionSet)
	if strings.HasPrefix(f.ObjectDefinition.Name, "__") { // inside an introspection
		return Size{Cost: m.introspected(f, child.Cost)}
	}
	if strings.HasPrefix(f.Name, "__") {
		return Size{Introspection: m.introspected(f, child.Cost), Roots: 1}
	}
	if isTotal(f) {
		return Size{Once: min(m.price(f, 0), ceiling), Depth: 1, Roots: 1}
	}
	return Size{
		Cost: min(m.price(f, child.Cost)+child.Once, ceiling), Introspection: child.Introspection, Depth: 1 + child.Depth, Roots: 1,
	}
}

// isTotal reports whether a field counts the rows of a connection, however many are on its page.
func isTotal(f *ast.Field) bool {
	return strings.HasPrefix(f.Name, "totalCount") && strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
}

// price returns the schema's price of a field; for an interface's field the highest price of its
// types.
func (m *measurer) price(f *ast.Field, child int) int {
	types := []*ast.Definition{f.ObjectDefinition}
	if f.ObjectDefinition.Kind == ast.Interface {
		types = m.es.Schema().GetPossibleTypes(f.ObjectDefinition)
	}
	most, args := 0, f.ArgumentMap(m.vars)
	for _, t := range types {
		price, ok := m.es.Complexity(m.ctx, t.Name, f.Name, child, args)
		if !ok || price < 1 {
			price = 1 + child
			if f.Definition.Type.Elem != nil && f.Name != "edges" { // a page's rows are priced by its connection
				price = 1 + m.rows*child
			}
		}
		most = max(most, price)
	}
	return most
}

// introspected returns the cost of a field of an introspection: a list counts its fields as many
// times as this schema has of them.
func (m *measurer) introspected(f *ast.Field, child int) int {
	rows := 1
	if f.Definition.Type.Elem != nil {
		switch f.Name {
		case "types":
			rows = len(m.es.Schema().Types)
		case "directives":
			rows = len(m.es.Schema().Directives)
		case "fields", "possibleTypes", "inputFields":
			rows = 10
		case "enumValues":
			rows = 5
		default:
			rows = 2
		}
	}
	return min(1+rows*child, ceiling)
}
