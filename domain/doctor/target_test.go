package doctor_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/doctor"
	"postrider/domain/macro"
)

// network is one that a test makes up; it counts what it is asked.
type network struct {
	refuses  string
	resolves doctor.Resolution
	https    bool
	asked    int
}

func (n *network) Refuses(string) string { return n.refuses }

func (n *network) Resolves(_ context.Context, host string) doctor.Resolution {
	n.asked++
	if host != "track.trk.io" {
		panic("asked for " + host)
	}
	return n.resolves
}

func (n *network) AnswersHTTPS(context.Context, string) bool { n.asked++; return n.https }

func TestWhereAPostbackGoes(t *testing.T) {
	t.Parallel()
	const plain, secure = "http://track.trk.io/?c={param_1}", "https://track.trk.io/?c={param_1}"
	for name, c := range map[string]struct {
		template string
		network  network
		found    string // code, severity, place
		fix      string
	}{
		"all is well":               {secure, network{resolves: doctor.Public, https: true}, "", ""},
		"http, and no https":        {plain, network{resolves: doctor.Public}, "", ""},
		"http where https answers":  {plain, network{resolves: doctor.Public, https: true}, "http warning http", secure},
		"with its own port written": {"http://track.trk.io:80/?c={param_1}", network{resolves: doctor.Public, https: true}, "http warning http", secure},
		"with another port":         {"http://track.trk.io:8080/?c={param_1}", network{resolves: doctor.Public, https: true}, "http warning http", ""},
		"no such host":              {secure, network{resolves: doctor.NotFound}, "host_not_found warning track.trk.io", ""},
		"a private address":         {secure, network{resolves: doctor.Private}, "private_host error track.trk.io", ""},
		"refused by its text":       {secure, network{refuses: "it is private"}, "private_host error track.trk.io", ""},
		"no answer in time":         {secure, network{}, "", ""},
		"no template":               {"http://", network{https: true}, "", ""},
	} {
		found := doctor.CheckTarget(t.Context(), c.template, &c.network, true)
		got, fix := "", ""
		for _, f := range found {
			got += f.Code + " " + string(f.Severity) + " " + c.template[f.Start:f.End]
			if !strings.HasSuffix(f.Message, ".") {
				t.Errorf("%s: %q is no sentence", name, f.Message)
			}
			if f.Fix != nil {
				fix = f.Fix.URLTemplate
			}
		}
		if got != c.found || fix != c.fix {
			t.Errorf("%s: %q, fix %q", name, got, fix)
		}
	}
}

func TestTheNetworkIsAskedOnlyWhenTold(t *testing.T) {
	t.Parallel()
	n := &network{resolves: doctor.NotFound}
	if found := doctor.CheckTarget(t.Context(), "https://track.trk.io/", n, false); len(found) != 0 || n.asked != 0 {
		t.Errorf("%v, asked %d times", found, n.asked)
	}
	if found := doctor.CheckTarget(t.Context(), "https://your-tracker.example/", n, true); len(found) != 0 || n.asked != 0 {
		t.Errorf("a stand-in: %v, asked %d times", found, n.asked)
	}
}

// listener is a network where all is well; it keeps what it was asked for.
type listener struct{ refused, host string }

func (l *listener) Refuses(url string) string { l.refused = url; return "" }

func (l *listener) Resolves(_ context.Context, host string) doctor.Resolution {
	l.host = host
	return doctor.Public
}

func (l *listener) AnswersHTTPS(_ context.Context, host string) bool { return host == l.host }

// checkAsked holds that the network is asked for the host that net/url reads, and
// that a fix leads to the same place over https.
func checkAsked(t fataler, template string) {
	t.Helper()
	parsed, err := macro.ParseFor(template, macro.Aggregated)
	if err != nil {
		if found := doctor.CheckTarget(context.Background(), template, &listener{}, true); found != nil {
			t.Fatalf("%q cannot be read, and %v", template, found)
		}
		return
	}
	want, err := url.Parse(parsed.Expand(nil))
	if err != nil {
		return // the guard refuses it
	}
	l := &listener{}
	found := doctor.CheckTarget(context.Background(), template, l, true)
	if l.refused != parsed.Expand(nil) || l.host != "" && l.host != want.Hostname() {
		t.Fatalf("%q: asked for %q and %q, want %q", template, l.refused, l.host, want.Hostname())
	}
	if l.host != "" && len(found) != map[string]int{"http": 1, "https": 0}[want.Scheme] {
		t.Fatalf("%q: %+v, though https is answered", template, found)
	}
	for _, f := range found {
		if f.Code != doctor.CodeHTTP || want.Scheme != "http" {
			t.Fatalf("%q: %+v", template, f)
		}
		if f.Fix == nil {
			continue
		}
		fixed, err := macro.ParseFor(f.Fix.URLTemplate, macro.Aggregated)
		if err != nil {
			t.Fatalf("%q: the fix %q: %v", template, f.Fix.URLTemplate, err)
		}
		got, err := url.Parse(fixed.Expand(nil))
		if err != nil || got.Scheme != "https" || got.Hostname() != want.Hostname() || got.Port() != "" || got.RequestURI() != want.RequestURI() {
			t.Fatalf("%q: the fix leads to %s, not to %s: %v", template, got, want, err)
		}
	}
}

func TestTheHostThatIsAskedForIsTheOneCalled(t *testing.T) {
	t.Parallel()
	for template, host := range map[string]string{
		"https://track.trk.io/in?c={param_1}": "track.trk.io", "https://track.trk.io": "track.trk.io", "http://track.trk.io?x": "track.trk.io", "https://track.trk.io#x:1/": "track.trk.io",
		"https://track.trk.io:8443/a:b": "track.trk.io", "https://[2001:db8::1]/in": "2001:db8::1", "http://[2001:db8::1]:8080": "2001:db8::1", "HTTP://Track.TRK.io/": "Track.TRK.io",
		"https://трекер.рф/in": "трекер.рф", "https://192.0.2.1:80/": "192.0.2.1",
	} {
		l := &listener{}
		doctor.CheckTarget(t.Context(), template, l, true)
		if l.host != host {
			t.Errorf("%s: asked for %s, want %s", template, l.host, host)
		}
		checkAsked(t, template)
	}
	piece := rapid.SampledFrom([]string{"track", ".trk.io", "[::1]", ":80", ":8080", ":", "/", "?", "#", "a=1", "{param_1}", "{{", "é", "@", "[", "]", "0"})
	rapid.Check(t, func(rt *rapid.T) {
		checkAsked(rt, rapid.SampledFrom([]string{"http://t.io", "HTTP://", "https://", "http://"}).Draw(rt, "scheme")+strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(rt, "pieces"), ""))
	})
}

// What stands where in a template with letters beyond ASCII, and what is said of it.
func TestWhatIsSaidOfATarget(t *testing.T) {
	t.Parallel()
	const template = "http://трекер.рф:80/😀?c={param_1}"
	for name, c := range map[string]struct {
		network    fixed
		says       string
		start, end int
	}{
		"refused":      {fixed{refuses: "it is private"}, "it is private.", 7, 16},
		"not found":    {fixed{resolves: doctor.NotFound}, "The host трекер.рф does not resolve: check its spelling and its DNS record.", 7, 16},
		"private":      {fixed{resolves: doctor.Private}, "трекер.рф does not resolve to a public IP address; postbacks are sent to public addresses only.", 7, 16},
		"http":         {fixed{resolves: doctor.Public}, "трекер.рф supports https too; over http anybody on the network can read and change the postback.", 0, 4},
		"http, unsure": {fixed{resolves: doctor.Unknown}, "трекер.рф supports https too; over http anybody on the network can read and change the postback.", 0, 4},
	} {
		found := doctor.CheckTarget(t.Context(), template, c.network, true)
		if len(found) != 1 || found[0].Message != c.says || found[0].Start != c.start || found[0].End != c.end {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// fixed is a network that answers the same of every host.
type fixed struct {
	refuses  string
	resolves doctor.Resolution
}

func (f fixed) Refuses(string) string                              { return f.refuses }
func (f fixed) Resolves(context.Context, string) doctor.Resolution { return f.resolves }
func (f fixed) AnswersHTTPS(context.Context, string) bool          { return true }

func FuzzCheckTarget(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.question.Template)
	}
	f.Add("http://[::1]:80?a#b")
	f.Fuzz(func(t *testing.T, template string) { checkAsked(t, template) })
}
