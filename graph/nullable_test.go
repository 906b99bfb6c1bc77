package graph_test

import (
	"testing"

	"postrider/graph"
)

// A field that some viewer of its object may not see is nullable: otherwise one such field
// empties the whole answer. Exempt are fields that every signed-in viewer with read may see, and
// mutations and subscriptions, which return one object.
func TestWhatAViewerMayNotSeeCanBeNull(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for _, def := range append(objects(schema), schema.Query) {
		for _, f := range def.Fields {
			rule := f.Directives.ForName("auth")
			if rule == nil || def == schema.Query && len(rule.Arguments) == 0 {
				continue
			}
			if f.Type.NonNull {
				t.Errorf("%s.%s is %s, and not for everybody: take away its last !", def.Name, f.Name, f.Type)
			}
		}
	}
}

func TestWhatAViewerMayNotSeeIsNullAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.post(t, w.session(t, w.a.user.Email), `{
		offers { edges { node { id name usedToday } } }
		affiliates { edges { node { id } } }
		campaigns { edges { node { name } } }
	}`, nil)
	if empty(res.at(t, "offers", "edges", 0, "node", "name")) || empty(res.at(t, "campaigns", "edges", 0, "node", "name")) {
		t.Errorf("the rest of the answer is gone: %s", res.body)
	}
	if res.at(t, "offers", "edges", 0, "node", "usedToday") != nil || res.at(t, "affiliates") != nil {
		t.Errorf("it shows what is for staff: %s", res.body)
	}
	said := map[any]bool{}
	for _, e := range res.Errors {
		if e.Extensions["code"] != "FORBIDDEN" {
			t.Errorf("%v says %v", e.Path, e.Extensions)
		}
		said[e.Path[len(e.Path)-1]] = true
	}
	if !said["usedToday"] || !said["affiliates"] {
		t.Errorf("the errors name %v", said)
	}
}
