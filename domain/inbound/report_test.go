package inbound_test

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/problem"
)

// dictionary are the goals that reports of these tests name.
var dictionary = map[string]*inbound.Goal{
	"ftd": {
		Goal:          commission.Goal{Key: "ftd", Reversible: true, Statuses: []commission.Status{commission.Pending, commission.Approved}},
		OncePerPlayer: true, Parameters: []string{commission.ParamAmount},
	},
	"deposit": {Goal: commission.Goal{Key: "deposit", Statuses: commission.Statuses()}, Parameters: []string{commission.ParamTransaction, commission.ParamAmount}},
}

// read parses a query as a call's, and completes it.
func read(t *testing.T, query string) (inbound.Report, []*problem.Error) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	r, bad := inbound.Read(values)
	return r, append(bad, r.Complete(dictionary[r.Goal], inbound.Dialect{}, "EUR", now)...)
}

func TestAReportAsItIsRead(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]inbound.Report{
		"goal=ftd&click_id=c1": {Goal: "ftd", ClickID: "c1", Currency: "EUR", Status: commission.Approved, OccurredAt: now},
		"goal=+ftd+&player_id=%20p%20&status=PENDING&currency=usd": {
			Goal: "ftd", PlayerID: "p", Currency: "USD", CurrencyGiven: true, Status: commission.Pending, StatusGiven: true, OccurredAt: now,
		},
		"goal=deposit&player_id=p&transaction_id=T&occurred_at=1781258400": {
			Goal: "deposit", PlayerID: "p", TransactionID: "T", Currency: "EUR", Status: commission.Approved, OccurredAt: time.Unix(1781258400, 0).UTC(), TimeGiven: true,
		},
		"goal=deposit&player_id=p&transaction_id=T&occurred_at=2026-06-12T09:00:00+02:00": { // the plus is a space
			Goal: "deposit", PlayerID: "p", TransactionID: "T", Currency: "EUR", Status: commission.Approved, OccurredAt: now.Add(-3 * time.Hour), TimeGiven: true,
		},
		"goal=ftd&player_id=p&status=in+review": { // kept until it is mapped
			Goal: "ftd", PlayerID: "p", Currency: "EUR", Status: commission.Unknown, StatusGiven: true, UnknownStatus: "in review", OccurredAt: now,
		},
	} {
		got, bad := read(t, query)
		if want.Actor = commission.ByOperator; len(bad) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v; %v", query, got, want, bad)
		}
	}
	if r, bad := read(t, "goal=deposit&player_id=p&transaction_id=T&amount=1234.5"); len(bad) > 0 || !r.Amount.Valid || r.Amount.Decimal.String() != "1234.5" {
		t.Errorf("an amount: %+v, %v", r.Amount, bad)
	}
}

// All problems are returned at once, each with its field.
func TestWhatIsWrongWithAReport(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"":                                                          {"click_id", "goal"},
		"goal=ftd":                                                  {"click_id"},
		"goal=%7Bevent%7D&click_id=1":                               {"goal"},
		"goal=deposit&click_id=1":                                   {"transaction_id"},
		"goal=ftd&click_id=1&status=rejected":                       {"status"}, // this goal is never rejected
		"goal=ftd&click_id=1&amount=1,2,3":                          {"amount"},
		"goal=ftd&click_id=1&currency=EUR+USD":                      {"currency"},
		"goal=ftd&click_id=1&currency=mBTC":                         {"currency"}, // of what amount?
		"goal=ftd&click_id=1&currency=%24":                          {"currency"}, // the default is EUR
		"goal=ftd&click_id=1&amount=5%24":                           {"amount"},
		"goal=ftd&click_id=1&amount=5+EUR&currency=USD":             {"amount"},
		"goal=ftd&click_id=1&amount=5+points":                       {"amount"},
		"goal=ftd&click_id=1&occurred_at=noon":                      {"occurred_at"},
		"goal=ftd&click_id=1&occurred_at=-5":                        {"occurred_at"},
		"goal=ftd&click_id=1&occurred_at=1781500000":                {"occurred_at"}, // more than a day ahead
		"goal=ftd&player_id=%ff":                                    {"click_id", "player_id"},
		"goal=ftd&click_id=" + strings.Repeat("c", inbound.MaxID+1): {"click_id", "click_id"},
		"goal=ftd&click_id=1&amount=x&currency=!&occurred_at=z":     {"amount", "currency", "occurred_at"},
	} {
		_, bad := read(t, query)
		var fields []string
		for _, b := range bad {
			fields = append(fields, strings.Join(b.Field, "."))
		}
		slices.Sort(fields)
		if !slices.Equal(fields, want) {
			t.Errorf("%s: %v, want %v", query, bad, want)
		}
	}
}

func TestWhatTheDictionaryDoesNotListIsNamed(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"goal=ftd&click_id=1&amount=5":                             nil,
		"goal=ftd&click_id=1&transaction_id=T&status=approved":     {"transaction_id", "status"},
		"goal=deposit&click_id=1&transaction_id=T&amount=5":        nil,
		"goal=deposit&click_id=1&transaction_id=T&status=approved": {"status"},
	} {
		r, bad := read(t, query)
		if got := r.Unlisted(dictionary[r.Goal]); len(bad) > 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q; %v", query, got, want, bad)
		}
	}
}

func TestAReportOfStaffIsOfTextThatCanBeKept(t *testing.T) {
	t.Parallel()
	r := inbound.Report{Goal: "ftd", ClickID: "a\x00", PlayerID: "\xff", TransactionID: strings.Repeat("t", inbound.MaxID+1)}
	if bad := r.Unreadable(); len(bad) != 3 {
		t.Errorf("%v", bad)
	}
	if bad := (&inbound.Report{Goal: "ftd", ClickID: "é"}).Unreadable(); len(bad) != 0 {
		t.Errorf("%v", bad)
	}
}

// A call that cannot be parsed has one problem, with the query or the body, not a field.
func TestACallThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := &inbound.Integration{}
	for name, c := range map[string]struct {
		call  inbound.Call
		field string
	}{
		"a bad escape":      {inbound.Call{Method: "GET", RawQuery: "goal=%zz"}, "goal"},
		"two goals":         {inbound.Call{Method: "GET", RawQuery: "goal=ftd&goal=cpa"}, "goal"},
		"a picture":         {inbound.Call{Method: "POST", ContentType: "image/png", Body: []byte("\x89PNG")}, "body"},
		"half an object":    {inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte(`{"goal":`)}, "body"},
		"a long list":       {inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte(`[1` + strings.Repeat(",1", 1000) + `]`)}, "body"},
		"two objects":       {inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte(`{} {}`)}, "body"},
		"a goal in a list":  {inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte(`{"goal":["ftd"]}`)}, "goal"},
		"a form, half read": {inbound.Call{Method: "POST", Body: []byte("click_id=%z")}, "click_id"},
	} {
		_, err := s.Admit(&c.call, now)
		if p, ok := errors.AsType[*problem.Error](err); !ok || strings.Join(p.Field, ".") != c.field {
			t.Errorf("%s: %v, want one of %s", name, err, c.field)
		}
	}
}
