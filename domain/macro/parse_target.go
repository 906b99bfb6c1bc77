package macro

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// target is the fixed beginning of a template: scheme, host and port.
type target struct {
	end      int // where the path, query or fragment begins
	endpoint string
}

// target parses scheme, host and port and reports what is wrong with them. Macros in them are
// reported where they are parsed, not here.
func (p *parser) target() target {
	schemeEnd := strings.Index(p.source, "://")
	hostStart := schemeEnd + len("://")
	scheme := ""
	if schemeEnd >= 0 {
		scheme = strings.ToLower(p.source[:schemeEnd])
	}
	if scheme != "http" && scheme != "https" {
		if schemeEnd >= 0 && strings.Contains(scheme, "{") && !strings.ContainsAny(scheme, "/?#") {
			return target{end: hostStart + authorityLength(p.source[hostStart:])}
		}
		p.fail(CodeNotAbsolute, 0, schemeSpan(p.source, schemeEnd), "The URL must start with http:// or https://.")
		return target{}
	}
	authority := p.source[hostStart : hostStart+authorityLength(p.source[hostStart:])]
	t := target{end: hostStart + len(authority)}
	if strings.ContainsAny(authority, "{}") {
		return t
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		p.fail(CodeCredentials, hostStart, hostStart+at+1, "A user name or password in the URL is not accepted; put a key into a parameter instead.")
		return t
	}
	host, port := p.hostPort(authority, hostStart)
	if port == "" {
		port = DefaultPort(scheme)
	}
	t.endpoint = scheme + "://" + strings.TrimSuffix(strings.ToLower(host), ".") + ":" + port
	return t
}

// authorityLength finds where the path, query or fragment begins, skipping placeholders.
func authorityLength(rest string) int {
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '/', '?', '#':
			return i
		case '{':
			if length, closed := placeholderLength(rest[i:]); closed {
				i += length - 1
			}
		}
	}
	return len(rest)
}

// schemeSpan returns how much of the start to mark if it is no http(s) scheme.
func schemeSpan(source string, schemeEnd int) int {
	if schemeEnd >= 0 && !strings.ContainsAny(source[:schemeEnd], "/?#") {
		return schemeEnd + len("://")
	}
	if end := strings.IndexAny(source, "/?#"); end > 0 {
		return end
	}
	return len(source)
}

// hostPort splits and checks the authority, which begins at start in the source.
func (p *parser) hostPort(authority string, start int) (host, port string) {
	host = authority
	if colon := strings.LastIndexByte(authority, ':'); colon >= 0 && colon > strings.LastIndexByte(authority, ']') {
		host, port = authority[:colon], authority[colon+1:]
		if !validPort(port) {
			p.fail(CodeInvalidPort, start+colon, start+len(authority), "The port must be a number from 1 to 65535.")
		}
		port = strings.TrimLeft(port, "0")
	}
	switch {
	case host == "":
		p.fail(CodeInvalidHost, 0, start+len(authority), "The URL has no host.")
	case !validHost(host):
		p.fail(CodeInvalidHost, start, start+len(host), "This is not a valid host name.")
	}
	return host, port
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// validHost reports whether a host is an IPv6 address in brackets, or labels of letters,
// digits, dashes and underscores, in any script. A percent sign, a backslash, a full-width dot
// or anything else that two programs could read differently is no host name.
func validHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		return ok && err == nil && addr.Is6() && addr.Zone() == ""
	}
	host = strings.TrimSuffix(host, ".")
	if host == "" || len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInHost) {
			return false
		}
	}
	return true
}

func notInHost(r rune) bool {
	if r <= unicode.MaxASCII {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	}
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}
