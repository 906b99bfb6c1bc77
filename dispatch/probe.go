package dispatch

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"postrider/domain/macro"
)

// Probe checks a host before anything is sent there. It goes through the guard like a
// postback, and takes no longer than its timeout.
type Probe struct {
	Guard    *Guard
	Resolver *net.Resolver // the system's where nil
	Timeout  time.Duration // of each check; 2 s
	TLS      *tls.Config   // for tests that have a certificate authority of their own
	Port     string        // of https; 443
}

func (p Probe) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Timeout == 0 {
		p.Timeout = 2 * time.Second
	}
	return context.WithTimeout(ctx, p.Timeout)
}

// Addresses resolves a host. The error is a *net.DNSError, or the context's.
func (p Probe) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	ctx, cancel := p.bound(ctx)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return nil, err // the resolver might still return an answer
	}
	resolver := p.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return resolver.LookupNetIP(ctx, "ip", host)
}

// AnswersHTTPS reports whether a host completes a TLS handshake with a certificate that is
// valid for it.
func (p Probe) AnswersHTTPS(ctx context.Context, host string) bool {
	ctx, cancel := p.bound(ctx)
	defer cancel()
	port := p.Port
	if port == "" {
		port = macro.DefaultPort("https")
	}
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Resolver: p.Resolver, Control: p.Guard.Control}, Config: p.TLS}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
