package inbound_test

import (
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

const leak = "s3cr3t-value"

// No secret stays in what is kept of a call, wherever it was, and everything else does.
func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	own := &inbound.Integration{
		SignatureHeader: "X-Proof",
		Words:           inbound.Dialect{Names: map[string]string{commission.ParamToken: "auth.key", commission.ParamSignature: "=fixed"}},
	}
	for name, c := range map[string]struct {
		of    *inbound.Integration
		query string
		kind  string
		body  string
		kept  string // what must stay
	}{
		"a query":                   {nil, "goal=ftd&token=" + leak + "&a=b%20c", "", "", "a=b%20c"},
		"an escaped name":           {nil, "%74oken=" + leak, "", "", ""},
		"a form":                    {nil, "", "application/x-www-form-urlencoded", "signature=" + leak + "&a=1", "a=1"},
		"JSON":                      {nil, "", "application/json", `{"token": "` + leak + `", "a": 1}`, `"a": 1`},
		"deep in JSON":              {nil, "", "application/json", `{"x": [{"token": "` + leak + `"}], "a": 1}`, `"a": 1`},
		"JSON without a secret":     {nil, "", "application/json", `{"a":  1}`, `{"a":  1}`},
		"JSON that is broken":       {nil, "", "application/json", `{"token": "` + leak, ""},
		"neither form nor JSON":     {nil, "", "text/xml", "<token>" + leak + "</token>", ""},
		"XML without a secret":      {nil, "", "text/xml", "<a>1</a>", "<a>1</a>"},
		"an integration's own name": {own, "auth.key=" + leak, "", "", ""},
		"an integration's own path": {own, "", "application/json", `{"auth": {"key": "` + leak + `", "a": 1}}`, `"a": 1`},
		"its name, broken JSON":     {own, "", "application/json", `{"auth": {"key": "` + leak, ""},
		"the usual names as well":   {own, "token=" + leak, "", "", ""},
	} {
		call := &inbound.Call{Method: "POST", RawQuery: c.query, ContentType: c.kind, Body: []byte(c.body)}
		kept := c.of.MaskQuery(call.RawQuery) + c.of.MaskBody(call)
		if strings.Contains(kept, leak) || !strings.Contains(kept, c.kept) {
			t.Errorf("%s: %s", name, kept)
		}
	}
	for header, hidden := range map[string]bool{"Authorization": true, "cookie": true, "X-Signature": true, "x-proof": true, "User-Agent": false} {
		if (own.MaskHeader(header, "v") == inbound.Mask) != hidden {
			t.Errorf("%s is hidden: %t", header, !hidden)
		}
	}
	if (*inbound.Integration)(nil).MaskHeader("X-Proof", "v") == inbound.Mask {
		t.Error("a stranger's header is taken for a signature")
	}
}

// Words are compared in lower case: a token that came in place of one is masked all the same.
func TestATokenInPlaceOfAWordIsMasked(t *testing.T) {
	t.Parallel()
	const token = "zRarZ3IWtny55mG_QVAEI"
	s := &inbound.Integration{Secrets: []inbound.Secret{{Kind: inbound.Token, Value: token}}}
	for word, want := range map[string]string{
		token: inbound.Mask, inbound.GoalWord(token): inbound.Mask, "x_" + inbound.WordKey(token): inbound.Mask, "first_bet": "first_bet",
	} {
		if got := s.MaskWord(word); got != want {
			t.Errorf("%s is %s, want %s", word, got, want)
		}
	}
}
