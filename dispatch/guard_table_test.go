package dispatch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

// forbidden are the ranges without public hosts, by IANA's registries of special-purpose
// addresses (RFC 6890 and its updates).
var forbidden = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
}

// forbidden6 are the same of IPv6.
var forbidden6 = []string{
	"::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:db8::/32",
	"2001:10::/28", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
}

// spellings4 are ways to write an IPv4 address into a URL, as some program reads them.
func spellings4(a netip.Addr) []string {
	b := a.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	low, mid := n&0xffff, n&0xffffff
	hosts := []string{
		a.String(), a.String() + ".",
		fmt.Sprint(n), fmt.Sprintf("0x%x", n), fmt.Sprintf("0X%X", n), fmt.Sprintf("0%o", n),
		fmt.Sprintf("%d.%d", b[0], mid), fmt.Sprintf("%d.%d.%d", b[0], b[1], low),
		fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("%04o.%d.0x%x.%d", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3]) + ".",
		strings.ReplaceAll(a.String(), ".", "。"), strings.ReplaceAll(a.String(), ".", "%2e"),
		strings.NewReplacer("0", "０", "1", "１", "2", "２").Replace(a.String()),
	}
	for _, six := range []string{
		"::ffff:%s", "0:0:0:0:0:ffff:%s", "::%s", "::ffff:0:%s", "64:ff9b::%s", "64:ff9b:1::%s",
	} {
		hosts = append(hosts, "["+fmt.Sprintf(six, a)+"]")
	}
	return append(hosts,
		fmt.Sprintf("[::ffff:%x:%x]", n>>16, low),
		fmt.Sprintf("[2002:%x:%x::]", n>>16, low),
		fmt.Sprintf("[2001:0:%x:%x::]", n>>16, low),
		fmt.Sprintf("[::ffff:%s%%25eth0]", a),
	)
}

// within returns an address of a range: its ends, or any between.
func within(t *rapid.T, p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	kind := rapid.IntRange(0, 2).Draw(t, "first, last or any")
	for bit := p.Bits(); bit < 8*len(bytes); bit++ {
		if kind == 1 || kind == 2 && rapid.Bool().Draw(t, "bit") {
			bytes[bit/8] |= 1 << (7 - bit%8)
		}
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
}

func TestNoSpellingOfAForbiddenAddressPasses(t *testing.T) {
	t.Parallel()
	guard := dispatch.NewGuard(dispatch.GuardOptions{})
	rapid.Check(t, func(t *rapid.T) {
		a := within(t, netip.MustParsePrefix(rapid.SampledFrom(append(forbidden, forbidden6...)).Draw(t, "range")))
		hosts := []string{"[" + a.String() + "]", "[" + a.StringExpanded() + "]", "[" + strings.ToUpper(a.String()) + "]"}
		if a.Is4() {
			hosts = spellings4(a)
		}
		for _, host := range hosts {
			for _, url := range []string{"http://" + host + "/p?a=1", "https://" + host + ":8443/", "http://tracker.example@" + host + "/"} {
				if guard.CheckURL(url) == nil {
					t.Errorf("%s passes", url)
				}
			}
		}
		network := map[bool]string{true: "tcp4", false: "tcp6"}[a.Is4()]
		if guard.Control(network, netip.AddrPortFrom(a, 443).String(), nil) == nil {
			t.Errorf("a connection to %s passes", a)
		}
	})
}

func TestPublicAddressesPass(t *testing.T) {
	t.Parallel()
	guard := dispatch.NewGuard(dispatch.GuardOptions{})
	for _, a := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "168.63.129.15",
		"2606:4700:4700::1111", "2a00:1450:4001::1", "2400:cb00::1",
	} {
		addr := netip.MustParseAddr(a)
		host := a
		if addr.Is6() {
			host = "[" + a + "]"
		}
		if err := guard.CheckURL("https://" + host + "/"); err != nil {
			t.Error(err)
		}
		if err := guard.CheckAddr(addr); err != nil {
			t.Error(err)
		}
	}
}

// answering is a name server that gives one answer after the other, the last one forever;
// each answer is some addresses.
func answering(t *testing.T, answers ...[]net.IP) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		packet := make([]byte, 512)
		for asked := 0; ; {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			reply := dnsAnswer(packet[:n], answers[min(asked, len(answers)-1)]...)
			if reply[7] > 0 { // the question for IPv6 addresses has none
				asked++
			}
			_, _ = conn.WriteTo(reply, from)
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return resolverAt(t, conn.LocalAddr().String())
}

// Here 127.0.0.2 is the forbidden address and 127.0.0.1 the public one, on one port: what
// reaches the first has passed the guard.
func TestOnlyTheGoodAddressOfANameIsConnectedTo(t *testing.T) {
	t.Parallel()
	good, bad := net.IPv4(127, 0, 0, 1), net.IPv4(127, 0, 0, 2)
	var reachedGood, reachedBad atomic.Int32
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if to := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); to.IP.Equal(bad) {
			reachedBad.Add(1)
		} else {
			reachedGood.Add(1)
		}
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	url := fmt.Sprintf("http://tracker.example:%d/", listener.Addr().(*net.TCPAddr).Port)
	guard := dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true, Deny: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	with := func(r *net.Resolver) func(*dispatch.ClientOptions) {
		return func(o *dispatch.ClientOptions) { o.Guard, o.Resolver = guard, r }
	}
	for name, answer := range map[string][]net.IP{"the bad one first": {bad, good}, "the good one first": {good, bad}} {
		if e := newClient(t, with(answering(t, answer))).Send(t.Context(), get(url)); e.StatusCode != http.StatusOK {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := newClient(t, with(answering(t, []net.IP{bad}))).Send(t.Context(), get(url)); e.Reason != dispatch.BlockedTarget || e.Sent {
		t.Errorf("only a bad one: %+v", e)
	}
	// The name changes after the first request; the connection is not kept.
	client := newClient(t, with(answering(t, []net.IP{good}, []net.IP{bad})))
	if e := client.Send(t.Context(), get(url)); e.StatusCode != http.StatusOK {
		t.Errorf("before the name changed: %+v", e)
	}
	client.Close()
	if e := client.Send(t.Context(), get(url)); e.Reason != dispatch.BlockedTarget || e.Sent {
		t.Errorf("after the name changed: %+v", e)
	}
	if reachedGood.Load() != 3 || reachedBad.Load() != 0 {
		t.Errorf("the good address was reached %d times, the bad one %d", reachedGood.Load(), reachedBad.Load())
	}
}
