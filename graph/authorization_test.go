package graph_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	"postrider/internal/viewer"
)

var updateAuthorization = flag.Bool("update-authorization", false, "write testdata/authorization.txt anew")

const authorizationFile = "testdata/authorization.txt"

// outcome is what a viewer gets for an object of affiliate A's.
type outcome string

const (
	denied  outcome = "denied"  // a permission error
	hidden  outcome = "hidden"  // as if there were no such object
	shown   outcome = "shown"   // the object
	refused outcome = "refused" // of mutations: userErrors, and nothing changed
	done    outcome = "done"    // of mutations
)

// The columns of the table.
var columns = []string{"nobody", "another", "own", "manager", "admin", "scopeless"}

// cast has the viewers by column; scopeless depends on the scope that the field needs.
type cast struct {
	emails    map[string]string
	sessions  map[string]who
	scopeless map[viewer.Scope]who // tokens that lack one scope; sessionOnly: with every one
}

func (w *world) cast(t testing.TB) *cast {
	t.Helper()
	c := &cast{
		emails: map[string]string{
			"another": w.b.user.Email, "own": w.a.user.Email,
			"manager": w.user(t, viewer.Manager, 0).Email, "admin": w.user(t, viewer.Admin, 0).Email,
		},
		sessions: map[string]who{"nobody": nobody}, scopeless: map[viewer.Scope]who{},
	}
	for column, email := range c.emails {
		c.sessions[column] = w.session(t, email)
	}
	for _, lacking := range append(viewer.Scopes(), sessionOnly) {
		var names []string
		for _, s := range viewer.Scopes() {
			if s != lacking {
				names = append(names, string(s))
			}
		}
		c.scopeless[lacking] = w.token(t, w.a.user.Email, names...)
	}
	return c
}

// as returns how the viewer of a column authenticates for a field of the schema.
func (c *cast) as(column string, needed viewer.Scope) who {
	if column == "scopeless" {
		return c.scopeless[needed]
	}
	return c.sessions[column]
}

// sessionOnly stands for a scope where no token is accepted.
const sessionOnly viewer.Scope = ""

// scopeOf returns the scope that @auth requires of a token.
func scopeOf(f *ast.FieldDefinition) viewer.Scope {
	if d := f.Directives.ForName("auth"); d != nil {
		if session := d.Arguments.ForName("session"); session != nil && session.Value.Raw == "true" {
			return sessionOnly
		}
		if scope := d.Arguments.ForName("scope"); scope != nil {
			return viewer.Scope(strings.ToLower(scope.Value.Raw))
		}
	}
	return viewer.Read
}

// The table in testdata has the outcome of every field, query, mutation and subscription of the
// schema for each viewer. A new field fails until it has a row.
func TestAuthorizationTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.cast(t)
	schema := graph.Schema(&graph.Resolver{}).Schema()
	found := map[string]string{}
	var order []string
	row := func(name, says string) {
		found[name] = says
		order = append(order, name)
	}
	w.tryQueries(t, c, schema, row)
	w.tryMutations(t, c, schema, row)
	w.trySubscriptions(t, c, schema, row)
	for _, def := range objects(schema) {
		if slices.Contains(def.Interfaces, "Node") || reach[def.Name] != "" {
			w.tryFields(t, c, def, row)
			continue
		}
		via := reachedBy(schema, def.Name)
		for _, f := range def.Fields {
			row(def.Name+"."+f.Name, "via "+via)
		}
	}
	if *updateAuthorization {
		writeTable(t, order, found)
	}
	compare(t, readTable(t), found, order)
}

// compare compares what was found with the table.
func compare(t *testing.T, table, found map[string]string, order []string) {
	t.Helper()
	for _, name := range order {
		switch says, ok := table[name]; {
		case !ok:
			t.Errorf("%s has no row in %s; if this is right, add:\n%s", name, authorizationFile, line(name, found[name]))
		case says != found[name]:
			t.Errorf("%s\n  the table says %s\n  it is          %s", name, says, found[name])
		}
	}
	for name := range table {
		if _, ok := found[name]; !ok {
			t.Errorf("%s has a row in %s, but the schema has no such field", name, authorizationFile)
		}
	}
}

func line(name, says string) string {
	if strings.HasPrefix(says, "via ") {
		return fmt.Sprintf("%-40s %s", name, says)
	}
	padded := fmt.Sprintf("%-40s", name)
	for word := range strings.FieldsSeq(says) {
		padded += fmt.Sprintf(" %-9s", word)
	}
	return strings.TrimRight(padded, " ")
}

func readTable(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(authorizationFile)
	must(t, err)
	table := map[string]string{}
	for l := range strings.Lines(string(text)) {
		if words := strings.Fields(l); len(words) > 0 && words[0] != "#" {
			table[words[0]] = strings.Join(words[1:], " ")
		}
	}
	return table
}

func writeTable(t *testing.T, order []string, found map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Who gets what of affiliate A's: every query, mutation, subscription and field of the schema.\n" +
		"# denied: an error says so; hidden: null or nothing, as though there were no such thing; shown;\n" +
		"# of mutations: refused (userErrors) or done. scopeless is A's own token without the scope that it needs,\n" +
		"# or with every scope where only a session will do.\n" +
		"# via: a type without an id of its own shows what the field that leads to it shows.\n" +
		"# Printed by `go test ./graph -run TestAuthorizationTable -update-authorization`; read each line that changes.\n")
	kind := ""
	for _, name := range order {
		if k, _, _ := strings.Cut(name, "."); k != kind {
			kind = k
			fmt.Fprintf(&b, "\n%s\n", line("# "+kind, strings.Join(columns, " ")))
		}
		b.WriteString(line(name, found[name]) + "\n")
	}
	must(t, os.WriteFile(authorizationFile, []byte(b.String()), 0o644))
}

// objects lists the object types that are neither roots nor introspection.
func objects(schema *ast.Schema) []*ast.Definition {
	var list []*ast.Definition
	for _, def := range schema.Types {
		if def.Kind == ast.Object && !def.BuiltIn && def != schema.Query && def != schema.Mutation && def != schema.Subscription {
			list = append(list, def)
		}
	}
	slices.SortFunc(list, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// reachedBy returns the first field that returns a type.
func reachedBy(schema *ast.Schema, name string) string {
	roots := []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription}
	for _, def := range append(roots, objects(schema)...) {
		for _, f := range def.Fields {
			if f.Type.Name() == name {
				return def.Name + "." + f.Name
			}
		}
	}
	return "nothing"
}
