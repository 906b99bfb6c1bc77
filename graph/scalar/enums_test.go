package scalar_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	gql "github.com/vektah/gqlparser/v2/ast"

	"postrider/backoffice"
	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/platforms"
	"postrider/domain/presets"
	"postrider/domain/tracking"
	"postrider/graph"
	"postrider/graph/gen"
	"postrider/graph/scalar"
	"postrider/intake"
	"postrider/internal/enum"
	"postrider/internal/installation"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/snippets"
	"postrider/testfire"
)

// constants returns the values of the string constants of a package that have a type or a name that
// begins so.
func constants(t *testing.T, dir, typed, prefix string) []string {
	t.Helper()
	packages, err := parser.ParseDir(token.NewFileSet(), "../../"+dir, nil, 0) //nolint:staticcheck // one folder of our own, without build tags
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for name, p := range packages {
		if strings.HasSuffix(name, "_test") {
			continue
		}
		ast.Inspect(p, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != len(spec.Names) {
				return true
			}
			of, _ := spec.Type.(*ast.Ident)
			for i, v := range spec.Values {
				text, ok := v.(*ast.BasicLit)
				if ok && text.Kind == token.STRING && (typed != "" && of != nil && of.Name == typed || prefix != "" && strings.HasPrefix(spec.Names[i].Name, prefix)) {
					value, err := strconv.Unquote(text.Value)
					if err != nil {
						t.Fatal(err)
					}
					values = append(values, value)
				}
			}
			return true
		})
	}
	return values
}

// Whoever adds a constant has to give it a name in the API.
func TestEveryConstantIsListed(t *testing.T) {
	t.Parallel()
	lists := scalar.Texts()
	for _, c := range []struct{ enum, dir, typed, prefix string }{
		{"Actor", "domain/commission", "Actor", ""},
		{"AttributedBy", "intake", "", "AttributedBy"},
		{"AuditChannel", "setup", "", "Through"},
		{"CallResult", "intake", "Result", ""},
		{"CappedBy", "intake", "", "capOf"},
		{"DeliveryReason", "dispatch", "Reason", ""},
		{"DeliveryReason", "outbox", "Reason", ""},
		{"FindingCode", "domain/doctor", "", "Code"},
		{"FindingCode", "domain/macro", "", "Code"},
		{"FiringRule", "domain/firing", "Rule", ""},
		{"MacroGroup", "domain/macro", "", "Group"},
		{"PresetKind", "domain/presets", "", "Kind"},
		{"SecretKind", "domain/inbound", "SecretKind", ""},
		{"SetupStepKey", "domain/doctor", "", "Step"},
		{"StatusChangeOutcome", "backoffice", "LineOutcome", ""},
		{"TemplateErrorCode", "domain/macro", "", "Code"},
	} {
		values := constants(t, c.dir, c.typed, c.prefix)
		if len(values) < 2 {
			t.Errorf("%s: %q are the constants of %s", c.enum, values, c.dir)
		}
		for _, v := range values {
			if v != "HTTP_" && !slices.Contains(lists[c.enum], v) { // what begins a reason
				t.Errorf("%s lacks %q of %s", c.enum, v, c.dir)
			}
		}
	}
}

func TestTheNamesOfAnEnumDiffer(t *testing.T) {
	t.Parallel()
	for name, values := range scalar.Texts() {
		seen := map[string]string{}
		for _, v := range values {
			if other, twice := seen[enum.Name(v)]; twice {
				t.Errorf("%s: %q and %q are both %s", name, v, other, enum.Name(v))
			}
			seen[enum.Name(v)] = v
		}
	}
}

func written(t *testing.T, v string) string {
	t.Helper()
	var b bytes.Buffer
	scalar.MarshalDeliveryReason(v).MarshalGQL(&b)
	return b.String()
}

// What a newer version has written to the database is shown by the name that it has there, none is
// null, and what can only be read of a status is one value.
func TestWhatIsNotListedIsWrittenToo(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{
		"DNS": `"DNS"`, "CIRCUIT_OPEN": `"CIRCUIT_OPEN"`, "HTTP_404": `"HTTP_404"`, "HTTP_418": `"HTTP_OTHER"`, "": "null",
		"HTTP_LATER": `"HTTP_LATER"`, "of next year, “new”": `"OF_NEXT_YEAR___NEW_"`,
	} {
		if got := written(t, v); got != want {
			t.Errorf("%q is written as %s, want %s", v, got, want)
		}
	}
}

func TestAnEnumIsReadByItsNames(t *testing.T) {
	t.Parallel()
	for _, v := range scalar.Texts()["SecretKind"] {
		if got, err := scalar.UnmarshalSecretKind(enum.Name(v)); got != v || err != nil {
			t.Errorf("%s is read as %q, %v", enum.Name(v), got, err)
		}
	}
	for _, v := range []any{"token", "KEY", "", 1, nil} {
		if got, err := scalar.UnmarshalSecretKind(v); err == nil {
			t.Errorf("%v is read as %q", v, got)
		}
	}
	if names := slices.Sorted(maps.Keys(scalar.Texts())); len(names) < 15 {
		t.Errorf("only %q", names)
	}
}

// enums is the values of each enum as Go and the database have them.
func enums() map[string][]string {
	lists := scalar.Texts()
	lists["AlertKind"] = doctor.AlertKind("").Values()
	lists["BodyRuleKind"] = firing.BodyRuleKind("").Values()
	lists["BulkReplayState"] = outbox.BulkState("").Values()
	lists["ChangesStart"] = enum.Strings(gen.AllChangesStart)
	lists["ConversionOrder"] = enum.Strings(gen.AllConversionOrder)
	lists["ListOrder"] = enum.Strings(gen.AllListOrder)
	lists["ClashResolution"] = inbound.Resolution("").Values()
	lists["PostbackCause"] = inbound.Cause("").Values()
	lists["CircuitState"] = dispatch.CircuitState("").Values()
	lists["Confidence"] = enum.Strings(presets.Confidences())
	lists["PlatformConfidence"] = enum.Strings(platforms.Confidences())
	lists["ConversionStatus"] = commission.Status("").Values()
	lists["DealModel"] = commission.Model("").Values()
	lists["DeliveryState"] = outbox.State("").Values()
	lists["ErrorCode"] = enum.Strings(problem.Codes())
	lists["Grade"] = testfire.Grade("").Values()
	lists["HTTPMethod"] = firing.Method("").Values()
	lists["HoldReason"] = enum.Strings([]installation.Reason{installation.Asked, installation.Setting, installation.Copy})
	lists["PostbackScope"] = firing.Scope("").Values()
	lists["ProposalKind"] = enum.Strings(backoffice.ProposalKinds())
	lists["RecordResult"] = enum.Strings([]intake.Result{intake.Recorded, intake.Duplicate, intake.Updated, intake.Unattributed, intake.Unmapped, intake.Clash})
	lists["ReplayTemplate"] = enum.Strings(gen.AllReplayTemplate)
	lists["Role"] = enum.Strings(viewer.Roles())
	lists["RunState"] = tracking.RunState("").Values()
	lists["Scope"] = enum.Strings(viewer.Scopes())
	lists["Severity"] = doctor.Severity("").Values()
	lists["ExampleKind"] = enum.Strings(snippets.Kinds())
	lists["SnippetLanguage"] = enum.Strings(gen.AllSnippetLanguage)
	lists["TierBy"] = commission.TierBy("").Values()
	lists["Vertical"] = commission.Vertical("").Values()
	return lists
}

// Every value that Go has is one of the schema's enum, and the other way round.
func TestEnumsHaveTheValuesOfTheirDomain(t *testing.T) {
	t.Parallel()
	lists := enums()
	for name, def := range graph.Schema(&graph.Resolver{}).Schema().Types {
		if def.Kind != gql.Enum || def.BuiltIn {
			continue
		}
		values, known := lists[name]
		if !known {
			t.Errorf("%s: say in this test which Go values it has", name)
		}
		delete(lists, name)
		for _, v := range values {
			if def.EnumValues.ForName(enum.Name(v)) == nil {
				t.Errorf("%s lacks %s for %q", name, enum.Name(v), v)
			}
		}
		for _, v := range def.EnumValues {
			if !slices.ContainsFunc(values, func(own string) bool { return enum.Name(own) == v.Name }) {
				t.Errorf("%s.%s has no value in Go", name, v.Name)
			}
		}
	}
	for name := range lists {
		t.Errorf("the schema has no enum %s", name)
	}
}
