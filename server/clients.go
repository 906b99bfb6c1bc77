package server

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"postrider/internal/config"
)

// Client is the client of a request, as far as it can be trusted.
type Client struct {
	Addr    netip.Addr // the first address that is not a trusted proxy's; invalid if unknown
	Country string     // two capital letters from a trusted proxy's header; empty otherwise
	Secure  bool       // a trusted proxy reports that the request came over https
}

type clientKey struct{}

// ClientOf returns the client of a request that came through a Server.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}

// clients determines the client of a request.
type clients struct {
	trusted       config.Prefixes
	countryHeader string
}

func (c clients) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), clientKey{}, c.of(r))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// of walks X-Forwarded-For from the right, which is the end that our own proxies wrote, to the
// first address that is not theirs: anything left of it may be forged.
func (c clients) of(r *http.Request) Client {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return Client{}
	}
	client := Client{Addr: remote.Addr().Unmap().WithZone("")}
	if !c.trusted.Contain(client.Addr) {
		return client
	}
	client.Country = countryCode(r.Header.Get(c.countryHeader))
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	from := len(hops) // of the hops, the one that the client's own proxy wrote
	for i, hop := range slices.Backward(hops) {
		addr, ok := parseHop(hop)
		if !ok {
			break
		}
		client.Addr, from = addr, i
		if !c.trusted.Contain(addr) {
			break
		}
	}
	client.Secure = overHTTPS(r.Header.Values("X-Forwarded-Proto"), len(hops), from)
	return client
}

// overHTTPS reads X-Forwarded-Proto, to which proxies append as to X-Forwarded-For: of as many hops the
// client's counts, and where there are more or fewer, the first one.
func overHTTPS(lines []string, hops, from int) bool {
	protocols := strings.Split(strings.Join(lines, ","), ",")
	if len(protocols) != hops || from >= hops {
		from = 0
	}
	return strings.EqualFold(strings.TrimSpace(protocols[from]), "https")
}

// parseHop parses an address as proxies write it: bare, with a port, in brackets.
func parseHop(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	if withPort, err := netip.ParseAddrPort(hop); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// countryCode accepts ISO 3166's two letters; XX and T1 are Cloudflare's codes for unknown and
// Tor.
func countryCode(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) != 2 || text == "XX" || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z' {
		return ""
	}
	return text
}

// coarse returns as much of an address as is logged.
func coarse(addr netip.Addr) string {
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
