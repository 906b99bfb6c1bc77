package doctor_test

import (
	"context"
	"strings"
	"testing"

	"postrider/domain/doctor"
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
		mend     string
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
		got, mend := "", ""
		for _, f := range found {
			got += f.Code + " " + string(f.Severity) + " " + c.template[f.Start:f.End]
			if !strings.HasSuffix(f.Message, ".") {
				t.Errorf("%s: %q is no sentence", name, f.Message)
			}
			if f.Mend != nil {
				mend = f.Mend.URLTemplate
			}
		}
		if got != c.found || mend != c.mend {
			t.Errorf("%s: %q, mend %q", name, got, mend)
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
