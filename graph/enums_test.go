package graph_test

import (
	"strings"
	"testing"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

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
	empty("", res.Data)
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

// In an update null clears a field, and a field that is left out is unchanged.
func TestNullClearsAndLeavingOutKeeps(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	const update = `mutation($input: UpdateCampaignInput!) { updateCampaign(input: $input) { campaign { dailyCap } userErrors { message } } }`
	id := globalid.Int("Campaign", s.Link.CampaignID)
	for _, step := range []struct {
		input vars
		cap   any
	}{
		{vars{"id": id, "dailyCap": 5}, 5.0}, {vars{"id": id, "name": "renamed"}, 5.0}, {vars{"id": id, "dailyCap": nil}, nil},
		{vars{"id": id, "dailyCap": 7}, 7.0}, {vars{"id": id, "dailyCap": 0}, nil},
	} {
		if res := a.ask(t, staff, update, vars{"input": step.input}); res.at(t, "updateCampaign", "campaign", "dailyCap") != step.cap {
			t.Errorf("%v: %s", step.input, res.body)
		}
	}
	const offer = `mutation($input: UpdateOfferInput!) { updateOffer(input: $input) { offer { dailyCap attributionWindowDays fallbackUrl } userErrors { message } } }`
	const integration = `mutation($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { integration { rateLimit signatureHeader } userErrors { message } } }`
	for _, step := range []struct {
		mutation string
		input    vars
		want     string
	}{
		{offer, vars{"id": globalid.Int("Offer", s.Offer), "dailyCap": 3, "attributionWindowDays": 30, "fallbackUrl": "https://f.example/"}, `"dailyCap":3,"attributionWindowDays":30,"fallbackUrl":"https://f.example/"`},
		{offer, vars{"id": globalid.Int("Offer", s.Offer), "dailyCap": nil, "fallbackUrl": nil}, `"dailyCap":null,"attributionWindowDays":30,"fallbackUrl":null`},
		{integration, vars{"id": globalid.Int("Integration", s.Integration.ID), "rateLimit": 5, "signatureHeader": "X-Sign"}, `"rateLimit":5,"signatureHeader":"X-Sign"`},
		{integration, vars{"id": globalid.Int("Integration", s.Integration.ID), "signatureHeader": nil}, `"rateLimit":5,"signatureHeader":null`},
	} {
		if res := a.ask(t, staff, step.mutation, vars{"input": step.input}); !strings.Contains(res.body, step.want) {
			t.Errorf("%v: %s", step.input, res.body)
		}
	}
	own := a.affiliate(t, s.Affiliate)
	const settings = `mutation($input: UpdateSettingsInput!) { updateSettings(input: $input) { viewer { user { name timeZone } } userErrors { message } } }`
	for _, step := range []struct {
		input vars
		want  string
	}{
		{vars{"name": "Ann", "timeZone": "Europe/Riga"}, `"user":{"name":"Ann","timeZone":"Europe/Riga"}`},
		{vars{"name": nil}, `"user":{"name":null,"timeZone":"Europe/Riga"}`}, {vars{"timeZone": nil}, `"user":{"name":null,"timeZone":null}`},
	} {
		if res := a.ask(t, own, settings, vars{"input": step.input}); !strings.Contains(res.body, step.want) {
			t.Errorf("%v: %s", step.input, res.body)
		}
	}
}
