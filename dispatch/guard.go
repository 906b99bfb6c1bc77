package dispatch

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"postrider/domain/macro"

	"code.dny.dev/ssrf"
)

// DefaultPorts are the ports that postbacks may go to unless configured.
var DefaultPorts = []uint16{80, 443, 8080, 8443}

// alwaysDenied are never sent to, whatever is allowed: cloud metadata services that
// the ranges of private addresses do not cover or would let through.
var alwaysDenied = []netip.Prefix{
	netip.MustParsePrefix("168.63.129.16/32"),   // Azure's wire server, a public address
	netip.MustParsePrefix("169.254.0.0/16"),     // link-local: AWS, GCP, Azure metadata
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba metadata
	netip.MustParsePrefix("192.0.0.192/32"),     // Oracle metadata
	netip.MustParsePrefix("fd00:ec2::/32"),      // AWS metadata over IPv6
	netip.MustParsePrefix("fd20:ce::254/128"),   // GCP metadata over IPv6
	netip.MustParsePrefix("fe80::/10"),          // link-local
}

// private are the ranges that AllowPrivate adds.
var private = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("::1/128"),
	netip.MustParsePrefix("fc00::/7"),
}

// GuardOptions configure a Guard.
type GuardOptions struct {
	AllowPrivate bool           // loopback, private addresses and every port pass
	Ports        []uint16       // DefaultPorts where empty
	Deny         []netip.Prefix // refused on top of everything else, AllowPrivate or not
}

// Guard decides which targets may be sent to. It checks three times: when a template is
// saved, after expansion (both by name, CheckURL), and at connect by the address that the
// name then resolves to (Control). Only the last check is proof against a name that
// changes; the first two are for early errors.
type Guard struct {
	options GuardOptions
	public  *ssrf.Guardian
}

// NewGuard returns a Guard.
func NewGuard(options GuardOptions) *Guard {
	if len(options.Ports) == 0 {
		options.Ports = DefaultPorts
	}
	return &Guard{options: options, public: ssrf.New(ssrf.WithAnyPort(), ssrf.WithAnyNetwork())}
}

// BlockedError is why a target is refused.
type BlockedError struct {
	Target string // host or address
	Why    string // in words, without the target
}

// Error returns the target and why.
func (e *BlockedError) Error() string { return fmt.Sprintf("%s %s", e.Target, e.Why) }

// CheckURL refuses a URL that must not be sent to, as far as its text shows. The error is a
// *BlockedError.
func (g *Guard) CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return &BlockedError{"the URL", "cannot be read"}
	case u.Scheme != "http" && u.Scheme != "https":
		return &BlockedError{"the URL", "must begin with http:// or https://"}
	case u.User != nil:
		return &BlockedError{u.Host, "must not be preceded by a user name or password"}
	case u.Hostname() == "" || u.Opaque != "":
		return &BlockedError{"the URL", "names no host"}
	}
	if err := g.checkPort(u); err != nil {
		return err
	}
	return g.checkHost(u.Hostname())
}

func (g *Guard) checkPort(u *url.URL) error {
	text := u.Port()
	if text == "" {
		text = macro.DefaultPort(u.Scheme)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return &BlockedError{u.Host, "has no valid port"}
	}
	return g.allowPort(uint16(port))
}

func (g *Guard) allowPort(port uint16) error {
	if g.options.AllowPrivate || slices.Contains(g.options.Ports, port) {
		return nil
	}
	return &BlockedError{fmt.Sprintf("port %d", port), "is not allowed for postbacks"}
}

func (g *Guard) checkHost(host string) error {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		return g.CheckAddr(addr)
	}
	if endsInNumber(name) {
		return &BlockedError{host, "is an address in an unusual spelling; write it as four decimal numbers"}
	}
	if strings.ContainsAny(name, "%:\\/@ ") || strings.ContainsFunc(name, foldsToASCII) {
		return &BlockedError{host, "is not a valid host name"}
	}
	if g.options.AllowPrivate {
		return nil
	}
	if !strings.Contains(name, ".") || slices.ContainsFunc(localSuffixes, func(suffix string) bool {
		return strings.HasSuffix("."+name, suffix)
	}) {
		return &BlockedError{host, "is a name of a private network, not of a public server"}
	}
	return nil
}

var localSuffixes = []string{".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home.arpa"}

// endsInNumber reports whether programs may read the name as an IPv4 address: its last
// label is a number, decimal, octal or hexadecimal. Valid addresses have been parsed
// before.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	digits, hex := strings.CutPrefix(last, "0x")
	return hex && strings.Trim(digits, "0123456789abcdef") == ""
}

// foldsToASCII reports whether a resolver may fold the character to ASCII letters, digits
// or dots: full-width, circled and mathematical forms, other full stops.
func foldsToASCII(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r == 0x3002, r == 0x00AD, r >= 0x200B && r <= 0x200F, r == 0x2060:
		return true
	default:
		return r >= 0xFF00 && r <= 0xFFEF || r >= 0x2070 && r <= 0x24FF || r >= 0x1D400 && r <= 0x1D7FF || r >= 0x1F100 && r <= 0x1F1FF
	}
}

// CheckAddr refuses an address that must not be connected to.
func (g *Guard) CheckAddr(addr netip.Addr) error {
	plain := addr.Unmap().WithZone("")
	contains := func(p netip.Prefix) bool { return p.Contains(plain) }
	switch {
	case slices.ContainsFunc(g.options.Deny, contains):
		return &BlockedError{addr.String(), "is on this installation's deny list"}
	case addr.Zone() != "" || slices.ContainsFunc(alwaysDenied, contains):
		return &BlockedError{addr.String(), "is a link-local or metadata address"}
	case g.options.AllowPrivate && slices.ContainsFunc(private, contains):
		return nil
	case g.public.SafeAddr(addr) != nil:
		return &BlockedError{addr.String(), "is not a public address"}
	}
	return nil
}

// Control is for net.Dialer: it checks the address of every connection just before it is
// made. The error is a *BlockedError, and names no address: the user who chose the name
// must not learn from it what is inside the network that Postrider runs in.
func (g *Guard) Control(network, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return notPublic
	}
	if err := g.allowPort(target.Port()); err != nil {
		return err
	}
	if g.CheckAddr(target.Addr()) != nil {
		return notPublic
	}
	return nil
}

// notPublic is the only error for an address that a name resolves to.
var notPublic = &BlockedError{"the address of the host", "is not a public address"}

// isPublic reports whether the user who chose a host may see this address.
func isPublic(addr netip.Addr) bool { return NewGuard(GuardOptions{}).CheckAddr(addr) == nil }

// blocked returns the guard's refusal in an error, if there is one.
func blocked(err error) (*BlockedError, bool) { return errors.AsType[*BlockedError](err) }
