package intake_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

func TestEveryResultHasItsStatus(t *testing.T) {
	w := setup(t)
	busy := pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) { s.SetRateLimit(1) })
	off := pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) { s.SetEnabled(false) })
	of := func(in pgtest.Inlet, query string) inbound.Call {
		c := w.get(query)
		c.IntegrationKey, c.RawQuery = in.Key, query+"&token="+in.Token
		return c
	}
	good := "goal=registration&click_id=" + w.click()
	for _, c := range []struct {
		name   string
		call   inbound.Call
		result intake.Result
		status int
		reason string // part of the reason in the inbound log
	}{
		{"a new conversion", w.get(good), intake.Recorded, 201, "attributed by click"},
		{"the same again", w.get(good), intake.Duplicate, 200, "again"},
		{"another status", w.get(good + "&status=rejected"), intake.Updated, 200, "from approved to rejected"},
		{"an unknown click", w.get("goal=registration&click_id=0197640b8a5e7c10b3f29d6e41c80a35"), intake.Unattributed, 202, "click not found"},
		{"nothing that is required", w.get("amount=1"), intake.Invalid, 400, "goal is required"},
		{"no token", inbound.Call{IntegrationKey: w.Integration.Key, Method: "GET", RawQuery: good}, intake.Unauthorized, 401, "the token is missing"},
		{"another token", inbound.Call{IntegrationKey: w.Integration.Key, Method: "GET", RawQuery: good + "&token=guess"}, intake.Unauthorized, 401, "the token is wrong"},
		{"another integration's token", of(pgtest.Inlet{Key: w.Integration.Key, Token: busy.Token}, good), intake.Unauthorized, 401, "the token is wrong"},
		{"an unknown integration", of(pgtest.Inlet{Key: "nobody", Token: "x"}, good), intake.UnknownIntegration, 404, "no integration"},
		{"an integration that is switched off", of(off, good), intake.UnknownIntegration, 404, "no integration"},
		{"the first call within a second", of(busy, good+"&player_id=1"), intake.Duplicate, 200, "another integration"},
		{"the second", of(busy, good), intake.RateLimited, 429, "more than 1 calls per second"},
	} {
		a := w.receive(c.call)
		if a.Result != c.result || a.StatusCode != c.status {
			t.Errorf("%s: %s %d, want %s %d (%+v)", c.name, a.Result, a.StatusCode, c.result, c.status, a)
		}
		if has, want := a.ConversionID != "", c.status < 400; has != want {
			t.Errorf("%s: conversion id %q", c.name, a.ConversionID)
		}
		if limited := a.Result == intake.RateLimited; (a.RetryAfter > 0) != limited {
			t.Errorf("%s: retry after %s", c.name, a.RetryAfter)
		}
		entry := w.last()
		if entry.Result != string(c.result) || entry.StatusCode != c.status || !strings.Contains(entry.Reason, c.reason) {
			t.Errorf("%s: the received log says %s %d %q", c.name, entry.Result, entry.StatusCode, entry.Reason)
		}
		if known := c.result != intake.UnknownIntegration; (entry.IntegrationID != nil) != known {
			t.Errorf("%s: the received log names the integration %v", c.name, entry.IntegrationID)
		}
		if (entry.ConversionID != nil) != (a.ConversionID != "") {
			t.Errorf("%s: the received log names the conversion %v", c.name, entry.ConversionID)
		}
	}
	if n := w.count(`SELECT count(*) FROM received_postbacks`); n != 12 {
		t.Errorf("the received log has %d entries of 12 calls", n)
	}
	w.later(2 * time.Second)
	if a := w.receive(of(busy, good)); a.Result != intake.Duplicate {
		t.Errorf("two seconds later: %+v", a)
	}
}

func TestAConversionIsTakenAsQueryFormAndJSON(t *testing.T) {
	w := setup(t)
	for i, c := range []inbound.Call{
		w.get("goal=deposit&transaction_id=T0&amount=25.5&currency=usd&occurred_at=2026-06-12T08:00:00Z&click_id=" + w.click()),
		w.post("application/x-www-form-urlencoded", "goal=deposit&transaction_id=T1&amount=25.5&currency=usd&occurred_at=1781251200&click_id="+w.click()+"&token="+w.Integration.Token),
		w.post("", "goal=deposit&transaction_id=T2&amount=25.5&currency=usd&occurred_at=2026-06-12T10:00:00%2B02:00&click_id="+w.click()+"&token="+w.Integration.Token),
		w.post("application/json; charset=utf-8", `{"goal":"deposit","transaction_id":"T3","amount":25.50,"currency":"usd","occurred_at":1781251200,"click_id":"`+w.click()+`","token":"`+w.Integration.Token+`","extra":{"a":1}}`),
		w.post("text/plain", ` {"goal":"deposit","transaction_id":"T4","amount":"25,5","currency":"usd","occurred_at":"2026-06-12T08:00:00.000Z","click_id":"`+strings.ToUpper(w.click())+`","token":"`+w.Integration.Token+`"}`),
	} {
		a := w.receive(c)
		if a.Result != intake.Recorded {
			t.Errorf("call %d: %+v", i, a)
			continue
		}
		got := w.conversion(a)
		if got.Amount.String() != "25.5" || got.Currency != "USD" || got.OccurredAt.UTC().Format("15:04") != "08:00" ||
			*got.TransactionID != "T"+string(rune('0'+i)) || *got.ClickID != w.Click {
			t.Errorf("call %d: %+v", i, got)
		}
	}
	mixed := w.post("application/json", `{"goal":"registration","click_id":"`+w.click()+`"}`)
	mixed.RawQuery = "goal=ftd&token=" + w.Integration.Token
	if got := w.conversion(w.receive(mixed)); got.Goal != "registration" {
		t.Errorf("the body does not come before the query: %s", got.Goal)
	}
}

func TestEachBadFieldIsNamed(t *testing.T) {
	w := setup(t)
	long := strings.Repeat("x", 256)
	for query, fields := range map[string][]string{
		"click_id=" + w.click():                                           {"goal"},
		"goal=%7Bevent%7D&click_id=" + w.click():                          {"goal"},
		"goal=registration":                                               {"click_id"},
		"goal=deposit&click_id=" + w.click():                              {"transaction_id"},
		"goal=ftd&amount=lots&click_id=" + w.click():                      {"amount"},
		"goal=ftd&amount=1,234&click_id=" + w.click():                     {"amount"},
		"goal=ftd&currency=eu+ro&click_id=" + w.click():                   {"currency"},
		"goal=ftd&occurred_at=yesterday&click_id=" + w.click():            {"occurred_at"},
		"goal=ftd&occurred_at=2026-06-20T00:00:00Z&click_id=" + w.click(): {"occurred_at"},
		"goal=ftd&occurred_at=0000-01-01T00:00:00&click_id=" + w.click():  {"occurred_at"},
		"goal=ftd&player_id=" + long:                                      {"player_id", "click_id"},
		"goal=deposit&player_id=1&transaction_id=" + long:                 {"transaction_id", "transaction_id"},
		"goal=ftd&player_id=%ff":                                          {"player_id", "click_id"},
		"goal=ftd&player_id=a%00b":                                        {"player_id", "click_id"},
		"goal=jackpot&amount=x&currency=x&status=x&occurred_at=x":         {"amount", "occurred_at", "click_id", "currency"},
		"goal=ftd&player_id=%zz":                                          {"player_id"},
		"goal=ftd&goal=cpa&player_id=1&player_id=2":                       {"goal", "player_id"},
		"goal=;;&x=" + manyParameters():                                   {"goal", "click_id"},
	} {
		a := w.receive(w.get(query))
		var got []string
		for _, e := range a.Errors {
			got = append(got, e.Field)
			if e.Message == "" {
				t.Errorf("%s: nothing is said of %s", query, e.Field)
			}
		}
		if a.Result != intake.Invalid || a.StatusCode != http.StatusBadRequest || !slices.Equal(got, fields) {
			t.Errorf("%.80s: %s, errors of %q, want %q", query, a.Result, got, fields)
		}
	}
	if n := w.count(`SELECT count(*) FROM conversions`); n != 0 {
		t.Errorf("%d conversions came of it", n)
	}
}

func manyParameters() string {
	var b strings.Builder
	for i := range 300 {
		b.WriteString("&p" + strings.Repeat("x", i) + "=1")
	}
	return b.String()
}

func TestABodyThatCannotBeReadIsRefused(t *testing.T) {
	w := setup(t)
	token := "token=" + w.Integration.Token
	for name, c := range map[string]inbound.Call{
		"no object":          w.post("application/json", `"goal"`),
		"broken":             w.post("application/json", `{"goal":`),
		"two objects":        w.post("application/json", `{"goal":"ftd"} {"goal":"ftd"}`),
		"a list for a goal":  w.post("application/json", `{"goal":["ftd"],"player_id":"1"}`),
		"another type":       w.post("application/xml", `<goal/>`),
		"half a form":        w.post("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"goal\"\r\n\r\nftd\r\n--y--"),
		"a form that breaks": w.post("application/x-www-form-urlencoded", "goal=%"),
	} {
		c.RawQuery = token
		if a := w.receive(c); a.Result != intake.Invalid || len(a.Errors) != 1 {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestALongBodyIsRefusedAndNotKeptWhole(t *testing.T) {
	w := setup(t)
	just := w.post("application/json", `{"goal":"registration","click_id":"`+w.click()+`","token":"`+w.Integration.Token+`","pad":"`+strings.Repeat("x", 200<<10)+`"}`)
	if a := w.receive(just); a.Result != intake.Recorded {
		t.Errorf("200 KiB: %+v", a)
	}
	long := w.post("application/json", `{"pad":"`+strings.Repeat("x", inbound.MaxBody-8))
	long.Truncated = true
	a := w.receive(long)
	if a.Result != intake.Invalid || a.Errors[0].Field != "body" {
		t.Errorf("more than 256 KiB: %+v", a)
	}
	if n := len(w.last().Body); n > 64<<10 {
		t.Errorf("the received log keeps %d bytes of it", n)
	}
}

func TestTheReceivedLogKeepsNoSecret(t *testing.T) {
	w := setup(t)
	const leak = "s3cr3t-value"
	calls := map[string]inbound.Call{
		"a token in the query":    {Method: "GET", RawQuery: "goal=ftd&token=" + leak + "&player_id=1"},
		"with an escaped name":    {Method: "GET", RawQuery: "%74oken=" + leak + "&goal=ftd"},
		"given twice":             {Method: "GET", RawQuery: "token=x&token=" + leak},
		"a signature":             {Method: "GET", RawQuery: "goal=ftd&signature=" + leak},
		"a form":                  {Method: "POST", Body: []byte("token=" + leak + "&goal=ftd")},
		"JSON":                    {Method: "POST", ContentType: "application/json", Body: []byte(`{"token":"` + leak + `","goal":"ftd"}`)},
		"JSON with escapes":       {Method: "POST", ContentType: "application/json", Body: []byte(`{"\u0074oken":"` + leak + `"}`)},
		"JSON and more":           {Method: "POST", ContentType: "application/json", Body: []byte(`{"\u0074oken":"` + leak + `"} x`)},
		"JSON that breaks off":    {Method: "POST", ContentType: "application/json", Body: []byte(`{"token":"` + leak), Truncated: true},
		"a list":                  {Method: "POST", ContentType: "application/json", Body: []byte(`[{"token":"` + leak + `"}]`)},
		"a multi-part form":       {Method: "POST", ContentType: "multipart/form-data; boundary=x", Body: []byte("--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + leak)},
		"X-Signature":             {Method: "GET", Header: http.Header{"X-Signature": {leak}}},
		"an authorization header": {Method: "GET", Header: http.Header{"Authorization": {"Bearer " + leak}}},
		"a cookie":                {Method: "GET", Header: http.Header{"Cookie": {"session=" + leak}}},
	}
	for name, c := range calls {
		c.IntegrationKey = w.Integration.Key
		w.receive(c)
		entry := w.last()
		text := entry.Query + entry.Body + entry.Reason
		for _, h := range entry.Headers {
			text += h.Value
		}
		if strings.Contains(text, leak) {
			t.Errorf("%s: %q %q %v", name, entry.Query, entry.Body, entry.Headers)
		}
	}
	w.receive(w.get("goal=registration&click_id=" + w.click() + "&note=kept"))
	if q := w.last().Query; !strings.Contains(q, "note=kept") || !strings.Contains(q, "token=***") {
		t.Errorf("kept of a good call: %q", q)
	}
}

func TestTheReceivedLogKeepsTheCallAsItCame(t *testing.T) {
	w := setup(t)
	c := w.post("application/x-www-form-urlencoded", "goal=registration&click_id="+w.click()+"&x=a%20b&token="+w.Integration.Token)
	c.Header = http.Header{"User-Agent": {"Operator/1"}}
	w.receive(c)
	e := w.last()
	if e.Method != http.MethodPost || e.IntegrationKey != w.Integration.Key || !strings.Contains(e.Body, "x=a%20b") || e.Address != "198.51.100.0/24" ||
		len(e.Headers) != 1 || e.Headers[0].Value != "Operator/1" || e.ReceivedAt.Sub(pgtest.Now) > time.Second {
		t.Errorf("%+v", e)
	}
	garbage := inbound.Call{IntegrationKey: "a\x00b\xff", Method: "GET", RawQuery: "\xff\x00"}
	if a := w.receive(garbage); a.Result != intake.UnknownIntegration || w.last().IntegrationKey == "" {
		t.Errorf("%+v, %q", a, w.last().IntegrationKey)
	}
}
