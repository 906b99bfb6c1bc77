package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	"postrider/internal/globalid"
)

// filtered is a field of the API's root with a filter, and how it is asked.
type filtered struct {
	name  string
	input *ast.Definition
	ask   func(filter string) *response
}

// allFiltered returns every field of the schema that takes a filter.
func allFiltered(t *testing.T, a *api, by who) (all []filtered) {
	t.Helper()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for _, root := range []*ast.Definition{schema.Query, schema.Subscription} {
		for _, field := range root.Fields {
			arg := field.Arguments.ForName("filter")
			if arg == nil {
				continue
			}
			selection := "{ __typename }"
			if root == schema.Subscription {
				all = append(all, filtered{"subscription " + field.Name, schema.Types[arg.Type.Name()], func(filter string) *response {
					next, stop := a.events(t, by, fmt.Sprintf("subscription { %s(hello: true, filter: %s) %s }", field.Name, filter, selection))
					defer stop()
					res, _ := next()
					return res
				}})
				continue
			}
			all = append(all, filtered{field.Name, schema.Types[arg.Type.Name()], func(filter string) *response {
				return a.post(t, by, fmt.Sprintf("{ %s(filter: %s) %s }", field.Name, filter, selection), nil)
			}})
		}
	}
	return append(all, filtered{"replayDeliveries", schema.Types["DeliveryFilter"], func(filter string) *response {
		return a.post(t, by, fmt.Sprintf("mutation { replayDeliveries(input: {filter: %s, dryRun: true}) { userErrors { field code message } } }", filter), nil)
	}})
}

// refusal returns the code, the field and the message of a refusal, wherever it is said.
func refusal(res *response) (code, field, message string) {
	if len(res.Errors) > 0 {
		path, _ := res.Errors[0].Extensions["field"].([]any)
		return fmt.Sprint(res.Errors[0].Extensions["code"]), strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]"), res.Errors[0].Message
	}
	var said struct {
		Data map[string]struct {
			UserErrors []struct {
				Field         []string
				Code, Message string
			}
		}
	}
	_ = json.Unmarshal([]byte(res.body), &said)
	for _, payload := range said.Data {
		for _, e := range payload.UserErrors {
			return e.Code, strings.Join(e.Field, "."), e.Message
		}
	}
	return "", "", ""
}

// An id that is none, or another thing's, is said in every filter; one that nobody has matches
// nothing, so that it does not tell what there is.
func TestFiltersRefuseIDsThatAreNone(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	staff := a.staff(t)
	ids := 0
	for _, f := range allFiltered(t, a, staff) {
		for _, field := range f.input.Fields {
			if field.Type.Name() != "ID" {
				continue
			}
			ids++
			good := globalid.Int(kindOf(t, field.Name), 1<<40)
			if code, _, message := refusal(f.ask(fmt.Sprintf("{%s: [%q]}", field.Name, good))); code != "" {
				t.Errorf("%s, %s: an id that nobody has: %s %s", f.name, field.Name, code, message)
			}
			for _, bad := range []string{"nonsense", "", globalid.Int("Deal", 1), globalid.Int(kindOf(t, field.Name), 1) + "!"} {
				code, at, message := refusal(f.ask(fmt.Sprintf("{%s: [%q, %q]}", field.Name, good, bad)))
				if code != "INVALID" || !strings.HasSuffix(at, "filter."+field.Name+".1") || !strings.Contains(message, fmt.Sprintf("%q", bad)) {
					t.Errorf("%s, %s, %q: %s at %s: %s", f.name, field.Name, bad, code, at, message)
				}
			}
		}
	}
	if ids < 25 {
		t.Errorf("only %d ids of filters were tried", ids)
	}
}

// kindOf returns the kind of the ids of a filter's field: Campaign of campaignIds.
func kindOf(t *testing.T, field string) string {
	t.Helper()
	name, ok := strings.CutSuffix(field, "Ids")
	if !ok {
		t.Fatalf("%s is an ID of what?", field)
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// A range that ends before it begins is said, and does not just find nothing.
func TestFiltersRefuseRangesUpsideDown(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	staff := a.staff(t)
	const early, late = `"2026-06-01T00:00:00Z"`, `"2026-06-02T00:00:00Z"`
	var tried []string
	for _, f := range allFiltered(t, a, staff) {
		for from, to := range map[string]string{"from": "to", "statusCodeFrom": "statusCodeTo", "occurredFrom": "occurredTo", "updatedFrom": "updatedTo"} {
			if f.input.Fields.ForName(from) == nil {
				continue
			}
			tried = append(tried, f.name)
			low, high := early, late
			if from == "statusCodeFrom" {
				low, high = "400", "499"
			}
			for _, same := range [][2]string{{low, high}, {low, low}} {
				if code, _, message := refusal(f.ask(fmt.Sprintf("{%s: %s, %s: %s}", from, same[0], to, same[1]))); code != "" {
					t.Errorf("%s: %s to %s: %s %s", f.name, same[0], same[1], code, message)
				}
			}
			code, at, message := refusal(f.ask(fmt.Sprintf("{%s: %s, %s: %s}", from, high, to, low)))
			if code != "INVALID" || !strings.HasSuffix(at, "filter."+from) || !strings.Contains(message, "`"+to+"`") || !strings.Contains(message, strings.Trim(low, `"`)) {
				t.Errorf("%s: %s upside down: %s at %s: %s", f.name, from, code, at, message)
			}
		}
	}
	for _, name := range []string{"deliveries", "conversions", "conversionTotals", "clicks", "auditEntries", "receivedPostbacks", "replayPreview", "replayDeliveries", "subscription deliveryUpdated"} {
		if !slices.Contains(tried, name) {
			t.Errorf("%s was not tried", name)
		}
	}
}
