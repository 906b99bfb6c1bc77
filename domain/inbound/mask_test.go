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
