package tracking

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"strings"
)

// codeAlphabet leaves out characters that are easily confused: 0 O, 1 l I. It has 32
// characters, so that a random byte maps onto it evenly.
const codeAlphabet = "23456789abcdefghijkmnpqrstuvwxyz"

// CodeLength is the number of characters in a link's code.
const CodeLength = 8

// NewLinkCode returns a random code for a tracking link.
func NewLinkCode() string {
	var code [CodeLength]byte
	_, _ = rand.Read(code[:]) // never fails, see its documentation
	for i, b := range code {
		code[i] = codeAlphabet[int(b)%len(codeAlphabet)]
	}
	return string(code[:])
}

// IsLinkCode reports whether the text could be a link's code at all.
func IsLinkCode(s string) bool {
	return len(s) == CodeLength && strings.Trim(s, codeAlphabet) == ""
}

// LinkOptions are what an affiliate chooses for its link.
type LinkOptions struct {
	Params      [3]string // values or tokens of the affiliate's tracker, such as {subid}
	LandingPage string    // a landing page's key
	DeepLink    string    // a page on one of the offer's allowed hosts
}

// LinkURL returns a tracking link. publicURL is the installation's public URL. A parameter
// that is a tracker's token is left unencoded, so that the tracker finds it; everything else
// is percent-encoded.
func LinkURL(publicURL, code string, o LinkOptions) string {
	var b strings.Builder
	b.WriteString(strings.TrimRight(publicURL, "/"))
	b.WriteString("/c/")
	b.WriteString(url.PathEscape(code))
	separator := byte('?')
	add := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteByte(separator)
		separator = '&'
		b.WriteString(name)
		b.WriteByte('=')
		if !IsToken(value) {
			value = strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		}
		b.WriteString(value)
	}
	for i, value := range o.Params {
		add(paramNames[i], value)
	}
	add("lp", o.LandingPage)
	add("dl", o.DeepLink)
	return b.String()
}

var token = regexp.MustCompile(`^(\{[\w.:-]+\}|\{\{[\w.:-]+\}\}|\$\{[\w.:-]+\}|\[[\w.:-]+\]|#[\w.:-]+#|##[\w.:-]+##|%[A-Za-z]\w*%|__\w+__)$`)

// IsToken reports whether the text is a placeholder in any tracker's dialect:
// {x}, {{x}}, ${x}, [x], #x#, ##x##, %x% or __x__.
func IsToken(s string) bool { return token.MatchString(s) }
