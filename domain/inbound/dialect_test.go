package inbound_test

import (
	"testing"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// An operator's names, paths into its JSON, fixed values and words are mapped to ours.
func TestAnOperatorsOwnWords(t *testing.T) {
	t.Parallel()
	words, err := inbound.ReadDialect(
		[]byte(`{"goal": "event.type", "click_id": "sub1", "transaction_id": "id", "currency": "=usd", "player_id": "user"}`),
		[]byte(`{"First Deposit": "ftd", "REG": "registration"}`), []byte(`{"ok": "approved", "Fraud ": "rejected"}`))
	if err != nil {
		t.Fatal(err)
	}
	s := &inbound.Integration{Words: words}
	for name, c := range map[string]struct {
		call inbound.Call
		want map[string]string
	}{
		"a query": {
			inbound.Call{Method: "GET", RawQuery: "event.type=first+deposit&sub1=c&id=7&status=OK"},
			map[string]string{"goal": "ftd", "click_id": "c", "transaction_id": "7", "currency": "usd", "status": "approved"},
		},
		"JSON, with digits as they came": {
			inbound.Call{Method: "POST", ContentType: "application/json; charset=utf-8", Body: []byte(`{"event":{"type":"reg"},"sub1":"c","id":12345678901234567890,"status":"fraud"}`)},
			map[string]string{"goal": "registration", "click_id": "c", "transaction_id": "12345678901234567890", "currency": "usd", "status": "rejected"},
		},
		"a word that nobody has mapped, and our own names": {
			inbound.Call{Method: "POST", Body: []byte("goal=kyc&click_id=c&status=wait")},
			map[string]string{"goal": "kyc", "click_id": "c", "currency": "usd", "status": "wait"},
		},
		"theirs goes before ours": {
			inbound.Call{Method: "GET", RawQuery: "goal=x&click_id=ours&sub1=theirs"},
			map[string]string{"goal": "x", "click_id": "theirs", "currency": "usd"},
		},
	} {
		a, err := s.Admit(&c.call, now)
		if err != nil || a.Refused != "" {
			t.Errorf("%s: %q, %v", name, a.Refused, err)
			continue
		}
		values := a.Events[0].Values
		for _, ours := range commission.Parameters() {
			if got := values.Get(ours); got != c.want[ours] {
				t.Errorf("%s: %s is %q, want %q", name, ours, got, c.want[ours])
			}
		}
	}
	for _, bad := range [][3]string{{`[]`, `{}`, `{}`}, {`{}`, `{"a": 1}`, `{}`}, {`{}`, `{}`, `nothing`}} {
		if _, err := inbound.ReadDialect([]byte(bad[0]), []byte(bad[1]), []byte(bad[2])); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestWhatWasHeardInACall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, body string
		want        map[string]string
	}{
		{"a=1&b=+2+", "", map[string]string{"a": "1", "b": "2"}},
		{"a=1", `{"a":"2","deep":{"er":[true,"x"]}}`, map[string]string{"a": "2", "deep.er.0": "true", "deep.er.1": "x"}},
		{"", "a=1&c=3", map[string]string{"a": "1", "c": "3"}},
		{"b=2", "{", map[string]string{"b": "2"}}, // half an object
	} {
		got := inbound.Heard(c.query, c.body)
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%q %q: %s is %q, want %q", c.query, c.body, name, got[name], want)
			}
		}
	}
}
