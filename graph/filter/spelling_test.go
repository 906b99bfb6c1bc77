package filter

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// However a client writes a value, it is found; as PHP's json_encode does, too.
func FuzzSpellings(f *testing.F) {
	for _, s := range []string{"abc d&é+1", "a@b.example", `"quoted\"/path`, "日本 😀", "50%", "tab\tline\n", "plain-1.2_3~", "(a|b)*[c]^$", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > longestSpelled {
			return
		}
		pattern := spellings(text)
		if pattern == "" {
			pattern = regexp.QuoteMeta(text)
		}
		found, err := regexp.Compile("(?s)^" + pattern + "$")
		if err != nil {
			t.Fatalf("%q: %s", text, err)
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		form := url.QueryEscape(text)
		for name, written := range map[string]string{
			"as it is": text, "a form": form, "a query": strings.ReplaceAll(form, "+", "%20"), "in small letters": lowerHex(form),
			"a path": url.PathEscape(text), "JSON": string(quoted[1 : len(quoted)-1]), "JSON in ASCII": asciiJSON(text),
		} {
			if !found.MatchString(written) {
				t.Errorf("%q is not found in %s: %q", text, name, written)
			}
		}
	})
}

// lowerHex writes the digits of percent-encoding in small letters.
func lowerHex(s string) string {
	return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(s, strings.ToLower)
}

// asciiJSON escapes all that is not ASCII, and slashes, as PHP does.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r >= 0x80 || r < ' ':
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
