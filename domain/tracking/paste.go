package tracking

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Pasted is a parsed tracking link of ours.
type Pasted struct {
	Code        string
	Params      [3]string // as in the link: a tracker's tokens as written, values decoded
	ParamNames  [3]string // the other networks' names that they have in the link; empty for their own
	LandingPage string
	DeepLink    string
	Unread      []string // names of parameters that nothing reads
	Notes       []string // what a click over the link tolerates, in words
}

// ParseLink parses a pasted tracking link. publicURL is the installation's public URL. The
// error is why it is not a link of this installation.
func ParseLink(publicURL, text string) (Pasted, error) {
	text = strings.TrimSpace(text)
	ours, err := url.Parse(publicURL)
	if err != nil {
		return Pasted{}, fmt.Errorf("reading our own address: %w", err)
	}
	if text == "" {
		return Pasted{}, errors.New("paste a tracking link")
	}
	if !strings.Contains(text, "://") {
		text = ours.Scheme + "://" + strings.TrimPrefix(text, "//")
	}
	head, query, _ := strings.Cut(text, "?")
	u, err := url.Parse(head)
	switch {
	case err != nil || u.Host == "":
		return Pasted{}, errors.New("this is not a link")
	case !strings.EqualFold(u.Host, ours.Host):
		return Pasted{}, fmt.Errorf("this link leads to %s; tracking links of this network start with %s/c/", u.Host, strings.TrimRight(publicURL, "/"))
	}
	path, ok := cutPrefixFold(u.EscapedPath(), strings.TrimRight(ours.Path, "/")+"/c/")
	query, _, _ = strings.Cut(query, " ")
	code, query, notes := ReadAddress(path, cutFragment(query))
	if !ok || !IsLinkCode(code) {
		return Pasted{}, fmt.Errorf("this is not a tracking link: those start with %s/c/ and a code of %d characters", strings.TrimRight(publicURL, "/"), CodeLength)
	}
	values := readQuery(query)
	p := Pasted{
		Code: code, ParamNames: values.names, LandingPage: Clean(values.landing, maxKey), DeepLink: Clean(values.deep, maxURL),
		Unread: values.unread, Notes: append(notes, values.notes...),
	}
	for i, value := range values.params {
		p.Params[i] = Clean(value, MaxParam)
	}
	return p, nil
}

// cutPrefixFold is strings.CutPrefix whatever the case.
func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// cutFragment cuts the fragment off, but not a token such as #s2#.
func cutFragment(query string) string {
	at := strings.LastIndexByte(query, '#')
	if at < 0 || strings.Count(query, "#")%2 == 0 {
		return query
	}
	return query[:at]
}
