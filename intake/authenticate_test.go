package intake_test

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

// proof is the credentials of a call.
type proof struct {
	token, signature, header string
	address                  string
}

func TestEveryRequiredProofIsAskedFor(t *testing.T) {
	w := setup(t)
	integration := func(token, signature bool, addresses ...string) pgtest.Inlet {
		return pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) {
			s.SetRequireToken(token).SetRequireSignature(signature).SetAllowedAddresses(append([]string{}, addresses...))
		})
	}
	open, token, hmac := integration(false, false), integration(true, false), integration(false, true)
	both, listed := integration(true, true), integration(false, false, "192.0.2.7", "2001:db8::/32")
	all := integration(true, true, "192.0.2.0/24")
	const query = "goal=kyc&player_id=7%207"
	for _, c := range []struct {
		name        string
		integration pgtest.Inlet
		with        proof
		ok          bool
	}{
		{"nothing is asked for", open, proof{}, true},
		{"token", token, proof{token: token.Token}, true},
		{"no token", token, proof{}, false},
		{"its HMAC key as a token", token, proof{token: token.HMAC}, false},
		{"signature", hmac, proof{signature: sign(hmac.HMAC, query)}, true},
		{"signature in upper case", hmac, proof{signature: upper(sign(hmac.HMAC, query))}, true},
		{"signature as a header", hmac, proof{header: sign(hmac.HMAC, query)}, true},
		{"signature as GitHub writes it", hmac, proof{header: "sha256=" + sign(hmac.HMAC, query)}, true},
		{"no signature", hmac, proof{}, false},
		{"signature by its token", hmac, proof{signature: sign(hmac.Token, query)}, false},
		{"signature of another query", hmac, proof{signature: sign(hmac.HMAC, query+"&status=approved")}, false},
		{"signature that is no hex", hmac, proof{signature: "zz"}, false},
		{"half a signature", hmac, proof{signature: sign(hmac.HMAC, query)[:32]}, false},
		{"both", both, proof{token: both.Token, signature: sign(both.HMAC, query+"&token="+both.Token)}, true},
		{"both, the token not signed", both, proof{token: both.Token, signature: sign(both.HMAC, query)}, false},
		{"both, only the token", both, proof{token: both.Token}, false},
		{"both, only the signature", both, proof{signature: sign(both.HMAC, query)}, false},
		{"address", listed, proof{address: "192.0.2.7"}, true},
		{"address in IPv6's clothes", listed, proof{address: "::ffff:192.0.2.7"}, true},
		{"address in a block", listed, proof{address: "2001:db8:1::1"}, true},
		{"address beside it", listed, proof{address: "192.0.2.8"}, false},
		{"no address", listed, proof{}, false},
		{"all three", all, proof{token: all.Token, signature: sign(all.HMAC, query+"&token="+all.Token), address: "192.0.2.200"}, true},
		{"all but the address", all, proof{token: all.Token, signature: sign(all.HMAC, query+"&token="+all.Token), address: "192.0.3.1"}, false},
	} {
		call := inbound.Call{IntegrationKey: c.integration.Key, Method: "GET", RawQuery: query}
		if c.with.token != "" {
			call.RawQuery += "&token=" + c.with.token
		}
		if c.with.signature != "" {
			call.RawQuery += "&signature=" + c.with.signature
		}
		if c.with.header != "" {
			call.Header = http.Header{"X-Signature": {c.with.header}}
		}
		if c.with.address != "" {
			call.Address = netip.MustParseAddr(c.with.address)
		}
		a := w.receive(call)
		if ok := a.Result != intake.Unauthorized; ok != c.ok {
			t.Errorf("%s: %s: %s", c.name, a.Result, w.last().Reason)
		}
	}
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'f' {
			b[i] = c - 32
		}
	}
	return string(b)
}

func TestABodyIsSignedAsItCame(t *testing.T) {
	w := setup(t)
	in := pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRequireSignature(true) })
	const form, object = "goal=kyc&player_id=7+7", `{"goal": "kyc",  "player_id": "77"}`
	for _, c := range []struct {
		name, contentType, body, query, header string
		ok                                     bool
	}{
		{"a form", "application/x-www-form-urlencoded", form + "&signature=" + sign(in.HMAC, form), "", "", true},
		{"a form, by header", "application/x-www-form-urlencoded", form, "", sign(in.HMAC, form), true},
		{"JSON, by header", "application/json", object, "", sign(in.HMAC, object), true},
		{"JSON, by query", "application/json", object, "signature=" + sign(in.HMAC, object), "", true},
		{"JSON, spaces apart", "application/json", `{"goal":"kyc","player_id":"77"}`, "", sign(in.HMAC, object), false},
		{"only the query is signed", "application/json", object, "a=1", sign(in.HMAC, "a=1"), false},
		{"no body", "", "", "goal=kyc&player_id=79", sign(in.HMAC, "goal=kyc&player_id=79"), true},
	} {
		call := w.post(c.contentType, c.body)
		call.IntegrationKey, call.RawQuery = in.Key, c.query
		if c.header != "" {
			call.Header = http.Header{"X-Signature": {c.header}}
		}
		if a := w.receive(call); (a.Result != intake.Unauthorized) != c.ok {
			t.Errorf("%s: %s: %s", c.name, a.Result, w.last().Reason)
		}
	}
}

// Nobody who overheard one signed call must be able to make another one of it.
func TestNothingUnsignedCountsWhereASignatureIsAskedFor(t *testing.T) {
	w := setup(t)
	in := pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRequireSignature(true) })

	const body = `{"goal":"kyc","player_id":"1"}`
	posted := w.post("application/json", body)
	posted.IntegrationKey, posted.RawQuery = in.Key, "transaction_id=forged&status=rejected&signature="+sign(in.HMAC, body)
	if c := w.conversion(w.receive(posted)); c.TransactionID != nil || c.Status != "approved" {
		t.Errorf("what the query added was believed: %+v", c)
	}
	const query = "goal=kyc&player_id=2"
	got := inbound.Call{
		IntegrationKey: in.Key, Method: "GET", RawQuery: query + "&signature=" + sign(in.HMAC, query),
		Body: []byte(`{"transaction_id":"forged","status":"rejected"}`),
	}
	if c := w.conversion(w.receive(got)); c.TransactionID != nil || c.Status != "approved" {
		t.Errorf("what the body of a GET added was believed: %+v", c)
	}
}

func TestTwoSecretsAreGoodWhileOneReplacesTheOther(t *testing.T) {
	w := setup(t)
	expires := pgtest.Now.Add(time.Hour)
	pgtest.IntegrationSecret(t, w.d, w.Integration.ID, "token", "the-old-one", func(s *db.IntegrationSecretCreate) { s.SetExpiresAt(expires) })
	try := func(token string) intake.Result {
		return w.receive(inbound.Call{IntegrationKey: w.Integration.Key, Method: "GET", RawQuery: "goal=kyc&player_id=1&token=" + token}).Result
	}
	if a, b := try("the-old-one"), try(w.Integration.Token); a != intake.Unattributed || b != intake.Duplicate {
		t.Errorf("before: %s and %s", a, b)
	}
	w.later(2 * time.Hour)
	if a, b := try("the-old-one"), try(w.Integration.Token); a != intake.Unauthorized || b != intake.Duplicate {
		t.Errorf("after: %s and %s", a, b)
	}
}
