package tracking

import (
	"net/url"
	"strings"
)

// OwnURL is a kind of URL of this installation that people take for their tracker's.
type OwnURL int

// The kinds of URLs of this installation.
const (
	NotOwn     OwnURL = iota
	OwnLink           // a tracking link
	OwnInbound        // where an operator sends conversions
)

// ParseOwnURL says which URL of this installation a text is, and its code or key. publicURL is the
// installation's public URL. Pages and the echo tracker are not own URLs: the latter takes postbacks.
func ParseOwnURL(publicURL, text string) (OwnURL, string) {
	if link, err := ParseLink(publicURL, text); err == nil {
		return OwnLink, link.Code
	}
	ours, err := url.Parse(publicURL)
	if err != nil || ours.Host == "" {
		return NotOwn, ""
	}
	_, rest, found := strings.Cut(strings.TrimSpace(text), "://")
	if !found {
		rest = strings.TrimSpace(text)
	}
	head := rest
	if end := strings.IndexAny(rest, "?# "); end >= 0 {
		head = rest[:end]
	}
	host, path, _ := strings.Cut(head, "/")
	if !strings.EqualFold(host, ours.Host) {
		return NotOwn, ""
	}
	key, ok := strings.CutPrefix("/"+path, strings.TrimRight(ours.Path, "/")+"/postback/")
	if key = strings.TrimRight(key, "/"); !ok || key == "" || strings.Contains(key, "/") {
		return NotOwn, ""
	}
	return OwnInbound, key
}
