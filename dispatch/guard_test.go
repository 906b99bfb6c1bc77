package dispatch_test

import (
	"errors"
	"net/netip"
	"testing"

	"postrider/dispatch"
)

// targets lists spellings of targets, and whether they pass a guard as configured
// by default, and one that allows private addresses.
var targets = []struct {
	url               string
	public, inPrivate bool
}{
	{"https://tracker.example/postback?a=1", true, true},
	{"http://tracker.example:8080/", true, true},
	{"https://tracker.example:8443/", true, true},
	{"https://tracker.example./", true, true},
	{"https://xn--e1afmkfd.example/", true, true},
	{"https://трекер.example/", true, true},
	{"https://8.8.8.8/", true, true},
	{"https://[2606:4700:4700::1111]/", true, true},

	{"https://tracker.example:22/", false, true},
	{"https://tracker.example:25/", false, true},
	{"https://tracker.example:0/", false, false},

	{"http://127.0.0.1/", false, true},
	{"http://127.0.0.1:9090/", false, true},
	{"http://127.255.255.254/", false, true},
	{"http://10.0.0.1/", false, true},
	{"http://172.16.0.1/", false, true},
	{"http://192.168.1.1/", false, true},
	{"http://100.64.0.1/", false, true},
	{"http://[::1]/", false, true},
	{"http://[fd12:3456::1]/", false, true},
	{"http://[::ffff:127.0.0.1]/", false, true},
	{"http://[::ffff:7f00:1]/", false, true},
	{"http://localhost/", false, true},
	{"http://LOCALHOST./", false, true},
	{"http://a.localhost/", false, true},
	{"http://db/", false, true},
	{"http://metadata.google.internal/", false, true}, // blocked at connect by its address
	{"http://printer.local/", false, true},

	{"http://0.0.0.0/", false, false},
	{"http://0.1.2.3/", false, false},
	{"http://[::]/", false, false},
	{"http://169.254.169.254/latest/meta-data/", false, false},
	{"http://169.254.1.1/", false, false},
	{"http://168.63.129.16/", false, false},
	{"http://100.100.100.200/", false, false},
	{"http://[fd00:ec2::254]/", false, false},
	{"http://[fe80::1]/", false, false},
	{"http://[fe80::1%25eth0]/", false, false},
	{"http://[::1%25lo]/", false, false},
	{"http://224.0.0.1/", false, false},
	{"http://255.255.255.255/", false, false},
	{"http://240.0.0.1/", false, false},
	{"http://192.0.2.1/", false, false},
	{"http://198.18.0.1/", false, false},
	{"http://[ff02::1]/", false, false},
	{"http://[64:ff9b::7f00:1]/", false, false},    // NAT64 of 127.0.0.1
	{"http://[64:ff9b:1::a00:1]/", false, false},   // local NAT64
	{"http://[2002:7f00:1::]/", false, false},      // 6to4 of 127.0.0.1
	{"http://[2001:0:7f00:1::]/", false, false},    // Teredo
	{"http://[::127.0.0.1]/", false, false},        // IPv4-compatible
	{"http://[::ffff:0:127.0.0.1]/", false, false}, // translated
	{"http://[::ffff:169.254.169.254]/", false, false},

	{"http://2130706433/", false, false},
	{"http://0x7f000001/", false, false},
	{"http://0X7F.1/", false, false},
	{"http://0177.0.0.1/", false, false},
	{"http://017700000001/", false, false},
	{"http://127.1/", false, false},
	{"http://127.0.1/", false, false},
	{"http://127.0.0.1./", false, true},
	{"http://127.0.0.0x1/", false, false},
	{"http://134744072/", false, false},
	{"http://1.2.3.4.5/", false, false},
	{"http://１２７.0.0.1/", false, false},
	{"http://①②⑦.0.0.1/", false, false},
	{"http://127。0。0。1/", false, false},
	{"http://ｌｏｃａｌｈｏｓｔ/", false, false},
	{"http://loc\u00adalhost/", false, false},
	{"http://127.0.0.1%2f@tracker.example/", false, false},

	{"http://user:secret@tracker.example/", false, false},
	{"http://tracker.example@127.0.0.1/", false, false},
	{"http://tracker.example\\@127.0.0.1/", false, false},
	{"http://127.0.0.1\\.tracker.example/", false, false},
	{"ftp://tracker.example/", false, false},
	{"file:///etc/passwd", false, false},
	{"gopher://tracker.example/", false, false},
	{"javascript:alert(1)", false, false},
	{"//tracker.example/", false, false},
	{"https:tracker.example", false, false},
	{"https:///path", false, false},
	{"", false, false},
	{"http://[::1/", false, false},
	{"http://tracker.example:99999/", false, false},
}

func TestGuardKnowsEverySpelling(t *testing.T) {
	t.Parallel()
	public := dispatch.NewGuard(dispatch.GuardOptions{})
	private := dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})
	for _, target := range targets {
		check := func(guard *dispatch.Guard, name string, want bool) {
			err := guard.CheckURL(target.url)
			if (err == nil) != want {
				t.Errorf("%s: %q passes: %t (%v), want %t", name, target.url, err == nil, err, want)
			}
			var refusal *dispatch.BlockedError
			if err != nil && !errors.As(err, &refusal) {
				t.Errorf("%q is refused with a %T", target.url, err)
			}
		}
		check(public, "default", target.public)
		check(private, "private allowed", target.inPrivate)
	}
}

func TestGuardAtConnect(t *testing.T) {
	t.Parallel()
	deny := []netip.Prefix{netip.MustParsePrefix("203.0.0.0/8"), netip.MustParsePrefix("10.9.0.0/16")}
	public := dispatch.NewGuard(dispatch.GuardOptions{Deny: deny})
	private := dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true, Deny: deny})
	for _, c := range []struct {
		network, address  string
		public, inPrivate bool
	}{
		{"tcp4", "8.8.8.8:443", true, true},
		{"tcp6", "[2606:4700::1]:443", true, true},
		{"tcp4", "8.8.8.8:22", false, true},
		{"tcp4", "127.0.0.1:80", false, true},
		{"tcp6", "[::1]:443", false, true},
		{"tcp4", "169.254.169.254:80", false, false},
		{"tcp4", "168.63.129.16:80", false, false},
		{"tcp4", "203.1.2.3:443", false, false},
		{"tcp6", "[::ffff:203.1.2.3]:443", false, false},
		{"tcp4", "10.9.1.1:80", false, false},
		{"udp4", "8.8.8.8:443", false, false},
		{"tcp4", "tracker.example:443", false, false},
	} {
		if err := public.Control(c.network, c.address, nil); (err == nil) != c.public {
			t.Errorf("default: %s %s: %v, want passes: %t", c.network, c.address, err, c.public)
		}
		if err := private.Control(c.network, c.address, nil); (err == nil) != c.inPrivate {
			t.Errorf("private allowed: %s %s: %v, want passes: %t", c.network, c.address, err, c.inPrivate)
		}
	}
}

func TestGuardWithOtherPorts(t *testing.T) {
	t.Parallel()
	guard := dispatch.NewGuard(dispatch.GuardOptions{Ports: []uint16{9443}})
	if guard.CheckURL("https://tracker.example:9443/") != nil || guard.CheckURL("https://tracker.example/") == nil {
		t.Error("the configured ports do not replace the default ones")
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, target := range targets {
		f.Add(target.url)
	}
	guard := dispatch.NewGuard(dispatch.GuardOptions{})
	f.Fuzz(func(t *testing.T, raw string) {
		err := guard.CheckURL(raw)
		var refusal *dispatch.BlockedError
		if err != nil && (!errors.As(err, &refusal) || refusal.Why == "") {
			t.Fatalf("%q is refused with %v", raw, err)
		}
	})
}
