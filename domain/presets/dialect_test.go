package presets_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/presets"
)

// spelled are the dialects in which networks write placeholders.
var spelled = []presets.Dialect{
	presets.Braces, presets.DoubleBraces, presets.Dollar, presets.HashBraces, presets.Hashes, presets.DoubleHashes, presets.Percents, presets.TwoPercents,
	presets.Brackets, presets.TwoBrackets, presets.Underscores, presets.Parentheses, presets.AngleBrackets,
}

// inWords writes tokens as dialect, name and filters, as the table below has them.
func inWords(tokens []presets.Token) string {
	var list []string
	for _, t := range tokens {
		list = append(list, string(t.Dialect)+" "+t.Name+t.Filters)
	}
	return strings.Join(list, ", ")
}

func TestPlaceholdersAreFoundInEveryDialect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"side by side":                          {"{a}{b}", "{x} a, {x} b"},
		"hashes side by side":                   {"#a##b#", "#x# a, #x# b"},
		"double hashes side by side":            {"##a####b##", "##x## a, ##x## b"},
		"double hashes sharing a pair":          {"##a##b##", "##x## a"},
		"percents sharing a sign":               {"%sum%id%", "%x% sum"},
		"of two dialects":                       {"{a}[c]#b#${d}__E__", "{x} a, [x] c, #x# b, ${x} d, __X__ E"},
		"braces in braces":                      {"{a{b}}", "{x} b"},
		"a brace too many before":               {"{{a}", "{x} a"},
		"a brace too many after":                {"{a}}", "{x} a"},
		"braces in double braces":               {"{{{a}}}", "{{x}} a"},
		"brackets in brackets":                  {"=[[a]]", "[[x]] a"},
		"one bracket too few":                   {"=[[a]", ""},
		"a dollar's braces are not ours":        {"${a}", "${x} a"},
		"a hash's braces are not ours":          {"#{a.b}", "#{x} a.b"},
		"two percents are not one":              {"%%a_b%%", "%%x%% a_b"},
		"spaces in braces":                      {"{ click id }", "{x} click id"},
		"spaces in double braces":               {"{{ click id }}", "{{x}} click id"},
		"two spaces are none":                   {"{  a}", ""},
		"no spaces in a dollar's braces":        {"${ a }", "{x} a"},
		"a filter":                              {"{a|mul:2|round:1}", "{x} a|mul:2|round:1"},
		"a filter ends with its brace":          {"{a|default:x}{b}", "{x} a|default:x, {x} b"},
		"no filters in double braces":           {"{{a|upper}}", "{x} a|upper"},
		"a name does not begin with a digit":    {"{1a}${2}#3#", ""},
		"an empty one":                          {"{}{{}}##", ""},
		"names with dots, dashes and colons":    {"{s2s.click-id:x}", "{x} s2s.click-id:x"},
		"an escape is no placeholder":           {"%ad%61%2fx%", ""},
		"two letters that are no hex digits":    {"%id%", "%x% id"},
		"one letter":                            {"%a%", "%x% a"},
		"brackets at a value":                   {"x=[a]&y=(b)&z=<c>&w=__D__", "[x] a, (x) b, <x> c, __X__ D"},
		"brackets in prose":                     {"see [a] (b) <c> of __D__", ""},
		"brackets at the beginning":             {"[a]", ""},
		"a preset's blank in the middle":        {"/bot<token>/y<b>", "<x> token"},
		"underlines that part words":            {"=__SUB__ID__", "__X__ SUB"},
		"underlines in a name":                  {"=__SUB_ID__", "__X__ SUB_ID"},
		"underlines alone":                      {"=____", ""},
		"after what looked like a beginning":    {"{#%[=$<{a}", "{x} a"},
		"letters beyond ASCII are no name":      {"{é}{a}", "{x} a"},
		"a fragment is none":                    {"#top", ""},
		"a fragment that ends in a hash":        {"#top#", "#x# top"},
		"a line break is in none":               {"{a\nb}", ""},
		"as long as one may be":                 {"{" + strings.Repeat("a", 510) + "}", "{x} " + strings.Repeat("a", 510)},
		"one longer than that":                  {"{" + strings.Repeat("a", 511) + "}", ""},
		"at the end, where the text breaks off": {"{a}{b", "{x} a"},
	} {
		if got := inWords(presets.Tokens(c.text)); got != c.want {
			t.Errorf("%s: %q has %q, want %q", name, c.text, got, c.want)
		}
	}
}

// checkTokens holds what must be true of any text's placeholders.
func checkTokens(t fataler, text string) []presets.Token {
	t.Helper()
	tokens := presets.Tokens(text)
	end := 0
	for _, token := range tokens {
		if token.Start < end || token.End <= token.Start || token.End > len(text) {
			t.Fatalf("%q: %+v overlaps what is before, or ends nowhere", text, tokens)
		}
		end = token.End
		opening, closing, _ := strings.Cut(strings.ToLower(string(token.Dialect)), "x")
		written := text[token.Start:token.End]
		if !strings.HasPrefix(written, opening) || !strings.HasSuffix(written, closing) {
			t.Fatalf("%q: %q is not written as %s", text, written, token.Dialect)
		}
		inside := strings.TrimSpace(written[len(opening) : len(written)-len(closing)])
		if token.Name == "" || !strings.HasPrefix(inside, token.Name) || !strings.HasSuffix(inside, token.Name+token.Filters) && token.Filters == "" {
			t.Fatalf("%q: %q is said to be %q with %q", text, written, token.Name, token.Filters)
		}
		if token.Filters != "" && (token.Dialect != presets.Braces || token.Filters[0] != '|') {
			t.Fatalf("%q: %+v has filters", text, token)
		}
	}
	return tokens
}

// Whatever a name is written in is read as that dialect and that name, at the place
// where it stands, and written again it is the same.
func TestADialectReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := "https://x.io/in?"
		var want []presets.Token
		for i := range rapid.IntRange(1, 6).Draw(rt, "parameters") {
			d := rapid.SampledFrom(spelled).Draw(rt, "dialect")
			name := rapid.StringMatching(`[A-Za-z]{2}[A-Za-z0-9]{0,6}`).Filter(func(s string) bool {
				return d != presets.Percents || strings.Trim(s[:2], "0123456789abcdefABCDEF") != ""
			}).Draw(rt, "name")
			text += map[bool]string{true: "", false: "&"}[i == 0] + "v="
			start := len(text)
			text += d.Form(name)
			want = append(want, presets.Token{Dialect: d, Name: name, Start: start, End: len(text)})
		}
		if got := checkTokens(rt, text); !slices.Equal(got, want) {
			rt.Fatalf("%s: %+v, want %+v", text, got, want)
		}
	})
}

// What stands before and behind placeholders does not hide them.
func TestPlaceholdersDoNotDependOnWhatIsFarFromThem(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"{a}", "{{b}}", "#c#", "##d##", "%ef_g%", "=[h]", "=(i)", "=__J__", "{", "}", "#", "%", "[", "__", "$", "=", "x", " ", "é"})
	rapid.Check(t, func(rt *rapid.T) {
		middle := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(rt, "pieces"), "")
		alone := checkTokens(rt, middle)
		within := checkTokens(rt, "go / "+middle+" / on")
		for i := range within {
			within[i].Start -= len("go / ")
			within[i].End -= len("go / ")
		}
		if !slices.Equal(alone, within) {
			rt.Fatalf("%q: alone %+v, in a sentence %+v", middle, alone, within)
		}
	})
}

func TestADialectWithoutAFormLeavesTheNameAlone(t *testing.T) {
	t.Parallel()
	for d, want := range map[presets.Dialect]string{
		presets.Braces: "{sub_id}", presets.DoubleHashes: "##sub_id##", presets.Underscores: "__sub_id__", presets.TwoPercents: "%%sub_id%%", presets.HashBraces: "#{sub_id}",
		presets.Ours: "sub_id", presets.Words: "sub_id", presets.NoDialect: "sub_id",
	} {
		if got := d.Form("sub_id"); got != want {
			t.Errorf("%s writes %s, want %s", d, got, want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, d := range spelled {
		f.Add("https://x.io/in?v=" + d.Form("click_id") + d.Form("sum"))
	}
	f.Add("{{{a|b:{c}}}}#{#x##__A____")
	f.Fuzz(func(t *testing.T, text string) { checkTokens(t, text) })
}
