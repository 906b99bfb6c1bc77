package demo

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// visitor is somebody who clicks.
type visitor struct {
	params    [3]string
	country   string
	referrer  string
	userAgent string
	address   netip.Addr
}

// userAgents are what people browse with.
var userAgents = []weighted{
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", 26},
	{"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36", 14},
	{"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Mobile Safari/537.36", 17},
	{"Mozilla/5.0 (Linux; Android 13; Redmi Note 12) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Mobile Safari/537.36", 9},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36", 15},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0", 6},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0", 5},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", 8},
}

// networks are the networks of a country's visitors: addresses that country databases place
// there.
var networks = map[string]string{
	"DE": "91.0.0.0", "AT": "77.116.0.0", "CH": "85.0.0.0", "SE": "78.64.0.0", "FI": "91.152.0.0", "NL": "77.160.0.0",
	"CA": "99.224.0.0", "NZ": "122.56.0.0", "GB": "86.128.0.0", "IE": "86.40.0.0", "PL": "83.0.0.0", "BR": "177.32.0.0",
	"NG": "105.112.0.0", "KE": "105.160.0.0", "IN": "117.192.0.0", "NO": "84.208.0.0", "DK": "80.160.0.0",
	"IS": "85.220.0.0", "EE": "84.50.0.0", "LV": "87.110.0.0", "LT": "78.56.0.0",
}

func newVisitor(r *rand.Rand, a *affiliateSpec, campaign string) visitor {
	v := visitor{country: choose(r, a.countries), referrer: oneOf(r, a.referrers), userAgent: choose(r, userAgents)}
	v.params = [3]string{a.trackerOf(campaign).clickID(r), oneOf(r, a.creatives), fmt.Sprintf("zone-%d", 1+r.IntN(24))}
	switch {
	case happens(r, .012): // a link without its token
		v.params = [3]string{}
	case happens(r, .5):
		v.params[2] = ""
	}
	if base, err := netip.ParseAddr(networks[v.country]); err == nil {
		bytes := base.As4()
		bytes[2], bytes[3] = byte(r.IntN(256)), byte(1+r.IntN(254)) //nolint:gosec // less than 256
		v.address = netip.AddrFrom4(bytes)
	}
	return v
}
