package tracking

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// The most bytes that a click keeps of each part of a request.
const (
	MaxParam  = 512
	MaxHeader = 1024
	maxKey    = 64
	maxURL    = 2048
)

// Request is the part of an HTTP request that matters to a click.
type Request struct {
	Method    string
	RawQuery  string
	UserAgent string
	Referrer  string
	Purpose   string   // of the headers Sec-Purpose, Purpose, X-Purpose and X-Moz, whichever is set
	Notes     []string // what ReadAddress tolerated
}

// Click is what is kept of a request: truncated, and valid text for a database.
type Click struct {
	Params      [3]string // param_1 to param_3
	ParamNames  [3]string // the other networks' names that they were given under; empty for their own
	LandingPage string    // the key that lp named, empty for none
	DeepLink    string    // the URL that dl named, not yet validated; empty for none
	Test        bool      // test=1: somebody tries the link, and no report counts the click
	UserAgent   string
	Referrer    string
	Notes       []string // what was tolerated in the link, in words
}

// Read returns what the click of a request keeps.
func Read(r Request) Click {
	query := readQuery(r.RawQuery)
	c := Click{
		ParamNames:  query.names,
		LandingPage: Clean(query.landing, maxKey),
		Test:        query.test,
		UserAgent:   Clean(r.UserAgent, MaxHeader),
		Referrer:    Clean(r.Referrer, MaxHeader),
		Notes:       append(slices.Clone(r.Notes), query.notes...),
	}
	if len(query.deep) <= maxURL {
		c.DeepLink = query.deep
	}
	for i, value := range query.params {
		c.Params[i] = Clean(value, MaxParam)
	}
	return c
}

// unescape decodes a value; one with a broken escape is kept as written.
func unescape(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// IsText reports whether a database accepts s as text: valid UTF-8 without NUL.
func IsText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Clean returns s as text that a database accepts, cut to so many bytes: invalid UTF-8 and NUL
// become the replacement character, and no character is split.
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

// TruncateAddress returns the network of a client's address that may be kept: /24 for IPv4,
// /48 for IPv6. It is empty for an address that cannot be parsed.
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
