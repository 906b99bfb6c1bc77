package graph

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"postrider/dispatch"
	"postrider/domain/doctor"
)

// Target checks a postback's address for the doctor, by the guard and by DNS.
type Target struct{ dispatch.Probe }

var _ doctor.Target = Target{}

// Refuses returns why an address must not be sent to, as far as its text shows.
func (t Target) Refuses(url string) string {
	if err := t.Guard.CheckURL(url); err != nil {
		return err.Error()
	}
	return ""
}

// Resolves returns the result of resolving a host name.
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
