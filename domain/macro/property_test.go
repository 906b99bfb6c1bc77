package macro_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postrider/domain/macro"
)

// The pieces of random templates: every kind of placeholder in every kind of place.
var (
	placeholders = []string{
		"{param_1}", "{param_2|raw}", "{sub3}", "{payout|mul:0.85|round:2}", "{reason|raw|upper}", "{date|unix}",
		"{user_agent|limit:9}", "{goal_id|map:a=..,b=/&#?,*=x}", "{click_id|default:..}", "{country|lower|raw}",
	}
	pathPieces  = []string{"/", "/a", "/p.", "/..", "/%2e", "-", "/{{x}}"}
	queryPieces = []string{"&a=", "&b", "=", ";", "/", "?", "&c[]=", "{{", "%", "%41"}
)

func drawTemplate(t *rapid.T) string {
	piece := func(pieces []string) *rapid.Generator[string] {
		return rapid.OneOf(rapid.SampledFrom(pieces), rapid.SampledFrom(placeholders))
	}
	var b strings.Builder
	b.WriteString(rapid.SampledFrom([]string{"https://t.example", "http://T.example:8080", "https://[::1]:1"}).Draw(t, "target"))
	b.WriteString("/" + strings.Join(rapid.SliceOfN(piece(pathPieces), 0, 6).Draw(t, "path"), ""))
	if rapid.Bool().Draw(t, "hasQuery") {
		b.WriteString("?" + strings.Join(rapid.SliceOfN(piece(queryPieces), 0, 8).Draw(t, "query"), ""))
	}
	if rapid.Bool().Draw(t, "hasFragment") {
		b.WriteString("#" + strings.Join(rapid.SliceOfN(piece(queryPieces), 0, 3).Draw(t, "fragment"), ""))
	}
	return b.String()
}

var nasty = []string{
	"", ".", "..", "%2e%2e", "%2E.", "/", "//evil.example", "\\", "a&b=c", ";x=y", "#", "?", "@evil.example", ":80",
	"{payout}", "{{", "}}", "%", "%4", "%41", "a b", "\r\nHost: evil", "\x00", "\xff\xfe", "日本", "1e999999999", "-12.5", "2026-06-12T10:00:00Z",
}

func drawValues(t *rapid.T) *macro.Values {
	v := new(macro.Values)
	for _, m := range macro.All() {
		v.Set(m.Name, rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(t, string(m.Name)))
	}
	return v
}

// harmless returns values without special characters for all macros, to compare shapes with.
func harmless() *macro.Values {
	v := new(macro.Values)
	for _, m := range macro.All() {
		v.Set(m.Name, "x")
	}
	return v
}

// shape is what no value may change.
type shape struct {
	target               string
	segments, parameters int
}

func shapeOf(t interface{ Fatalf(string, ...any) }, expanded string) shape {
	u, err := url.Parse(expanded)
	if err != nil {
		t.Fatalf("%q is no URL: %v", expanded, err)
	}
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		if text, _ := url.PathUnescape(segment); strings.Contains(text, "\x00") && !strings.Contains(segment, "%00") {
			t.Fatalf("%q has a NUL", expanded)
		}
	}
	return shape{
		target:     u.Scheme + "://" + u.Host,
		segments:   strings.Count(u.EscapedPath(), "/"),
		parameters: strings.Count(u.RawQuery, "&") + strings.Count(u.RawQuery, ";"),
	}
}

func checkShape(t interface{ Fatalf(string, ...any) }, parsed *macro.Template, v *macro.Values) {
	expanded := parsed.Expand(v)
	want := shapeOf(t, parsed.Expand(harmless()))
	if got := shapeOf(t, expanded); got != want {
		t.Fatalf("%q expands to %q, which has %+v, want %+v", parsed, expanded, got, want)
	}
	for i := range len(expanded) {
		if c := expanded[i]; c <= ' ' || c == 0x7f || c >= utf8.RuneSelf && i > len(parsed.Endpoint()) {
			t.Fatalf("%q has the byte %q", expanded, c)
		}
	}
}

func TestNoValueChangesTheShapeOfAURL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		template := drawTemplate(t)
		parsed, err := macro.Parse(template)
		if err != nil {
			t.Skip("not a template")
		}
		checkShape(t, parsed, drawValues(t))
	})
}

func TestNoValueAloneMakesADotSegment(t *testing.T) {
	t.Parallel()
	parsed := mustParse(t, "https://t.example/a/{param_1}/{param_2|raw}{param_3}/b")
	rapid.Check(t, func(t *rapid.T) {
		dots := rapid.StringMatching(`(\.|%2e|%2E){0,3}`)
		v := new(macro.Values)
		v.Set(macro.Param1, dots.Draw(t, "1"))
		v.Set(macro.Param2, dots.Draw(t, "2"))
		v.Set(macro.Param3, dots.Draw(t, "3"))
		for segment := range strings.SplitSeq(parsed.Expand(v)[len("https://t.example/"):], "/") {
			if text, err := url.PathUnescape(segment); err != nil || text == "." || text == ".." {
				t.Fatalf("%q decodes to %q", segment, text)
			}
		}
	})
}

func TestDecodingGivesTheValueBack(t *testing.T) {
	t.Parallel()
	parsed := mustParse(t, "https://t.example/p?a={param_1}&b={param_2}")
	rapid.Check(t, func(t *rapid.T) {
		a, b := string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "a")), rapid.String().Draw(t, "b")
		v := new(macro.Values)
		v.Set(macro.Param1, a)
		v.Set(macro.Param2, b)
		u, err := url.Parse(parsed.Expand(v))
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query(); got.Get("a") != a || got.Get("b") != b {
			t.Fatalf("got back %q and %q, want %q and %q", got.Get("a"), got.Get("b"), a, b)
		}
	})
}

func TestSpansMarkWhatTheyName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parsed, err := macro.Parse(drawTemplate(t))
		if err != nil {
			t.Skip("not a template")
		}
		v := drawValues(t)
		expanded, spans := parsed.ExpandSpans(v)
		if expanded != parsed.Expand(v) {
			t.Fatalf("with spans it is %q, without %q", expanded, parsed.Expand(v))
		}
		template, end := parsed.String(), 0
		for _, s := range spans {
			written := template[s.TemplateStart:s.TemplateEnd]
			if written[0] != '{' || written[len(written)-1] != '}' || s.URLStart < end || s.URLEnd < s.URLStart {
				t.Fatalf("the span %+v of %q marks %q", s, template, written)
			}
			end = s.URLEnd
			if s.Value == "" && s.URLStart != s.URLEnd {
				t.Fatalf("an empty value takes up %q", expanded[s.URLStart:s.URLEnd])
			}
		}
	})
}

func mustParse(t testing.TB, template string) *macro.Template {
	t.Helper()
	parsed, err := macro.Parse(template)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
