package firing_test

import (
	"encoding/json"
	"strings"
	"testing"

	"postrider/domain/firing"
)

func TestBodyRule(t *testing.T) {
	t.Parallel()
	field := func(path, value string) firing.BodyRule {
		return firing.BodyRule{Kind: firing.JSONField, Path: path, Value: value}
	}
	for _, c := range []struct {
		rule   firing.BodyRule
		body   string
		accept bool
	}{
		{firing.BodyRule{}, "anything", true},
		{firing.BodyRule{Kind: firing.Contains, Value: "ok"}, "status=OK", true},
		{firing.BodyRule{Kind: firing.Contains, Value: "ok"}, "", false},
		{firing.BodyRule{Kind: firing.NotContains, Value: "error"}, "fine", true},
		{firing.BodyRule{Kind: firing.NotContains, Value: "error"}, "ERROR: no click", false},
		{field("status", "ok"), `{"status":"OK"}`, true},
		{field("status", "ok"), `{"status":"no"}`, false},
		{field("status", "ok"), `{}`, false},
		{field("status", "ok"), `<html>`, false},
		{field("status", "ok"), `{"status":"ok"} trailing`, false},
		{field("result.code", "0"), `{"result":{"code":0}}`, true},
		{field("result.code", "12345678901234567890"), `{"result":{"code":12345678901234567890}}`, true},
		{field("rows.1.ok", "true"), `{"rows":[{"ok":false},{"ok":true}]}`, true},
		{field("rows.2.ok", "true"), `{"rows":[]}`, false},
		{field("rows.x", "1"), `{"rows":[1]}`, false},
		{field("a.b", "1"), `{"a":1}`, false},
		{field("a", "null"), `{"a":null}`, true},
		{field("a", `[1,2]`), `{"a":[1, 2]}`, true},
	} {
		ok, failed := c.rule.Accepts([]byte(c.body))
		if ok != c.accept {
			t.Errorf("%+v accepts %q: %t, want %t", c.rule, c.body, ok, c.accept)
		}
		if !ok && failed == "" {
			t.Errorf("%+v refuses %q without saying why", c.rule, c.body)
		}
	}
}

func TestBodyRuleValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  firing.BodyRule
		valid bool
	}{
		{firing.BodyRule{}, true},
		{firing.BodyRule{Kind: firing.Contains, Value: "ok"}, true},
		{firing.BodyRule{Kind: firing.JSONField, Path: "a.b", Value: ""}, true},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "200"}, true},
		{firing.BodyRule{Kind: firing.StatusCode, Value: " 200,302 , 404"}, true},
		{firing.BodyRule{Kind: firing.StatusCode}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "2xx"}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "200,"}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "199"}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "410"}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "429"}, false},
		{firing.BodyRule{Kind: firing.StatusCode, Value: "500"}, false},
		{firing.BodyRule{Value: "ok"}, false},
		{firing.BodyRule{Kind: firing.Contains}, false},
		{firing.BodyRule{Kind: firing.JSONField, Value: "x"}, false},
		{firing.BodyRule{Kind: "xpath", Value: "x"}, false},
		{firing.BodyRule{Kind: firing.Contains, Value: strings.Repeat("x", 513)}, false},
	} {
		if err := c.rule.Validate(); (err == nil) != c.valid {
			t.Errorf("%+v is valid: %v, want %t", c.rule, err, c.valid)
		}
	}
}

func TestBodyRuleAsJSON(t *testing.T) {
	t.Parallel()
	rule := firing.BodyRule{Kind: firing.JSONField, Path: "a.b", Value: "1"}
	text, err := json.Marshal(rule)
	if err != nil || string(text) != `{"kind":"json_field","path":"a.b","value":"1"}` {
		t.Fatalf("it is written %s, %v", text, err)
	}
	var back firing.BodyRule
	if err := json.Unmarshal(text, &back); err != nil || back != rule {
		t.Errorf("it is read back as %+v, %v", back, err)
	}
}

func FuzzBodyRule(f *testing.F) {
	f.Add("a.0.b", "1", `{"a":[{"b":1}]}`)
	f.Fuzz(func(_ *testing.T, path, value, body string) {
		for _, kind := range firing.BodyRuleKinds() {
			firing.BodyRule{Kind: kind, Path: path, Value: value}.Accepts([]byte(body))
		}
	})
}
