package tracking

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The most bytes that a click keeps of what a request carries.
const (
	MaxParam  = 512
	MaxHeader = 1024
	maxKey    = 64
	maxURL    = 2048
)

var paramNames = [3]string{"param_1", "param_2", "param_3"}

// Request is what of an HTTP request matters to a click.
type Request struct {
	Method    string
	RawQuery  string
	UserAgent string
	Referrer  string
	Purpose   string // of the headers Sec-Purpose, Purpose, X-Purpose and X-Moz, whichever is there
}

// Click is what is kept of a request: cut, and clean enough for a database.
type Click struct {
	Params      [3]string // param_1 to param_3
	LandingPage string    // the key that lp named, empty for none
	DeepLink    string    // the URL that dl named, not yet checked; empty for none
	UserAgent   string
	Referrer    string
}

// Read takes from a request what its click keeps.
func Read(r Request) Click {
	query := ParseQuery(r.RawQuery)
	c := Click{
		LandingPage: Clean(query["lp"], maxKey),
		UserAgent:   Clean(r.UserAgent, MaxHeader),
		Referrer:    Clean(r.Referrer, MaxHeader),
	}
	if len(query["dl"]) <= maxURL {
		c.DeepLink = query["dl"]
	}
	for i, name := range paramNames {
		c.Params[i] = Clean(query[name], MaxParam)
	}
	return c
}

// ParseQuery reads a query's first value for every name. Unlike net/url it loses
// nothing: a value with a broken escape stays as it was written, and a semicolon is
// a character like others.
func ParseQuery(rawQuery string) map[string]string {
	values := map[string]string{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name := unescape(rawName)
		if _, seen := values[name]; !seen {
			values[name] = unescape(rawValue)
		}
	}
	return values
}

func unescape(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// IsText reports whether a database takes s as text: valid UTF-8 without NUL.
func IsText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Clean makes text that a database takes, at most so many bytes of it: invalid
// UTF-8 and NUL become the replacement character, and no character is split.
func Clean(s string, most int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// TruncateAddress gives the network of a client's address that may be kept: /24
// for IPv4, /48 for IPv6. An address that cannot be read gives the empty text.
func TruncateAddress(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		withPort, err := netip.ParseAddrPort(address)
		if err != nil {
			return ""
		}
		addr = withPort.Addr()
	}
	bits := 48
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		bits = 24
	}
	network, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}
