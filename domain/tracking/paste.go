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
	LandingPage string
	DeepLink    string
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
	code, ok := strings.CutPrefix(u.Path, strings.TrimRight(ours.Path, "/")+"/c/")
	code = strings.TrimRight(code, "/")
	if !ok || !IsLinkCode(code) {
		return Pasted{}, fmt.Errorf("this is not a tracking link: those start with %s/c/ and a code of %d characters", strings.TrimRight(publicURL, "/"), CodeLength)
	}
	query, _, _ = strings.Cut(query, " ")
	values := ParseQuery(cutFragment(query))
	p := Pasted{Code: code, LandingPage: Clean(values["lp"], maxKey), DeepLink: Clean(values["dl"], maxURL)}
	for i, name := range paramNames {
		p.Params[i] = Clean(values[name], MaxParam)
	}
	return p, nil
}

// cutFragment cuts the fragment off, but not a token such as #s2#.
func cutFragment(query string) string {
	at := strings.LastIndexByte(query, '#')
	if at < 0 || strings.Count(query, "#")%2 == 0 {
		return query
	}
	return query[:at]
}
