package graph

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"postrider/dispatch"
	"postrider/domain/doctor"
)

// Target checks a postback's address for the doctor, by the guard and by DNS. What the network said
// of a host is kept for a while: an editor asks again with every key. It is safe for concurrent use.
type Target struct {
	probe dispatch.Probe
	allow func(context.Context) bool
	now   func() time.Time
	known *lru.Cache[lookUp, kept]
}

// lookUp is one question to the network.
type lookUp struct {
	host  string
	https bool
}

// kept is the answer to a look-up, and when it was given.
type kept struct {
	resolution doctor.Resolution
	answers    bool
	at         time.Time
}

const (
	lookUpKept  = 5 * time.Minute
	mostLookUps = 4096
)

// NewTarget returns a Target. Before a host is looked up, allow is asked whether this viewer may
// make one more look-up.
func NewTarget(probe dispatch.Probe, allow func(context.Context) bool, now func() time.Time) *Target {
	known, err := lru.New[lookUp, kept](mostLookUps)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Target{probe: probe, allow: allow, now: now, known: known}
}

var _ doctor.Target = (*Target)(nil)

// Refuses returns why an address must not be sent to, as far as its text shows.
func (t *Target) Refuses(url string) string {
	if err := t.probe.Guard.CheckURL(url); err != nil {
		return err.Error()
	}
	return ""
}

// Resolves returns the result of resolving a host name; Unknown where there is no answer in time, or
// the viewer looked up too many hosts.
func (t *Target) Resolves(ctx context.Context, host string) doctor.Resolution {
	return t.ask(ctx, lookUp{host: host}, func() kept { return kept{resolution: t.resolve(ctx, host)} }).resolution
}

// AnswersHTTPS reports whether a host also answers over https.
func (t *Target) AnswersHTTPS(ctx context.Context, host string) bool {
	return t.ask(ctx, lookUp{host: host, https: true}, func() kept { return kept{answers: t.probe.AnswersHTTPS(ctx, host)} }).answers
}

// ask returns the answer that is kept, or else asks. An unknown host is asked again the next time.
func (t *Target) ask(ctx context.Context, l lookUp, look func() kept) kept {
	answer, found := t.known.Get(l)
	if found && t.now().Sub(answer.at) < lookUpKept {
		return answer
	}
	if !t.allow(ctx) {
		return kept{}
	}
	answer = look()
	if ctx.Err() != nil || !l.https && answer.resolution == doctor.Unknown {
		return answer
	}
	answer.at = t.now()
	t.known.Add(l, answer)
	return answer
}

func (t *Target) resolve(ctx context.Context, host string) doctor.Resolution {
	addresses := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, addr)
	} else if addresses, err = t.probe.Addresses(ctx, host); err != nil {
		if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
			return doctor.NotFound
		}
		return doctor.Unknown
	}
	for _, addr := range addresses {
		if t.probe.Guard.CheckAddr(addr) != nil {
			return doctor.Private
		}
	}
	return doctor.Public
}
