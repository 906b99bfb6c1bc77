package inbound

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"postrider/domain/commission"
	"postrider/domain/pasted"
	"postrider/domain/tracking"
)

// Mask replaces what is not kept: secrets, and personal data that nobody asked for.
const Mask = "***"

// secretName reports whether a parameter is a secret in every integration.
func secretName(name string) bool {
	return name == commission.ParamToken || name == commission.ParamSignature
}

// Hides reports whether a parameter of this name is a secret. For a nil integration only the
// usual names are.
func (s *Integration) Hides(name string) bool {
	return secretName(name) || s != nil && s.Words.hides(name)
}

// fold returns a name without what spellings differ in: case, blanks, punctuation.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// secretEnds are what the names of secrets end with, whoever chose them.
var secretEnds = []string{"token", "signature", "secret", "password", "apikey", "accesskey", "privatekey"}

// hidden reports whether a parameter is not logged, because its name is that of a secret in
// some spelling. A parameter that is read as something else is none.
func (s *Integration) hidden(name string) bool {
	if s.Hides(name) {
		return true
	}
	if s != nil && s.reads(name) {
		return false
	}
	folded, last := fold(name), fold(name[strings.LastIndexByte(name, '.')+1:])
	for _, end := range secretEnds {
		if strings.HasSuffix(folded, end) {
			return true
		}
	}
	for _, segment := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if secretName(strings.ToLower(segment)) {
			return true
		}
	}
	if s == nil {
		return false
	}
	own := s.Words.secretNames()
	return slices.Contains(own, folded) || slices.Contains(own, last)
}

// masked returns a parameter's value as it is logged, and whether that differs.
func (s *Integration) masked(name, value string) (string, bool) {
	switch {
	case value == "":
		return value, false
	case s.hidden(name) || s.holdsSecret(value):
		return Mask, true
	case s != nil && s.reads(name) || commission.IsParameter(name):
		if local, host, found := strings.Cut(value, "@"); found && email.MatchString(value) && local != "" {
			return local[:1] + Mask + "@" + host, true
		}
	case personal(name, value):
		return Mask, true
	}
	return value, false
}

// MaskQuery masks the values of secrets and of personal data in a raw query or form.
func (s *Integration) MaskQuery(raw string) string {
	known := s
	if s == nil {
		known = &Integration{}
	}
	var b strings.Builder
	for _, p := range known.names().Pairs(raw) {
		b.WriteString(p.Separator + p.Name + p.Equals)
		name := cmp.Or(p.Meant, pasted.TrimName(queryUnescape(p.Name)))
		if value, changed := s.masked(name, queryUnescape(p.Value)); changed {
			b.WriteString(value)
		} else {
			b.WriteString(s.maskNested(p.Value))
		}
	}
	return s.safe(b.String())
}

// nested is a name with its value within a value, as slips and addresses have them.
var nested = regexp.MustCompile(`(?i)([^?;&\s=|,%#]+)(=|%3D)([^?;&\s|,#"]*)`)

// maskNested masks secrets and personal data that stand within a value.
func (s *Integration) maskNested(value string) string {
	if !strings.Contains(value, "=") && !strings.Contains(value, "%") {
		return value
	}
	return nested.ReplaceAllStringFunc(value, func(match string) string {
		m := nested.FindStringSubmatch(match)
		if masked, changed := s.masked(pasted.TrimName(m[1]), queryUnescape(m[3])); changed {
			return m[1] + m[2] + masked
		}
		return match
	})
}

// queryUnescape decodes a part of a query as far as it can be decoded.
func queryUnescape(text string) string { return pasted.Unescape(strings.ReplaceAll(text, "+", " ")) }

// MaskBody returns a body as it is logged: unpacked, a multipart form as a form, without
// secrets and personal data. A body that cannot be read and might hold such is not kept.
func (s *Integration) MaskBody(c *Call) string {
	if len(c.Body) == 0 {
		return ""
	}
	read := *c
	if read.Truncated = false; read.Method == http.MethodGet {
		read.Method = http.MethodPost // the body of a GET is logged, too
	}
	b, err := read.content()
	switch {
	case err != nil && len(b.text) == 0:
		return s.unlessPrivate(c.Body)
	case err != nil:
		return s.unlessPrivate(b.text)
	case b.shape == form && !looksStructured(b.text):
		return s.MaskQuery(string(b.text))
	case json.Valid(b.text):
		return s.safe(s.maskJSON(b.text))
	}
	return s.unlessPrivate(b.text)
}

// looksStructured reports whether a text that came as a form is something else.
func looksStructured(text []byte) bool {
	trimmed := bytes.TrimSpace(text)
	return len(trimmed) > 0 && bytes.IndexByte([]byte("{[<\"-"), trimmed[0]) >= 0
}

// maskJSON masks secrets and personal data in a JSON text, and leaves every other byte unchanged.
func (s *Integration) maskJSON(text []byte) string {
	var b strings.Builder
	kept := 0
	replace := func(n node, with string) {
		quoted, _ := json.Marshal(with)
		b.Write(text[kept:n.start])
		b.Write(quoted)
		kept = n.end
	}
	isList := bytes.HasPrefix(bytes.TrimSpace(text), []byte("["))
	walk(text, func(n node) {
		if isList { // the path within the event
			_, n.path, _ = strings.Cut(n.path, ".")
		}
		if n.compound != "" {
			return
		}
		if value, changed := s.masked(n.path, n.value); changed {
			replace(n, value)
		}
	})
	b.Write(text[kept:])
	return b.String()
}

// signs are what a text that cannot be read has in it where it may hold a secret or personal
// data: names, or escapes behind which they could stand.
var signs = []string{
	commission.ParamToken, commission.ParamSignature, "secret", "password", "key", `\u`, "&#", "%", "@",
	"mail", "phone", "name", "address", "birth", "iban",
}

// unlessPrivate returns a text that cannot be read only if nothing in it looks private.
func (s *Integration) unlessPrivate(text []byte) string {
	lower := strings.ToLower(string(text))
	private := slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(lower, sign) }) ||
		bytes.IndexByte(text, 0) >= 0 || bytes.HasPrefix(text, []byte(gzipMagic))
	if s != nil {
		folded := fold(lower)
		private = private || slices.ContainsFunc(s.Words.secretNames(), func(name string) bool { return strings.Contains(folded, name) })
	}
	if private {
		return fmt.Sprintf("(not kept: %d bytes that cannot be read and may hold a secret)", len(text))
	}
	return s.safe(string(text))
}

// shortestSecret is how long a secret is at least that is looked for within other texts.
const shortestSecret = 8

// holdsSecret reports whether a text has one of the integration's secrets in it, plain or with
// escapes, in whatever case: words are compared in lower case, and some are logged so.
func (s *Integration) holdsSecret(text string) bool {
	if s == nil {
		return false
	}
	const rounds = 3 // escapes of escapes
	for range rounds {
		lower := strings.ToLower(text)
		for _, k := range s.Secrets {
			secret := strings.ToLower(k.Value)
			if secret != "" && lower == secret || len(secret) >= shortestSecret && strings.Contains(lower, secret) {
				return true
			}
		}
		plain := text
		if strings.ContainsAny(plain, `%&\`) {
			plain = unescapeUnicode(html.UnescapeString(pasted.Unescape(plain)))
		}
		if plain == text {
			return false
		}
		text = plain
	}
	return false
}

var unicodeEscape = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\/`)

// unescapeUnicode decodes the escapes of JSON that letters can have.
func unescapeUnicode(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return unicodeEscape.ReplaceAllStringFunc(text, func(escaped string) string {
		var plain string
		if json.Unmarshal([]byte(`"`+escaped+`"`), &plain) != nil {
			return escaped
		}
		return plain
	})
}

// safe returns a text that is logged, unless a secret is in it all the same.
func (s *Integration) safe(text string) string {
	if !s.holdsSecret(text) {
		return text
	}
	for _, k := range s.Secrets {
		if len(k.Value) >= shortestSecret {
			text = strings.ReplaceAll(text, k.Value, Mask)
		}
	}
	if s.holdsSecret(text) {
		return "(not kept: it holds a secret)"
	}
	return text
}

// longestKey is how long the key of an integration is that is shown although nobody has it: a token
// in its place is longer.
const longestKey = 32

// MaskKey returns a key that no integration has, as it is logged.
func MaskKey(key string) string {
	if len(key) > longestKey {
		return Mask
	}
	return (*Integration)(nil).MaskText(key)
}

// MaskText masks secrets and e-mail addresses in a sentence.
func (s *Integration) MaskText(text string) string {
	if strings.Contains(text, "=") {
		text = s.maskNested(text)
	}
	if strings.Contains(text, "@") {
		text = emails.ReplaceAllString(text, Mask+"@$1")
	}
	return s.safe(text)
}

// MaskWord masks secrets in a word that may have been written in another case since.
func (s *Integration) MaskWord(word string) string {
	lower := strings.ToLower(word)
	for _, k := range s.Secrets {
		if len(k.Value) >= shortestSecret && strings.Contains(lower, strings.ToLower(k.Value)) {
			return Mask
		}
	}
	return s.MaskText(word)
}

// maxHeader is how many bytes of a header are kept.
const maxHeader = 1020

// MaskHeader returns a header's value as it is logged: masked if it is a credential, by
// convention or by the integration's settings.
func (s *Integration) MaskHeader(name, value string) string {
	switch strings.ToLower(name) {
	case "authorization", "cookie", "x-signature", "proxy-authorization", "x-api-key":
		return Mask
	}
	signedWebhook := strings.EqualFold(name, "webhook-signature") // of Standard Webhooks: it reveals no key
	if s.hidden(name) && !signedWebhook || s != nil && s.SignatureHeader != "" && strings.EqualFold(name, s.SignatureHeader) {
		return Mask
	}
	return tracking.Clean(s.safe(s.maskNested(value)), maxHeader)
}
