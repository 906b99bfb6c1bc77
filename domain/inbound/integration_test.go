package inbound_test

import (
	"encoding/hex"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"postrider/domain/inbound"
)

var now = time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC)

func sign(key, text string) string { return hex.EncodeToString(inbound.Sign(key, []byte(text))) }

// The second test case of RFC 4231.
func TestASignatureIsHMACSHA256(t *testing.T) {
	t.Parallel()
	if got := sign("Jefe", "what do ya want for nothing?"); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("%s", got)
	}
}

func secrets() []inbound.Secret {
	return []inbound.Secret{
		{Kind: inbound.Token, Value: "tok"},
		{Kind: inbound.Token, Value: "old", Expires: now.Add(time.Hour)},
		{Kind: inbound.HMAC, Value: "key"},
	}
}

// Everything that an integration can require, given and not given.
func TestWhatACallHasToProve(t *testing.T) {
	t.Parallel()
	const query = "goal=kyc&player_id=7%207"
	addresses, err := inbound.ParseAddresses([]string{"192.0.2.7", "2001:db8::/32"})
	if err != nil {
		t.Fatal(err)
	}
	open := func(*inbound.Integration) {}
	token := func(s *inbound.Integration) { s.RequireToken = true }
	signed := func(s *inbound.Integration) { s.RequireSignature = true }
	stamped := func(s *inbound.Integration) {
		s.RequireSignature, s.TimestampName, s.TimestampWindow = true, "X-Time", time.Minute
	}
	listed := func(s *inbound.Integration) { s.Allowed = addresses }
	at := now.Format(time.RFC3339)
	for name, c := range map[string]struct {
		asks    func(*inbound.Integration)
		query   string
		header  http.Header
		address string
		secure  bool
		want    string // of the refusal; empty for none
	}{
		"nothing":                      {asks: open, query: query},
		"https":                        {asks: func(s *inbound.Integration) { s.RequireHTTPS = true }, query: query, secure: true},
		"no https":                     {asks: func(s *inbound.Integration) { s.RequireHTTPS = true }, query: query, want: "https is required"},
		"its token":                    {asks: token, query: query + "&token=tok"},
		"its old token, still good":    {asks: token, query: query + "&token=old"},
		"another token":                {asks: token, query: query + "&token=toK", want: "token is wrong"},
		"its HMAC key as a token":      {asks: token, query: query + "&token=key", want: "token is wrong"},
		"no token":                     {asks: token, query: query, want: "token is missing"},
		"a signature":                  {asks: signed, query: query + "&signature=" + sign("key", query)},
		"a signature in upper case":    {asks: signed, query: query + "&signature=" + strings.ToUpper(sign("key", query))},
		"as GitHub writes it":          {asks: signed, query: query, header: http.Header{"X-Signature": {"sha256=" + sign("key", query)}}},
		"by its token":                 {asks: signed, query: query + "&signature=" + sign("tok", query), want: "signature is wrong"},
		"of another query":             {asks: signed, query: query + "&signature=" + sign("key", "x"+query), want: "signature is wrong"},
		"half a signature":             {asks: signed, query: query + "&signature=" + sign("key", query)[:32], want: "signature is wrong"},
		"no hex":                       {asks: signed, query: query + "&signature=zz", want: "signature is wrong"},
		"no signature":                 {asks: signed, query: query, want: "signature is missing"},
		"signed lately":                {asks: stamped, query: query, header: http.Header{"X-Time": {at}, "X-Signature": {sign("key", at+"."+query)}}},
		"signed, and the time is not":  {asks: stamped, query: query, header: http.Header{"X-Time": {at}, "X-Signature": {sign("key", query)}}, want: "signature is wrong"},
		"signed, and no time is given": {asks: stamped, query: query, header: http.Header{"X-Signature": {sign("key", query)}}, want: "the timestamp of the signature"},
		"signed long ago": {asks: stamped, query: query, header: http.Header{
			"X-Time": {"1781000000"}, "X-Signature": {sign("key", "1781000000."+query)}}, want: "possibly a replayed call"},
		"signed at no time": {asks: stamped, query: query, header: http.Header{
			"X-Time": {"noon"}, "X-Signature": {sign("key", "noon."+query)}}, want: "cannot be read"},
		"its address":                  {asks: listed, query: query, address: "192.0.2.7"},
		"its address, as IPv6":         {asks: listed, query: query, address: "::ffff:192.0.2.7"},
		"an address of its block":      {asks: listed, query: query, address: "2001:db8:1::1"},
		"an address beside it":         {asks: listed, query: query, address: "192.0.2.8", want: "not on the integration's list"},
		"no address that is known":     {asks: listed, query: query, want: "not on the integration's list"},
		"a query that is not readable": {asks: open, query: "goal=%zz", want: "percent-encode"},
	} {
		s := &inbound.Integration{Secrets: secrets()}
		c.asks(s)
		call := &inbound.Call{Method: http.MethodGet, RawQuery: c.query, Header: c.header, Secure: c.secure}
		if c.address != "" {
			call.Address = netip.MustParseAddr(c.address)
		}
		a, err := s.Admit(call, now)
		refused := a.Refused
		if err != nil {
			refused = err.Error()
		}
		if (refused == "") != (c.want == "") || !strings.Contains(refused, c.want) {
			t.Errorf("%s: refused with %q, want %q", name, refused, c.want)
		}
	}
}

func TestASecretIsGoodUntilItExpires(t *testing.T) {
	t.Parallel()
	s := &inbound.Integration{RequireToken: true, Secrets: secrets()}
	call := &inbound.Call{Method: http.MethodGet, RawQuery: "token=old"}
	for at, good := range map[time.Time]bool{now: true, now.Add(time.Hour): false} {
		if a, err := s.Admit(call, at); err != nil || (a.Refused == "") != good {
			t.Errorf("at %s: %q, %v", at, a.Refused, err)
		}
	}
}

// If a body is signed, only credentials are read of the query: nobody who overheard one signed
// call must be able to make another one of it.
func TestNothingUnsignedCountsWhereASignatureIsAskedFor(t *testing.T) {
	t.Parallel()
	s := &inbound.Integration{RequireSignature: true, Secrets: secrets()}
	const body, query = `{"goal":"kyc","player_id":"1"}`, "goal=kyc&player_id=2"
	for name, c := range map[string]struct {
		call inbound.Call
		want url.Values
	}{
		"a query beside a signed body": {
			inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte(body), RawQuery: "status=rejected&signature=" + sign("key", body)},
			url.Values{"goal": {"kyc"}, "player_id": {"1"}, "signature": {sign("key", body)}},
		},
		"the body of a GET": {
			inbound.Call{Method: "GET", Body: []byte(`{"status":"rejected"}`), RawQuery: query + "&signature=" + sign("key", query)},
			url.Values{"goal": {"kyc"}, "player_id": {"2"}, "signature": {sign("key", query)}},
		},
	} {
		a, err := s.Admit(&c.call, now)
		if err != nil || a.Refused != "" || a.Events[0].Values.Encode() != c.want.Encode() {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestAListOfAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"192.0.2.7": "192.0.2.7/32", "2001:db8::/32": "2001:db8::/32", "::1": "::1/128"} {
		if got, err := inbound.ParseAddresses([]string{text}); err != nil || got[0].String() != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "example.com", "192.0.2.7/33", "192.0.2"} {
		if _, err := inbound.ParseAddresses([]string{text}); err == nil {
			t.Errorf("%q passes for an address", text)
		}
	}
}
