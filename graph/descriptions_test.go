package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
)

// Whoever generates code from the schema or reads it in an explorer has no other page beside it.
func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	check := func(what, says string) {
		says = strings.TrimSpace(says)
		if says == "" {
			t.Errorf("%s has no description", what)
		} else if end := says[len(says)-1]; end != '.' && end != '`' && !strings.HasSuffix(says, "…") {
			t.Errorf("%s: %q is not a sentence", what, says)
		}
	}
	arguments := func(what string, list ast.ArgumentDefinitionList) {
		for _, a := range list {
			check(what+"("+a.Name+":)", a.Description)
		}
	}
	for name, def := range schema.Types {
		if def.BuiltIn || strings.HasPrefix(name, "__") {
			continue
		}
		check(name, def.Description)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			check(name+"."+f.Name, f.Description)
			arguments(name+"."+f.Name, f.Arguments)
		}
		for _, v := range def.EnumValues {
			check(name+"."+v.Name, v.Description)
		}
	}
	for name, d := range schema.Directives {
		if d.Position == nil || d.Position.Src == nil || !d.Position.Src.BuiltIn {
			check("@"+name, d.Description)
			arguments("@"+name, d.Arguments)
		}
	}
}

// What only staff, or only tokens with some scope, may use says so where it is read.
func TestWhatStaffAloneMayUseSaysSo(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for name, def := range schema.Types {
		for _, f := range def.Fields {
			rule := f.Directives.ForName("auth")
			if rule == nil {
				continue
			}
			for _, a := range rule.Arguments {
				if want := needs(a); want != "" && !strings.Contains(f.Description, want) {
					t.Errorf("%s.%s needs %s: %s, and does not say %q: %q", name, f.Name, a.Name, a.Value, want, f.Description)
				}
			}
		}
	}
}

// needs returns what the description of a field has to say about an argument of its @auth.
func needs(a *ast.Argument) string {
	switch {
	case a.Name == "role" && a.Value.Raw == "MANAGER":
		return "Staff only"
	case a.Name == "role" && a.Value.Raw == "ADMIN":
		return "Admins only"
	case a.Name == "scope":
		return "`" + a.Value.Raw + "`"
	case a.Name == "session" && a.Value.Raw == "true":
		return "session"
	default:
		return ""
	}
}
