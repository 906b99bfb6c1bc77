// Package config declares every setting of Postrider once: flag, environment variable, default
// and help are on one line of Config.
//
// It reads and checks the settings; it opens nothing and makes no decisions from them. Flags
// win over the environment; both win over the default.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"postrider/internal/secret"
)

// Config is the configuration of a process. cmd/postrider embeds it beside its subcommands, so
// that kong lists the settings in every help.
type Config struct {
	DatabaseURL         string        `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL 14 or newer; empty: an embedded PostgreSQL under --data."`
	Data                string        `env:"POSTRIDER_DATA" default:".postrider" placeholder:"DIR" help:"Where the embedded PostgreSQL keeps its data, and the key when none is given (${default})."`
	Addr                string        `env:"POSTRIDER_ADDR" default:":8080" placeholder:"HOST:PORT" help:"What the API, the web app and tracking listen on (${default})."`
	MetricsAddr         string        `env:"POSTRIDER_METRICS_ADDR" placeholder:"HOST:PORT" help:"A listener of its own for /metrics, with /healthz and /readyz; empty: /metrics is on --addr, and work, which serves nothing else, answers nowhere."`
	PublicURL           string        `name:"public-url" env:"POSTRIDER_PUBLIC_URL" placeholder:"URL" help:"How the outside reaches us; tracking links begin with it (http://localhost:8080, with the host and port of --addr)."`
	AllowPrivateTargets bool          `env:"POSTRIDER_ALLOW_PRIVATE_TARGETS" help:"Let postbacks go to loopback and private addresses."`
	TargetPorts         []int         `env:"POSTRIDER_TARGET_PORTS" default:"80,443,8080,8443" placeholder:"PORT,…" help:"Ports that postbacks may go to (${default}); any with --allow-private-targets."`
	DenyTargets         Prefixes      `env:"POSTRIDER_DENY_TARGETS" placeholder:"CIDR,…" help:"Further addresses that postbacks may never go to."`
	Workers             int           `env:"POSTRIDER_WORKERS" default:"256" placeholder:"N" help:"Requests in flight at once in this process (${default})."`
	KeepBodies          time.Duration `env:"POSTRIDER_KEEP_BODIES" default:"720h" placeholder:"TIME" help:"How long headers and bodies of attempts are kept (${default})."`
	KeepAttempts        time.Duration `env:"POSTRIDER_KEEP_ATTEMPTS" default:"2160h" placeholder:"TIME" help:"How long attempts are kept; dropped a month at a time (${default})."`
	KeepReceived        time.Duration `env:"POSTRIDER_KEEP_RECEIVED" default:"2160h" placeholder:"TIME" help:"How long the received log is kept; dropped a month at a time (${default})."`
	SweepAfter          time.Duration `env:"POSTRIDER_SWEEP_AFTER" default:"45s" placeholder:"TIME" help:"How long after its attempt began a delivery is taken back and sent again whose process hangs; of one that has ended it is at once (${default})."`
	Key                 string        `env:"POSTRIDER_KEY" placeholder:"KEY,…" help:"Seal stored secrets; every process of one installation has the same. The first seals, all of them open. Empty: made on first start and kept under --data."`
	Hold                bool          `env:"POSTRIDER_HOLD" help:"Everything works, and nothing leaves to trackers, in no process, until postrider resume."`
	GeoIP               string        `name:"geoip" env:"POSTRIDER_GEOIP" placeholder:"FILE" help:"An MMDB file for the country of a click; empty: the one that make brings."`
	TrustedProxies      Prefixes      `env:"POSTRIDER_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Addresses whose X-Forwarded-For and country header count."`
	CountryHeader       string        `env:"POSTRIDER_COUNTRY_HEADER" default:"CF-IPCountry" placeholder:"NAME" help:"The header in which a trusted proxy says the country (${default})."`
	Log                 slog.Level    `env:"POSTRIDER_LOG" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error (${default}); JSON lines on stderr, text on a terminal."`

	urlByAddr bool // PublicURL was derived from Addr
}

// countryDatabases are where make, the binary beside its repository, and the
// container image keep the country database.
var countryDatabases = []string{".cache/country.mmdb", "../.cache/country.mmdb", "/usr/share/postrider/country.mmdb"}

// Validate checks what no single flag can: its error names every invalid setting, its value and
// what is expected. It also fills GeoIP where it is empty.
func (c *Config) Validate() error {
	var faults []error
	fault := func(name, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
	}
	if err := checkAddr(c.Addr); err != nil {
		fault("POSTRIDER_ADDR", "%v", err)
	}
	if c.MetricsAddr != "" {
		if err := checkAddr(c.MetricsAddr); err != nil {
			fault("POSTRIDER_METRICS_ADDR", "%v", err)
		}
	}
	if c.Key != "" {
		if _, err := secret.ParseRing(c.Key); err != nil {
			fault("POSTRIDER_KEY", "%v", err)
		}
	}
	if c.PublicURL == "" {
		c.PublicURL, c.urlByAddr = urlOf(c.Addr), true
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || (public.Scheme != "http" && public.Scheme != "https") || public.Host == "" {
		fault("POSTRIDER_PUBLIC_URL", "%q is not an absolute http or https URL; want https://links.example.com", c.PublicURL)
	} else if strings.Trim(public.Path, "/") != "" || public.RawQuery != "" || public.Fragment != "" {
		fault("POSTRIDER_PUBLIC_URL", "%q has a path; Postrider answers at the root of a host", c.PublicURL)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.Workers < 1 || c.Workers > 10_000 {
		fault("POSTRIDER_WORKERS", "is %d; want 1 to 10000", c.Workers)
	}
	for _, keep := range []struct {
		name string
		time time.Duration
	}{{"POSTRIDER_KEEP_BODIES", c.KeepBodies}, {"POSTRIDER_KEEP_ATTEMPTS", c.KeepAttempts}, {"POSTRIDER_KEEP_RECEIVED", c.KeepReceived}} {
		if keep.time < 24*time.Hour {
			fault(keep.name, "is %s; want 24h or more", keep.time)
		}
	}
	if c.SweepAfter < time.Second {
		fault("POSTRIDER_SWEEP_AFTER", "is %s; want 1s or more, and more than the 15s that one attempt may take", c.SweepAfter)
	}
	for _, port := range c.TargetPorts {
		if port < 1 || port > 65535 {
			fault("POSTRIDER_TARGET_PORTS", "%d is no port", port)
		}
	}
	if c.GeoIP == "" {
		c.GeoIP = findCountryDatabase()
	} else if _, err := os.Stat(c.GeoIP); err != nil {
		fault("POSTRIDER_GEOIP", "%v; leave it empty to go without countries", err)
	}
	return errors.Join(faults...)
}

// PublicURLGiven reports whether PublicURL was set; otherwise it is derived from Addr.
func (c *Config) PublicURLGiven() bool { return !c.urlByAddr }

// checkAddr returns an error for an invalid listen address.
func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if n, numeric := strconv.Atoi(port); err != nil || numeric != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is no address to listen on; want HOST:PORT or :PORT, for example :8080", addr)
	}
	return nil
}

// urlOf returns the URL by which a listen address is reached from this machine.
func urlOf(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" || port == "0" {
		port = "8080"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// SecureCookies reports whether browsers reach us over https only.
func (c *Config) SecureCookies() bool { return strings.HasPrefix(c.PublicURL, "https://") }

func findCountryDatabase() string {
	places := slices.Clone(countryDatabases)
	if self, err := os.Executable(); err == nil {
		for _, place := range countryDatabases[:2] {
			places = append(places, filepath.Join(filepath.Dir(self), place))
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place
		}
	}
	return ""
}

// Prefixes is a list of networks: addresses or CIDR prefixes, separated by commas.
type Prefixes []netip.Prefix

// UnmarshalText parses the list; kong calls it.
func (p *Prefixes) UnmarshalText(text []byte) error {
	*p = nil
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			addr, addrErr := netip.ParseAddr(part)
			if addrErr != nil {
				return fmt.Errorf("%q is neither an address nor a network like 10.0.0.0/8", part)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}

// Contain reports whether addr is in one of the networks. An IPv4-mapped IPv6 address counts as
// its IPv4 address.
func (p Prefixes) Contain(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}
