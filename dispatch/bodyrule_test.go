package dispatch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"postrider/dispatch"
)

func TestBodyRule(t *testing.T) {
	t.Parallel()
	field := func(path, value string) dispatch.BodyRule {
		return dispatch.BodyRule{Kind: dispatch.JSONField, Path: path, Value: value}
	}
	for _, c := range []struct {
		rule   dispatch.BodyRule
		body   string
		accept bool
	}{
		{dispatch.BodyRule{}, "anything", true},
		{dispatch.BodyRule{Kind: dispatch.Contains, Value: "ok"}, "status=OK", true},
		{dispatch.BodyRule{Kind: dispatch.Contains, Value: "ok"}, "", false},
		{dispatch.BodyRule{Kind: dispatch.NotContains, Value: "error"}, "fine", true},
		{dispatch.BodyRule{Kind: dispatch.NotContains, Value: "error"}, "ERROR: no click", false},
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
		rule  dispatch.BodyRule
		valid bool
	}{
		{dispatch.BodyRule{}, true},
		{dispatch.BodyRule{Kind: dispatch.Contains, Value: "ok"}, true},
		{dispatch.BodyRule{Kind: dispatch.JSONField, Path: "a.b", Value: ""}, true},
		{dispatch.BodyRule{Value: "ok"}, false},
		{dispatch.BodyRule{Kind: dispatch.Contains}, false},
		{dispatch.BodyRule{Kind: dispatch.JSONField, Value: "x"}, false},
		{dispatch.BodyRule{Kind: "xpath", Value: "x"}, false},
		{dispatch.BodyRule{Kind: dispatch.Contains, Value: strings.Repeat("x", 513)}, false},
	} {
		if err := c.rule.Validate(); (err == nil) != c.valid {
			t.Errorf("%+v is valid: %v, want %t", c.rule, err, c.valid)
		}
	}
}

func TestBodyRuleAsJSON(t *testing.T) {
	t.Parallel()
	rule := dispatch.BodyRule{Kind: dispatch.JSONField, Path: "a.b", Value: "1"}
	text, err := json.Marshal(rule)
	if err != nil || string(text) != `{"kind":"json_field","path":"a.b","value":"1"}` {
		t.Fatalf("it is written %s, %v", text, err)
	}
	var back dispatch.BodyRule
	if err := json.Unmarshal(text, &back); err != nil || back != rule {
		t.Errorf("it is read back as %+v, %v", back, err)
	}
}

func FuzzBodyRule(f *testing.F) {
	f.Add("a.0.b", "1", `{"a":[{"b":1}]}`)
	f.Fuzz(func(_ *testing.T, path, value, body string) {
		for _, kind := range dispatch.BodyRuleKinds() {
			dispatch.BodyRule{Kind: kind, Path: path, Value: value}.Accepts([]byte(body))
		}
	})
}
