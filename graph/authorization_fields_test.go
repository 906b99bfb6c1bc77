package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/internal/installation"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// reach is the path to types without an id of their own.
var reach = map[string]string{"Viewer": "viewer", "Instance": "instance"}

// rootsAtOnce is how many root fields an operation may have.
const rootsAtOnce = 30

// tryFields queries every field of A's objects of one type.
func (w *world) tryFields(t *testing.T, c *cast, def *ast.Definition, row func(name, says string)) {
	t.Helper()
	if def.Name == "Instance" { // so that there is a hold to see
		must(t, installation.Begin(t.Context(), w.db.SQL, installation.Asked, "moving"))
	}
	says := map[string][]string{}
	for _, column := range columns {
		var asked []string
		for _, f := range def.Fields {
			if root := reach[def.Name]; root != "" {
				asked = append(asked, fmt.Sprintf("%s: %s { %s }\n", f.Name, root, selection(f)))
				continue
			}
			for i, id := range w.objectsOf(t, def.Name) {
				asked = append(asked, fmt.Sprintf("%s_%d: node(id: %q) { ... on %s { %s } }\n", f.Name, i, id, def.Name, selection(f)))
			}
		}
		res := &response{Data: map[string]any{}}
		for some := range slices.Chunk(asked, rootsAtOnce) {
			part := w.post(t, c.as(column, viewer.Read), "{"+strings.Join(some, "")+"}", nil)
			maps.Copy(res.Data, part.Data)
			res.Errors = append(res.Errors, part.Errors...)
		}
		for _, f := range def.Fields {
			got := outcomeOf(t, res, f.Name)
			says[f.Name] = append(says[f.Name], string(got))
		}
	}
	for _, f := range def.Fields {
		row(def.Name+"."+f.Name, strings.Join(says[f.Name], " "))
	}
}

// objectsOf returns A's objects of a type, or those that belong to no affiliate.
func (w *world) objectsOf(t *testing.T, kind string) []string {
	t.Helper()
	if own := w.a.ids[kind]; kind == "Conversion" {
		return append(slices.Clone(own), w.orphan, w.undone)
	} else if len(own) > 0 {
		return own
	}
	ctx, c := pgtest.System(t), w.db.Client()
	switch kind {
	case "Offer":
		return []string{globalid.Int(kind, w.offer)}
	case "Integration":
		return []string{globalid.Int(kind, w.integration.ID)}
	case "LandingPage":
		id, err := c.LandingPage.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.Int(kind, id)}
	case "Goal":
		id, err := c.Goal.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.Int(kind, id)}
	}
	if found := w.staffObjects(t, kind); found != nil {
		return found
	}
	t.Errorf("the world has no %s: give A one in world_test.go", kind)
	return nil
}

func selection(f *ast.FieldDefinition) string {
	if f.Type.Name() == "" || isLeaf(f.Type.Name()) {
		return f.Name
	}
	return f.Name + " { __typename }"
}

func isLeaf(name string) bool {
	def := graph.Schema(&graph.Resolver{}).Schema().Types[name]
	return def.Kind == ast.Scalar || def.Kind == ast.Enum
}

// outcomeOf returns the outcome of a field that was queried under aliases that begin with its
// name, of one object or several: shown if one of them shows it.
func outcomeOf(t *testing.T, res *response, field string) outcome {
	t.Helper()
	mine := func(alias string) bool { return alias == field || strings.HasPrefix(alias, field+"_") }
	best := hidden
	for _, e := range res.Errors {
		if alias, _ := e.Path[0].(string); !mine(alias) {
			continue
		}
		if code := e.Extensions["code"]; code != "FORBIDDEN" && code != "UNAUTHENTICATED" {
			t.Errorf("%s: %s", field, e.Message)
		}
		best = denied
	}
	for alias, v := range res.Data {
		if object, ok := v.(map[string]any); ok && mine(alias) && !empty(object[field]) {
			return shown
		}
	}
	return best
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}
