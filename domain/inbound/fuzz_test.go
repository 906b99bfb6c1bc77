package inbound

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/domain/pasted"
)

// FuzzCall parses calls of any shape: nothing panics, what is accepted can be stored, and no
// secret that is parsed stays in what is logged.
func FuzzCall(f *testing.F) {
	f.Add("GET", "goal=ftd&click_id=1&token=s3cr3t", "", "")
	f.Add("POST", "signature=s3cr3t", "application/json", `{"goal":"ftd","token":"s3cr3t","amount":1e3}`)
	f.Add("POST", "", "application/json", `{"\u0074oken":"s3cr3t"}`)
	f.Add("POST", "", "application/x-www-form-urlencoded", "goal=deposit&amount=12,34&occurred_at=2026-06-12T10:00:00+02:00")
	f.Add("POST", "a=%zz", "text/plain;", "\xff{")
	f.Add("GET", "goal=ftd&click_id=1&test=1", "", "")
	f.Add("GET", "goal=ftd&click_id=1&amount=25&currency=mBTC&payout=40+EUR", "", "")
	now := time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, method, query, contentType, body string) {
		c := &Call{Method: method, RawQuery: query, ContentType: contentType, Body: []byte(body)}
		for _, signed := range []bool{false, true} {
			s := &Integration{RequireSignature: signed}
			a, err := s.Admit(c, now)
			if err != nil || a.List {
				continue
			}
			noSecretLogged(t, s, c)
			r, bad := Read(a.Events[0].Values)
			bad = append(bad, r.Complete(&Goal{Goal: commission.Goal{Key: "ftd", Statuses: commission.Statuses()}, OncePerPlayer: true}, Dialect{}, "EUR", now)...)
			if len(bad) > 0 {
				continue
			}
			for _, v := range []string{r.ClickID, r.PlayerID, r.TransactionID, r.Currency, string(r.Status)} {
				if Unusable(v) != "" {
					t.Fatalf("accepted, and cannot be kept: %q", v)
				}
			}
			if r.Payout.Valid != (r.PayoutIn != "") || len(r.PayoutIn) > commission.MaxCurrency {
				t.Fatalf("accepted a payout of %v in %q", r.Payout, r.PayoutIn)
			}
			if r.OccurredAt.After(now.Add(24*time.Hour)) || len(r.Currency) > commission.MaxCurrency || r.OccurredAt.Before(earliest) {
				t.Fatalf("accepted: %+v", r)
			}
		}
	})
}

// noSecretLogged reads what is logged of a call as a call again: each secret in it is masked.
func noSecretLogged(t *testing.T, s *Integration, c *Call) {
	t.Helper()
	again := logged(s, c)
	events, _, err := s.read(again)
	if err != nil {
		t.Fatalf("%q %q was readable, and as it is logged it is not: %v", c.RawQuery, c.Body, err)
	}
	for _, e := range events {
		for _, name := range []string{commission.ParamToken, commission.ParamSignature} {
			if v := strings.TrimSpace(e.Values.Get(name)); v != "" && v != Mask {
				t.Fatalf("%s is logged: %q", name, v)
			}
		}
	}
}

// logged is the call that the log shows.
func logged(s *Integration, c *Call) *Call {
	again := *c
	again.RawQuery, again.Body, again.item = s.MaskQuery(c.RawQuery), []byte(s.MaskBody(c)), true
	if strings.HasPrefix(c.ContentType, "multipart/") {
		again.ContentType = ""
	}
	return &again
}

// FuzzDialect reads calls in an operator's own words: what the dialect hides is not logged,
// and the operator's name is read.
func FuzzDialect(f *testing.F) {
	f.Add("", `{"auth":{"key":"s3cr3t-token"},"data":{"sub":"1"}}`, "auth.key", "data.sub")
	f.Add("k=s3cr3t-token&sub1=7", "", "k", "sub1")
	f.Add("", `[{"k":1}]`, "k", "=ftd")
	f.Fuzz(func(t *testing.T, query, body, tokenName, clickName string) {
		if tokenName == "" || strings.HasPrefix(tokenName, "=") || clickName == tokenName {
			return
		}
		s := &Integration{Words: Dialect{Names: map[string]string{commission.ParamToken: tokenName, commission.ParamClickID: clickName}}}
		c := &Call{Method: "POST", RawQuery: query, ContentType: "application/json", Body: []byte(body)}
		if _, _, err := s.read(c); err == nil {
			noSecretLogged(t, s, c)
		}
	})
}

func FuzzWithoutPair(f *testing.F) {
	f.Add("a=1&signature=x&b=2")
	f.Add("signature=&signature&&=signature")
	f.Fuzz(func(t *testing.T, raw string) {
		rest := pasted.Without(raw, commission.ParamSignature)
		for pair := range strings.SplitSeq(rest, "&") {
			if pair == commission.ParamSignature || strings.HasPrefix(pair, commission.ParamSignature+"=") {
				t.Fatalf("%q keeps it: %q", raw, rest)
			}
		}
		if !strings.Contains(raw, commission.ParamSignature) && rest != raw {
			t.Fatalf("%q became %q", raw, rest)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2026-06-12T10:00:00Z", "1781258400", "-1", "1781258400000", "1.7812584E12", "1e99", "2026-06-12 10:00:00.5 +0200 CEST m=+0.1",
		"Fri, 12 Jun 2026 10:00:00 GMT", "2026-06-12t10:00z", "20260612T100000 02", "0001-01-01T00:00:00Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := ParseTime(text)
		if err != nil {
			return
		}
		if _, err := json.Marshal(at); err != nil {
			t.Fatalf("%q is read as a time that cannot be written: %v", text, err)
		}
		if again, err := ParseTime(at.Format(time.RFC3339Nano)); err != nil || !again.Equal(at) {
			t.Fatalf("%q is read as %s, and that as %s, %v", text, at, again, err)
		}
	})
}
