package graph

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"postrider/dispatch"
	"postrider/domain/doctor"
)

// Target asks the guard and the network about where a postback goes, for the
// doctor.
type Target struct{ dispatch.Probe }

var _ doctor.Target = Target{}

// Refuses says why an address must not be sent to, as far as its text tells.
func (t Target) Refuses(url string) string {
	if err := t.Guard.CheckURL(url); err != nil {
		return err.Error()
	}
	return ""
}

// Resolves says what the network makes of a host name.
func (t Target) Resolves(ctx context.Context, host string) doctor.Resolution {
	addresses := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, addr)
	} else if addresses, err = t.Addresses(ctx, host); err != nil {
		if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
			return doctor.NotFound
		}
		return doctor.Unknown
	}
	for _, addr := range addresses {
		if t.Guard.CheckAddr(addr) != nil {
			return doctor.Private
		}
	}
	return doctor.Public
}
