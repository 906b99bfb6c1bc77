package presets_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/presets"
)

// filled is a preset's template with the examples in its blanks.
func filled(p *presets.Preset, goal string) string {
	blanks := map[string]string{}
	for _, b := range p.Blanks {
		blanks[b.Name] = b.Example
	}
	return p.For(goal, blanks)
}

// moment is a sample conversion of a goal with a status.
func moment(goal string, status commission.Status) *macro.Values {
	v := macro.SampleValues()
	v.Set(macro.GoalID, goal)
	v.Set(macro.Status, string(status))
	return v
}

var goals = []string{
	commission.GoalRegistration, commission.GoalKYC, commission.GoalFTD, commission.GoalDeposit, commission.GoalCPA, commission.GoalNetRevenue, "vip_level",
}

// query returns the parameters of a template as they are written.
func query(template string) [][2]string {
	_, query, _ := strings.Cut(template, "?")
	var list [][2]string
	for piece := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(piece, "=")
		list = append(list, [2]string{name, value})
	}
	return list
}

func TestEveryPresetSaysWhatItIs(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	seen := map[string]bool{}
	for _, p := range presets.Presets() {
		if !key.MatchString(p.Key) || seen[p.Key] || seen[p.Name] || p.Name == "" {
			t.Errorf("%q, %q: the key is malformed, or one of them is another preset's", p.Key, p.Name)
		}
		seen[p.Key], seen[p.Name] = true, true
		if !slices.Contains(presets.Kinds(), p.Kind) {
			t.Errorf("%s is a %q", p.Key, p.Kind)
		}
		if u, err := url.Parse(p.DocURL); err != nil || u.Scheme != "https" || !strings.Contains(u.Host, ".") || len(u.Path) < 2 {
			t.Errorf("%s: %q is no page that confirms it", p.Key, p.DocURL)
		}
		for _, sentence := range []string{p.Answer, p.Note} {
			if sentence != "" && !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is no sentence", p.Key, sentence)
			}
		}
		if p.ZeroUnapproved && p.ReadsStatus {
			t.Errorf("%s reads the status, so a payout that is not approved need not be 0", p.Key)
		}
		switch p.Body.Kind {
		case "":
			if p.Body != (presets.BodyRule{}) {
				t.Errorf("%s: a rule without a kind: %+v", p.Key, p.Body)
			}
		case "contains", "not_contains", "json_field":
			if p.Body.Value == "" || (p.Body.Path != "") != (p.Body.Kind == "json_field") || p.Answer == "" {
				t.Errorf("%s: %+v of the answer %q", p.Key, p.Body, p.Answer)
			}
		default:
			t.Errorf("%s: the rule %q is unknown", p.Key, p.Body.Kind)
		}
	}
}

// The blanks of a preset are those of its template, each once.
func TestEveryBlankIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, p := range presets.Presets() {
		var names []string
		for _, b := range p.Blanks {
			names = append(names, b.Name)
			if b.Label == "" || strings.HasSuffix(b.Label, ".") || b.Example == "" {
				t.Errorf("%s: what to ask for %s is %q, for example %q", p.Key, b.Name, b.Label, b.Example)
			}
			if !strings.Contains(filled(p, ""), b.Example) {
				t.Errorf("%s: the example %q does not come through: %s", p.Key, b.Example, filled(p, ""))
			}
		}
		slices.Sort(names)
		if open := slices.Sorted(slices.Values(presets.OpenBlanks(p.Template))); !slices.Equal(open, names) {
			t.Errorf("%s: the template has the blanks %v, and %v are asked for", p.Key, open, names)
		}
		if left := strings.IndexAny(filled(p, ""), "<>"); left >= 0 {
			t.Errorf("%s: a blank is left in %s", p.Key, filled(p, ""))
		}
	}
}

// The value that a preset proposes for a parameter is in our language, and one of those that
// its tracker accepts, for every goal and status.
func TestEveryParameterSendsWhatTheTrackerTakes(t *testing.T) {
	t.Parallel()
	for _, p := range presets.Presets() {
		names := map[string]bool{}
		for _, known := range p.Parameters {
			if lower := strings.ToLower(known.Name); names[lower] || known.Name == "" {
				t.Errorf("%s has the parameter %q twice", p.Key, known.Name)
			} else {
				names[lower] = true
			}
			if !strings.HasSuffix(known.Meaning, ".") {
				t.Errorf("%s: %s means %q, which is no sentence", p.Key, known.Name, known.Meaning)
			}
			if known.Required && !strings.Contains(p.Template, known.Name+"=") {
				t.Errorf("%s needs %s, and its template lacks it", p.Key, known.Name)
			}
			if known.Send != "" {
				checkSends(t, p, known, known.Send)
			}
		}
		for _, pair := range query(filled(p, "")) {
			i := slices.IndexFunc(p.Parameters, func(known presets.Parameter) bool { return known.Name == pair[0] })
			if i < 0 {
				t.Errorf("%s: its template has %s, of which nothing is known", p.Key, pair[0])
				continue
			}
			checkSends(t, p, p.Parameters[i], pair[1])
		}
	}
}

func checkSends(t *testing.T, p *presets.Preset, known presets.Parameter, send string) {
	t.Helper()
	template, err := macro.Parse("https://x.example/?v=" + send)
	if err != nil {
		t.Errorf("%s: %s=%s is not ours: %v", p.Key, known.Name, send, err)
		return
	}
	if len(known.Values) == 0 {
		return
	}
	for _, goal := range goals {
		for _, status := range commission.Statuses() {
			_, sent, _ := strings.Cut(template.Expand(moment(goal, status)), "=")
			if !slices.Contains(known.Values, sent) {
				t.Errorf("%s: for a %s that is %s, %s=%s sends %q, which is none of %v", p.Key, goal, status, known.Name, send, sent, known.Values)
			}
		}
	}
}

// The click id is in the parameter that the tracker reads, and comes from the param in which
// the tracking link passed it.
func TestEveryPresetReportsTheClick(t *testing.T) {
	t.Parallel()
	for _, p := range presets.Presets() {
		template, err := macro.Parse(filled(p, ""))
		if err != nil {
			t.Errorf("%s: %v", p.Key, err)
			continue
		}
		if template.String() != filled(p, "") {
			t.Errorf("%s: read, it is %s", p.Key, template)
		}
		sent, err := url.Parse(template.Expand(macro.SampleValues()))
		if err != nil {
			t.Errorf("%s: %v", p.Key, err)
			continue
		}
		clicks := 0
		for _, known := range p.Parameters {
			if known.Send == "{param_1}" && sent.Query().Get(known.Name) == macro.SampleValues().Get(macro.Param1) {
				clicks++
				if !known.Required {
					t.Errorf("%s: %s carries the click id, and is said not to be needed", p.Key, known.Name)
				}
			}
		}
		if want := map[bool]int{true: 0, false: 1}[p.Kind == presets.KindMessenger]; clicks != want {
			t.Errorf("%s carries the click id %d times: %s", p.Key, clicks, sent)
		}
	}
}

// A tracker's token is what the tracking link gets, so it is one placeholder, and pasted into
// a postback it is recognised as the click id.
func TestEveryTokenIsOfTheClick(t *testing.T) {
	t.Parallel()
	for _, p := range presets.Presets() {
		if p.Token == "" {
			continue
		}
		tokens := presets.Tokens("=" + p.Token)
		if len(tokens) != 1 || tokens[0].Start != 1 || tokens[0].End != len(p.Token)+1 {
			t.Errorf("%s: %q is not one placeholder: %+v", p.Key, p.Token, tokens)
			continue
		}
		proposal, _ := presets.Propose(tokens[0].Name)
		if ours := p.Key != "tune"; (proposal == "{param_1}") != ours { // TUNE calls the click's id its transaction's
			t.Errorf("%s: its token %s is taken for %s", p.Key, p.Token, proposal)
		}
	}
}

// The tracker that a preset's own URL is recognised as, and how surely.
func TestWhoseAPresetsURLIs(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"keitaro": "keitaro sure", "binom": "binom sure", "clickflare": "clickflare sure", "peerclick": "peerclick sure", "funnelflux": "funnelflux sure",
		"prosper202": "prosper202 sure", "maxconv": "maxconv sure", "affise": "affise sure", "tune": "tune sure", "taboola": "taboola sure", "mgid": "mgid sure",
		"telegram": "telegram sure",
		"orbitra":  "keitaro sure",  // which has the same URL, and is more common
		"voluum":   "voluum likely", // only its parameters distinguish /postback
		"bemob":    "bemob likely",  //
		"redtrack": "redtrack likely",
	}
	for _, p := range presets.Presets() {
		template := filled(p, "")
		identified, confidence := presets.Identify(template)
		if got := identified.Key + " " + string(confidence); got != want[p.Key] {
			t.Errorf("%s is taken for %s, want %s", p.Key, got, want[p.Key])
		}
		r := presets.Recognize(template)
		if r.Tracker != identified || r.Confidence != confidence || r.Reason == "" {
			t.Errorf("%s is recognised as %v, %s: %s", p.Key, r.Tracker, r.Confidence, r.Reason)
		}
		if r.URLTemplate != template {
			t.Errorf("%s: %s became %s", p.Key, template, r.URLTemplate)
		}
		delete(want, p.Key)
	}
	if len(want) > 0 {
		t.Errorf("there are no presets of %v", want)
	}
}

// A host matches a preset with all its subdomains, whatever its case or port, and not if it
// only looks similar. No host matches two presets.
func TestAHostIsOfOnePreset(t *testing.T) {
	t.Parallel()
	for host, key := range map[string]string{"peerclick.com": "peerclick", "affise.com": "affise", "go2cloud.org": "tune", "taboola.com": "taboola", "mgid.com": "mgid", "api.telegram.org": "telegram"} {
		p := presets.PresetByKey(key)
		_, rest, _ := strings.Cut(filled(p, ""), "://")
		_, rest, _ = strings.Cut(rest, "/")
		for own, is := range map[string]bool{
			host: true, "a." + host: true, "a.b." + strings.ToUpper(host) + ":8443": true,
			"not" + host: false, host + ".evil.io": false, host + "-x.io": false, "x.io/" + host: false,
		} {
			got, confidence := presets.Identify("https://" + own + "/" + rest)
			if (got == p && confidence == presets.Sure) != is && !strings.Contains(p.Template, "://<domain>") || is && got != p {
				t.Errorf("%s: %v, %s; want %s: %v", own, got, confidence, key, is)
			}
		}
	}
	if p, c := presets.Identify("https://www.taboola.com/about?x=1"); p != nil || c != presets.None {
		t.Errorf("a vendor's page is taken for %s's postback, %s", p.Key, c)
	}
}

// With the goal resolved, the same is sent for that goal.
func TestAGoalSaidOutrightSendsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom(presets.Presets()).Draw(rt, "preset")
		goal := rapid.OneOf(rapid.SampledFrom(goals), rapid.StringMatching(`[a-z][a-z0-9_]{0,20}`)).Draw(rt, "goal")
		status := rapid.SampledFrom(commission.Statuses()).Draw(rt, "status")
		general, errGeneral := macro.Parse(filled(p, ""))
		outright, errOutright := macro.Parse(filled(p, goal))
		if errGeneral != nil || errOutright != nil {
			rt.Fatalf("%s: %v, %v", p.Key, errGeneral, errOutright)
		}
		if a, b := general.Expand(moment(goal, status)), outright.Expand(moment(goal, status)); a != b {
			rt.Fatalf("%s sends %s, and with %s said outright %s", p.Key, a, goal, b)
		}
		if strings.Contains(outright.String(), "{goal_id|map") {
			rt.Fatalf("%s: %s does not say %s outright", p.Key, outright, goal)
		}
	})
}
