package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/backoffice"
	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/presets"
	"postrider/domain/tracking"
	"postrider/graph"
	"postrider/graph/gen"
	"postrider/graph/scalar"
	"postrider/intake"
	"postrider/internal/enum"
	"postrider/internal/globalid"
	"postrider/internal/installation"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/testfire"
)

// enums is the values of each enum as Go and the database have them.
func enums() map[string][]string {
	lists := scalar.Texts()
	lists["AlertKind"] = doctor.AlertKind("").Values()
	lists["BodyRuleKind"] = firing.BodyRuleKind("").Values()
	lists["BulkReplayState"] = outbox.BulkState("").Values()
	lists["CircuitState"] = dispatch.CircuitState("").Values()
	lists["Confidence"] = enum.Strings(presets.Confidences())
	lists["ConversionStatus"] = commission.Status("").Values()
	lists["DealModel"] = commission.Model("").Values()
	lists["DeliveryState"] = outbox.State("").Values()
	lists["Grade"] = testfire.Grade("").Values()
	lists["HTTPMethod"] = firing.Method("").Values()
	lists["HoldReason"] = enum.Strings([]installation.Reason{installation.Asked, installation.Setting, installation.Copy})
	lists["PostbackScope"] = firing.Scope("").Values()
	lists["ProposalKind"] = enum.Strings(backoffice.ProposalKinds())
	lists["RecordResult"] = enum.Strings([]intake.Result{intake.Recorded, intake.Duplicate, intake.Updated, intake.Unattributed})
	lists["ReplayTemplate"] = enum.Strings(gen.AllReplayTemplate)
	lists["Role"] = enum.Strings(viewer.Roles())
	lists["RunState"] = tracking.RunState("").Values()
	lists["Scope"] = enum.Strings(viewer.Scopes())
	lists["Severity"] = doctor.Severity("").Values()
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
		if def.Kind != ast.Enum || def.BuiltIn {
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

// What a newer version has written to the database fails no list: it has the name there that it
// will have here.
func TestValuesOfANewerVersionFailNoList(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	id := s.Conversion(t, a.db).ID
	for _, change := range []string{
		`ALTER TABLE conversions DROP CONSTRAINT conversions_capped_by_check, DROP CONSTRAINT conversions_origin_check`,
		`UPDATE conversions SET origin = 'robot', attributed_by = 'fingerprint', capped_by = 'vertical', reported_status = ''`,
		`UPDATE conversion_events SET actor = 'robot', reason = ''`,
		`UPDATE deliveries SET state = 'failed', reason = 'QUANTUM_FLUX'`,
		`INSERT INTO audit_entries (at, action, entity, entity_id) VALUES (now(), 'teleport', 'moon base', '')`,
		`INSERT INTO audit_entries (at, action, entity, entity_id) VALUES (now(), 'update', 'offer', '1')`,
	} {
		if _, err := a.db.SQL.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	res := a.ask(t, a.staff(t), `query($id: ID!) {
		node(id: $id) { ... on Conversion { origin attributedBy cappedBy reportedStatus events { actor reason } } }
		conversions { edges { node { origin } } }
		deliveries { edges { node { state reason } } }
		auditEntries(filter: {actions: [UPDATE]}) { edges { node { action } } }
		all: auditEntries { edges { node { action entity entityId subject } } }
	}`, vars{"id": globalid.UUID("Conversion", id)})
	for _, want := range []string{
		`"origin":"ROBOT","attributedBy":"FINGERPRINT","cappedBy":"VERTICAL","reportedStatus":null`, `{"actor":"ROBOT","reason":null}`,
		`{"action":"TELEPORT","entity":"MOON_BASE","entityId":null,"subject":null}`, `"auditEntries":{"edges":[{"node":{"action":"UPDATE"}}]}`,
	} {
		if !strings.Contains(res.body, want) {
			t.Errorf("no %s in\n%s", want, res.body)
		}
	}
	if len(res.Errors) > 0 {
		t.Errorf("%v", res.Errors)
	}
}

// None is null wherever the schema lets a field be null, and nowhere the empty text.
func TestNoneIsNull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var empty func(path string, v any)
	empty = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, of := range v {
				if of == "" {
					t.Errorf("%s.%s is empty text", path, name)
				}
				empty(path+"."+name, of)
			}
		case []any:
			for _, of := range v {
				empty(path, of)
			}
		}
	}
	if _, err := w.db.SQL.ExecContext(t.Context(), `UPDATE clicks SET param_1 = '', param_2 = '', param_3 = '', deep_link = '', country = '', referrer = '', user_agent = ''`); err != nil {
		t.Fatal(err)
	}
	res := w.post(t, w.session(t, w.a.user.Email), `{
		viewer { user { name timeZone } }
		clicks { edges { node { param1 param2 param3 deepLink country referrer userAgent } } }
		echoRequests { edges { node { body } } }
		postbacks { edges { node { name holdReason } } }
	}`, nil)
	if len(res.Errors) > 0 || strings.Count(res.body, `"deepLink":null`) == 0 {
		t.Fatalf("%s", res.body)
	}
	empty("", map[string]any(res.Data))
}

func TestDeferIsNotOffered(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	res := a.post(t, a.affiliate(t, pgtest.Affiliate(t, a.db)), `{ ... @defer { offers { edges { node { name } } } } }`, nil)
	if len(res.Errors) != 1 || !strings.Contains(res.Errors[0].Message, `Unknown directive "@defer"`) {
		t.Errorf("%s", res.body)
	}
	if told := a.post(t, nobody, `{ __schema { directives { name } } }`, nil); strings.Contains(told.body, "defer") || !strings.Contains(told.body, "specifiedBy") {
		t.Errorf("%s", told.body)
	}
}

func TestScalarsNameTheirSpecification(t *testing.T) {
	t.Parallel()
	res := newAPI(t).post(t, nobody, `{ __type(name: "Time") { specifiedByURL } }`, nil)
	if url, _ := res.at(t, "__type", "specifiedByURL").(string); !strings.Contains(url, "rfc3339") {
		t.Errorf("%s", res.body)
	}
}
