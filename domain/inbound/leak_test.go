package inbound

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"postrider/domain/pasted"
)

// The secrets of the integration in the fuzz tests. In their inputs a star stands for the token.
const (
	leakToken = "tK7qW2mZ9xB4vN8rT3yU6pL1"
	leakKey   = "hM5cD8jF2gS6kA9wE3rQ7tY4"
)

func leaky() *Integration {
	return &Integration{
		RequireToken: true, SignatureHeader: "X-Proof",
		Words:   Dialect{Names: map[string]string{"token": "auth.key", "player_id": "user", "currency": "=EUR"}},
		Secrets: []Secret{{Kind: Token, Value: leakToken}, {Kind: HMAC, Value: leakKey}},
	}
}

// neverLeaks reads a call, whatever comes of it, and looks for the token in all that is logged.
func neverLeaks(t *testing.T, c Call) {
	t.Helper()
	s := leaky()
	now := time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC)
	key, query, _ := pasted.Address("key", c.IntegrationKey, c.RawQuery)
	c.IntegrationKey, c.RawQuery = key, query
	calls := []*Call{&c}
	a, err := s.Admit(&c, now)
	reasons, notes := []string{a.Refused}, c.Notes
	if err != nil {
		reasons = append(reasons, err.Error())
	}
	for _, e := range a.Events {
		calls, reasons = append(calls, e.Call), append(reasons, e.Notes...)
		r, bad := Read(e.Values)
		bad = append(bad, r.Complete(nil, s.Words, "EUR", now)...)
		notes = append(append(notes, e.Notes...), r.Notes...)
		for _, p := range e.Nearest(bad) {
			reasons = append(reasons, p.Message)
		}
	}
	for _, of := range calls {
		kept := []string{s.MaskText(of.IntegrationKey), s.MaskQuery(of.RawQuery), s.MaskBody(of), s.MaskText(strings.Join(reasons, "; "))}
		kept = append(kept, s.Unread(kept[1], kept[2])...)
		for _, note := range notes {
			kept = append(kept, s.MaskText(note))
		}
		for name, values := range of.Header {
			kept = append(kept, s.MaskHeader(name, values[0]))
		}
		for _, text := range kept {
			if holdsToken(text) || holdsToken(pasted.Unescape(pasted.Unescape(text))) {
				t.Fatalf("the token is logged: %q of %+v", text, of)
			}
		}
	}
}

// holdsToken looks for the token in whatever case.
func holdsToken(text string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(leakToken))
}

func withToken(text string) string { return strings.ReplaceAll(text, "*", leakToken) }

// spelledNames are names of the token as they really arrive.
var spelledNames = []string{
	"token", "Token", "TOKEN", "amp;token", "tok%65n", "\xEF\xBB\xBFtoken", "%20token", "access_token", "AuthToken", "auth.key", "x", "user", "click_id", "goal",
}

func FuzzQuery(f *testing.F) {
	for _, name := range spelledNames {
		f.Add("casino", "goal=deposit&"+name+"=*&click_id=1", "Mozilla/5.0")
	}
	f.Add("casino&token=*", "", "")
	f.Add("casino%3Ftoken%3D*", "goal=*", "token=*")
	f.Add("*", "goal=deposit?token=*&click_id=1;token=*", "https://x.example/?a=*")
	f.Add("casino", "??*&&=*&*=1&a=%2574oken=*&b=%zz*", "*")
	f.Fuzz(func(t *testing.T, key, query, header string) {
		neverLeaks(t, Call{IntegrationKey: withToken(key), Method: http.MethodGet, RawQuery: withToken(query), Header: http.Header{"Referer": {withToken(header)}}})
	})
}

func FuzzForm(f *testing.F) {
	for _, name := range spelledNames {
		f.Add("application/x-www-form-urlencoded", name+"=*&goal=deposit")
	}
	f.Add("application/x-www-form-urlencoded;charset", "goal=deposit&a=*")
	f.Add("text/plain", "hello *")
	f.Add("application/xml", "<t>*</t>")
	f.Fuzz(func(t *testing.T, kind, body string) {
		neverLeaks(t, Call{Method: http.MethodPost, ContentType: kind, Body: []byte(withToken(body))})
	})
}

func FuzzMultipart(f *testing.F) {
	part := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	for _, name := range spelledNames {
		f.Add("multipart/form-data; boundary=b", part("goal", "deposit")+part(name, "*")+"--b--\r\n")
	}
	f.Add("multipart/form-data", part("token", "*")+"--b--")
	f.Add("multipart/form-data; boundary=b", part("token", "*"))
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"*\"\r\n\r\n*\r\n--b--")
	f.Fuzz(func(t *testing.T, kind, body string) {
		neverLeaks(t, Call{Method: http.MethodPost, ContentType: kind, Body: []byte(withToken(body))})
	})
}

func FuzzJSON(f *testing.F) {
	for _, name := range spelledNames {
		f.Add("application/json", `{"goal":"deposit","`+name+`":"*"}`)
	}
	f.Add("application/json", `[{"goal":"deposit","token":"*"},{"a":{"\u0074oken":["*"]}},"*"]`)
	f.Add("application/json", `{"token":{"a":"*"},"auth":{"key":"*"},"*":1,"b":"x*y"}`)
	f.Add("", "\xEF\xBB\xBF"+`{"token":"*"`)
	f.Add("application/json; charset=utf-16", "\xFF\xFE{\x00}\x00")
	f.Fuzz(func(t *testing.T, kind, body string) {
		neverLeaks(t, Call{Method: http.MethodPost, ContentType: kind, Body: []byte(withToken(body))})
	})
}

func FuzzGzip(f *testing.F) {
	f.Add("gzip", "application/json", []byte(`{"token":"*"}`), true)
	f.Add("deflate", "", []byte("goal=deposit&token=*"), true)
	f.Add("gzip", "", []byte("goal=deposit&Token=*"), false)
	f.Add("br", "application/json", []byte(`{"token":"*"}`), false)
	f.Add("", "", []byte("token=*"), true)
	f.Fuzz(func(t *testing.T, coding, kind string, text []byte, packed bool) {
		body := []byte(withToken(string(text)))
		if packed {
			body = pack(coding, body)
		}
		c := Call{Method: http.MethodPost, ContentType: kind, Body: body, Header: http.Header{"Content-Encoding": {coding}}}
		if b, err := c.content(); err == nil && len(b.text) > MaxBody {
			t.Fatalf("%d bytes were unpacked to %d", len(body), len(b.text))
		}
		neverLeaks(t, c)
	})
}

func pack(coding string, text []byte) []byte {
	var b bytes.Buffer
	if coding == "deflate" {
		w := zlib.NewWriter(&b)
		_, _ = w.Write(text)
		_ = w.Close()
		return b.Bytes()
	}
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// A wrong token is masked by its name, in whatever spelling; a right one wherever it stands, with
// whatever escapes.
func TestSecretsAreMaskedInEverySpelling(t *testing.T) {
	t.Parallel()
	const wrong = "another-one"
	s := leaky()
	hidden := func(c Call) {
		t.Helper()
		if kept := s.MaskQuery(c.RawQuery) + s.MaskBody(&c); strings.Contains(kept, wrong) || !strings.Contains(kept, Mask) {
			t.Errorf("%q %q is kept as %q", c.RawQuery, c.Body, kept)
		}
	}
	for _, name := range spelledNames[:slices.Index(spelledNames, "x")] {
		hidden(Call{RawQuery: "goal=deposit&" + name + "=" + wrong})
		hidden(Call{RawQuery: "goal=deposit&click_id=1?" + name + "=" + wrong})
		hidden(Call{Method: http.MethodPost, Body: []byte(name + "=" + wrong)})
		hidden(Call{Method: http.MethodPost, Body: pack("gzip", []byte(`[{"a":{"`+pasted.Unescape(name)+`":"`+wrong+`"}}]`))})
	}
	escaped := "%2574" + leakToken[1:]
	for _, text := range []string{escaped, "%74" + leakToken[1:], "&#116;" + leakToken[1:], `\u0074` + leakToken[1:], "x%3D" + leakToken + "y"} {
		if !s.holdsSecret(text) || strings.Contains(s.MaskText("the goal "+text), leakToken[1:]) {
			t.Errorf("%s: %s", text, s.MaskText("the goal "+text))
		}
	}
	if got := s.MaskQuery("x=" + escaped); got != "x="+Mask {
		t.Errorf("%s", got)
	}
}

// A small body that unpacks to a large one is refused at the limit, and not kept.
func TestABodyIsUnpackedUpToItsLimit(t *testing.T) { // not parallel: it measures memory
	c := &Call{Method: http.MethodPost, ContentType: "application/json", Body: pack("gzip", bytes.Repeat([]byte(" "), 30<<20))}
	if len(c.Body) > MaxBody {
		t.Fatalf("the bomb has %d bytes", len(c.Body))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := c.content()
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 8*MaxBody {
		t.Errorf("it took %d bytes of memory", after.TotalAlloc-before.TotalAlloc)
	}
	if err == nil || !strings.Contains(err.Error(), "unpacks to more than 262144 bytes") || len(b.text) != 0 {
		t.Errorf("%v, %d bytes", err, len(b.text))
	}
	if kept := leaky().MaskBody(c); len(kept) > 100 {
		t.Errorf("%d bytes are kept", len(kept))
	}
}

// Personal data that nobody asked for is masked by its name or its shape; what is read stays, an
// e-mail address among it without its first part.
func TestPersonalDataIsMasked(t *testing.T) {
	t.Parallel()
	s := leaky()
	for pair, want := range map[string]string{
		"email=jo@x.example":                  "***",
		"Customer_Email=x":                    "***",
		"contact=jo%40x.example":              "***",
		"first_name=Jo":                       "***",
		"phone=1":                             "***",
		"who=%2B49+170+1234567":               "***",
		"who=+491701234567":                   "***",
		"player_ip=203.0.113.7":               "***",
		"from=2001:db8::1":                    "***",
		"account=DE89+3704+0044+0532+0130+00": "***",
		"birthday=1990-01-01":                 "***",
		"address=Street+1":                    "***",
		"player_id=jo%40x.example":            "j***@x.example",
		"user=jo@x.example":                   "j***@x.example",
		"click_id=0197640b8a5e7c10":           "0197640b8a5e7c10",
		"transaction_id=1781258400":           "1781258400",
		"order=1234567890":                    "1234567890",
		"account=DE89370400440532013001":      "DE89370400440532013001", // no IBAN: its digits are wrong
		"bonus=12.50":                         "12.50",
		"campaign_name=Summer":                "Summer",
		"when=2026-06-12T10:00:00Z":           "2026-06-12T10:00:00Z",
	} {
		name, _, _ := strings.Cut(pair, "=")
		if got := s.MaskQuery(pair); got != name+"="+want {
			t.Errorf("%s: %s, want %s", pair, got, want)
		}
		object := `{"` + name + `":"` + queryUnescape(strings.TrimPrefix(pair, name+"=")) + `"}`
		if got := s.MaskBody(&Call{Method: http.MethodPost, Body: []byte(object)}); (want == Mask) != strings.Contains(got, `"***"`) {
			t.Errorf("%s: %s", object, got)
		}
	}
}

// No body of a call takes long to read, whatever it repeats.
func BenchmarkHostileBodies(b *testing.B) {
	for _, repeated := range []string{";goal=1", "?;", "a=?goal=1", "%3F", "&", "&amp;", "\xC2\xA4cy=", "&a=%41", "[", `{"a":`, "a@", "token=1;"} {
		body := "x==" + strings.Repeat(repeated, MaxBody/len(repeated)-1)
		if repeated[0] == '[' || repeated[0] == '{' {
			body = body[3:]
		}
		b.Run(repeated, func(b *testing.B) {
			c := &Call{Method: http.MethodPost, Body: []byte(body)}
			for b.Loop() {
				_, _ = leaky().Admit(c, time.Time{})
				_ = leaky().MaskBody(c)
			}
		})
	}
}

func BenchmarkCall(b *testing.B) {
	s := leaky()
	c := &Call{Method: http.MethodGet, RawQuery: "goal=registration&click_id=0197640b8a5e7c10b3f29d6e41c80a35&player_id=p-42&token=" + leakToken}
	for b.Loop() {
		if _, err := s.Admit(c, time.Time{}); err != nil {
			b.Fatal(err)
		}
		_ = s.MaskQuery(c.RawQuery)
	}
}
