package inbound_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/problem"
)

// admitted reads a call, and returns its only event.
func admitted(t interface{ Fatalf(string, ...any) }, s *inbound.Integration, c inbound.Call) inbound.Event {
	a, err := s.Admit(&c, now)
	if err != nil || len(a.Events) != 1 {
		t.Fatalf("%q %q: %+v, %v", c.RawQuery, c.Body, a, err)
	}
	return a.Events[0]
}

// names are what parameters are called in the properties: ours, an operator's, anybody's.
var names = append(commission.Parameters(), "event.type", "Goal", "x", "x.y", "bonus")

// mapped has two of its own names.
func mapped() *inbound.Integration {
	return &inbound.Integration{Words: inbound.Dialect{Names: map[string]string{"goal": "event.type", "click_id": "x.y"}}}
}

func zipped(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// spellings are a call in every form in which it can be sent.
func spellings(values map[string]string) map[string]inbound.Call {
	query, form := url.Values{}, &bytes.Buffer{}
	w := multipart.NewWriter(form)
	for name, v := range values {
		query.Set(name, v)
		_ = w.WriteField(name, v)
	}
	_, _ = w.CreateFormFile("goal", "goal.txt") // files are not looked at
	_ = w.Close()
	object, _ := json.Marshal(values)
	post := func(kind string, body []byte) inbound.Call {
		return inbound.Call{Method: http.MethodPost, ContentType: kind, Body: body}
	}
	const mark = "\xEF\xBB\xBF"
	packed := post("application/json", zipped(object))
	packed.Header = http.Header{"Content-Encoding": {"gzip"}}
	return map[string]inbound.Call{
		"a query":              {Method: http.MethodGet, RawQuery: query.Encode()},
		"a query with &amp;":   {Method: http.MethodGet, RawQuery: strings.ReplaceAll(query.Encode(), "&", "&amp;")},
		"a form":               post("application/x-www-form-urlencoded", []byte(query.Encode())),
		"a form with a mark":   post("", []byte(mark+query.Encode())),
		"a form as text":       post("text/plain", []byte(query.Encode()+"\r\n")),
		"a form said as JSON":  post("application/json", []byte(query.Encode())),
		"a multipart form":     post(w.FormDataContentType(), form.Bytes()),
		"JSON":                 post("application/json", object),
		"JSON with a mark":     post("application/json; charset=", append([]byte(mark), object...)),
		"JSON as anything":     post("application/octet-stream", object),
		"gzip":                 packed,
		"gzip, without a word": post("", zipped([]byte(query.Encode()))),
		"a query beside []":    {Method: http.MethodPost, RawQuery: query.Encode(), ContentType: "application/json", Body: []byte("[]")},
	}
}

// A call and the same call in another spelling are one.
func TestEverySpellingIsTheSameCall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.MapOfN(rapid.SampledFrom(names), rapid.String(), 1, -1).Draw(t, "values")
		s := mapped()
		calls := spellings(values)
		want := admitted(t, s, calls["a query"])
		for name, c := range calls {
			if strings.Contains(name, "said as JSON") && len(values) == 1 && !strings.Contains(string(c.Body), "=") {
				continue
			}
			got := admitted(t, s, c)
			if got.Values.Encode() != want.Values.Encode() || !slices.Equal(got.Unused, want.Unused) {
				t.Fatalf("%s: %v %q, want %v %q", name, got.Values, got.Unused, want.Values, want.Unused)
			}
		}
	})
}

// member is a member of a JSON object: a name with a value, or with an object of one member.
type member struct{ name, value string }

func members(t *rapid.T) []member {
	name := rapid.SampledFrom([]string{"event.type", "event", "x.y", "x", "goal", "status", "a", "token"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) member {
		value := rapid.SampledFrom([]string{`"1"`, `"2"`, `""`, `null`, `3`, `[1]`, `{"type":"1"}`, `{"type":"2"}`, `{"y":"1"}`, `{"type":{}}`}).Draw(t, "value")
		return member{name.Draw(t, "name"), value}
	}), 1, 8).Draw(t, "members")
}

// outcome is what was read of a call, or the fields that cannot be read.
func outcome(s *inbound.Integration, c inbound.Call) string {
	a, err := s.Admit(&c, now)
	if err == nil {
		return a.Events[0].Values.Encode() + " unused " + strings.Join(a.Events[0].Unused, " ")
	}
	var bad []string
	for _, p := range problem.All(err) {
		bad = append(bad, strings.Join(p.Field, "."))
	}
	return "bad " + strings.Join(bad, " ")
}

// The order of parameters never matters, whichever of them stand there twice.
func TestTheOrderOfParametersNeverMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := mapped()
		list := members(t)
		var seen [2][]string
		for range 4 {
			object, query := []string{}, []string{}
			for _, m := range list {
				object = append(object, `"`+m.name+`":`+m.value)
				query = append(query, m.name+"="+url.QueryEscape(m.value))
			}
			seen[0] = append(seen[0], outcome(s, inbound.Call{Method: "POST", ContentType: "application/json", Body: []byte("{" + strings.Join(object, ",") + "}")}))
			seen[1] = append(seen[1], outcome(s, inbound.Call{Method: "GET", RawQuery: strings.Join(query, "&")}))
			list = rapid.Permutation(list).Draw(t, "order")
		}
		for _, outcomes := range seen {
			if len(slices.Compact(outcomes)) > 1 {
				t.Fatalf("%v: %q", list, outcomes)
			}
		}
	})
}

// A parameter that nobody asked for changes nothing, however it is written.
func TestOnlyWhatIsReadCanRefuse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &inbound.Integration{}
		const good = "goal=deposit&click_id=1&transaction_id=2"
		extra := rapid.StringOfN(rapid.SampledFrom([]rune("ab%;?=+.[]{}\"'<>/:@ \\é\x00")), 0, 20, -1).Draw(t, "extra")
		first, last := "zz"+extra+"&"+good, good+"&zz"+extra
		want := admitted(t, s, inbound.Call{Method: "GET", RawQuery: good})
		for _, query := range []string{first, last, strings.ReplaceAll(last, "&", "&amp;")} {
			if got := admitted(t, s, inbound.Call{Method: "GET", RawQuery: query}); !maps.EqualFunc(got.Values, want.Values, slices.Equal) {
				t.Fatalf("%q: %v", query, got.Values)
			}
			form := inbound.Call{Method: "POST", Body: []byte(query)}
			if got := admitted(t, s, form); !maps.EqualFunc(got.Values, want.Values, slices.Equal) {
				t.Fatalf("the form %q: %v", query, got.Values)
			}
		}
	})
}

// What a call says twice and differently is refused with both halves, and quotes no secret.
func TestAContradictionIsNamed(t *testing.T) {
	t.Parallel()
	s := &inbound.Integration{}
	for query, want := range map[string]string{
		"goal=ftd&goal=cpa":                `goal: is given twice, as "cpa" and "ftd": send it once`,
		"goal=ftd&amp;goal=cpa":            `goal: is given twice, as "cpa" and "ftd": send it once`,
		"status=approved&status=rejected":  `status: is given twice, as "approved" and "rejected": send it once`,
		"amount=1&amount=1.0":              `amount: is given twice, as "1" and "1.0": send it once`,
		"token=s3cret-one&token=s3cret-tw": `token: is given twice, and the two differ`,
		"goal=ftd&goal=ftd":                "",
		"goal=&goal=ftd&goal=+ftd":         "",
		"x=1&x=2&goal=ftd":                 "",
	} {
		_, err := s.Admit(&inbound.Call{Method: "GET", RawQuery: query}, now)
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
}
