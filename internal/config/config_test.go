package config_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"postrider/internal/config"
)

func parse(t *testing.T, args ...string) (*config.Config, error) {
	t.Helper()
	var c config.Config
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Fatal("kong wants to exit") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		return nil, err
	}
	return &c, c.Validate()
}

func TestDefaultsAreThoseOfTheContract(t *testing.T) {
	c, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "" || c.Data != ".postrider" || c.Addr != ":8080" || c.PublicURL != "http://localhost:8080" ||
		c.AllowPrivateTargets || c.Workers != 256 || c.Key != "" || len(c.TrustedProxies) != 0 || c.Log != slog.LevelInfo {
		t.Fatalf("got %+v", c)
	}
	if len(c.TargetPorts) != 4 || c.TargetPorts[3] != 8443 {
		t.Fatalf("ports %v", c.TargetPorts)
	}
}

func TestThePublicURLIsWhereItListensUnlessItIsGiven(t *testing.T) {
	for addr, want := range map[string]string{
		":8080": "http://localhost:8080", ":9191": "http://localhost:9191", "0.0.0.0:80": "http://localhost:80", "[::]:9191": "http://localhost:9191",
		"127.0.0.1:9191": "http://127.0.0.1:9191", "[::1]:9191": "http://[::1]:9191", "box.example:81": "http://box.example:81", ":0": "http://localhost:8080",
	} {
		if c, err := parse(t, "--addr="+addr); err != nil || c.PublicURL != want || c.PublicURLGiven() {
			t.Errorf("%s: %v, %s, want %s", addr, err, c.PublicURL, want)
		}
	}
	if c, err := parse(t, "--addr=:9191", "--public-url=http://localhost:8080"); err != nil || c.PublicURL != "http://localhost:8080" || !c.PublicURLGiven() {
		t.Errorf("given: %v, %+v", err, c)
	}
}

func TestEverySettingHasFlagAndEnvironmentAndTheFlagWins(t *testing.T) {
	env := map[string]string{
		"DATABASE_URL": "postgres://env", "POSTRIDER_DATA": "env", "POSTRIDER_ADDR": ":1", "POSTRIDER_PUBLIC_URL": "https://env.example",
		"POSTRIDER_ALLOW_PRIVATE_TARGETS": "true", "POSTRIDER_TARGET_PORTS": "81", "POSTRIDER_DENY_TARGETS": "192.0.2.0/24",
		"POSTRIDER_WORKERS": "7", "POSTRIDER_HOLD": "true", "POSTRIDER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "POSTRIDER_GEOIP": "config.go",
		"POSTRIDER_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "POSTRIDER_COUNTRY_HEADER": "X-Country", "POSTRIDER_LOG": "debug",
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	c, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "postgres://env" || c.Data != "env" || c.Addr != ":1" || c.PublicURL != "https://env.example" ||
		!c.AllowPrivateTargets || c.TargetPorts[0] != 81 || len(c.DenyTargets) != 1 || c.Workers != 7 || c.Key != "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" || !c.Hold ||
		c.GeoIP != "config.go" || len(c.TrustedProxies) != 2 || c.CountryHeader != "X-Country" || c.Log != slog.LevelDebug {
		t.Fatalf("from the environment: %+v", c)
	}
	c, err = parse(t, "--database-url=postgres://flag", "--data=flag", "--addr=:2", "--public-url=https://flag.example", "--target-ports=82",
		"--deny-targets=198.51.100.1", "--workers=8", "--key=YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=", "--geoip=logger.go", "--trusted-proxies=127.0.0.1",
		"--country-header=X-Flag", "--log=error", "--allow-private-targets=false")
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "postgres://flag" || c.Data != "flag" || c.Addr != ":2" || c.PublicURL != "https://flag.example" ||
		c.AllowPrivateTargets || c.TargetPorts[0] != 82 || c.DenyTargets[0].String() != "198.51.100.1/32" || c.Workers != 8 ||
		c.Key != "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=" || c.GeoIP != "logger.go" || len(c.TrustedProxies) != 1 || c.CountryHeader != "X-Flag" || c.Log != slog.LevelError {
		t.Fatalf("from flags: %+v", c)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ arg, want string }{
		{"--public-url=localhost:8080", `POSTRIDER_PUBLIC_URL: "localhost:8080" is not an absolute http or https URL`},
		{"--public-url=https://example.com/app", `has a path`},
		{"--workers=0", "POSTRIDER_WORKERS: is 0; want 1 to 10000"},
		{"--target-ports=80,70000", "POSTRIDER_TARGET_PORTS: 70000 is no port"},
		{"--geoip=/none.mmdb", "POSTRIDER_GEOIP"},
		{"--trusted-proxies=proxy", `"proxy" is neither an address nor a network`},
		{"--log=loud", "loud"},
	} {
		t.Run(tc.arg, func(t *testing.T) {
			t.Parallel()
			if _, err := parse(t, tc.arg); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %v, want it to say %q", err, tc.want)
			}
		})
	}
}

func TestPrefixesContain(t *testing.T) {
	t.Parallel()
	var p config.Prefixes
	if err := p.UnmarshalText([]byte("10.1.2.3/8, 2001:db8::/32,192.0.2.7")); err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]bool{
		"10.200.0.1": true, "::ffff:10.0.0.1": true, "11.0.0.1": false, "2001:db8::1": true, "192.0.2.7": true, "192.0.2.8": false,
	} {
		if got := p.Contain(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func TestPublicURLDecidesAboutCookiesAndLosesItsSlash(t *testing.T) {
	t.Parallel()
	c, err := parse(t, "--public-url=https://links.example.com/")
	if err != nil || c.PublicURL != "https://links.example.com" || !c.SecureCookies() {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestLogIsJSONWhereNobodyWatches(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := config.Config{Log: slog.LevelWarn}
	log := c.NewLogger(&out)
	log.Info("too quiet")
	log.Warn("heard", "file", filepath.Base("x"), "took", 1500*time.Microsecond)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["msg"] != "heard" || line["took_ms"] != 1.5 {
		t.Fatalf("%q, %v", out.String(), err)
	}
}
