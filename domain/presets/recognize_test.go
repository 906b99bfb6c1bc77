package presets_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

// pasted is one case of the corpus in testdata/recognize, whose README describes the format.
type pasted struct {
	name, text                string
	tracker, dialect, network string
	parameters                [][2]string // name and proposal
}

func readCorpus(t testing.TB) []pasted {
	t.Helper()
	files, err := filepath.Glob("testdata/recognize/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var cases []pasted
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for block := range strings.SplitSeq("\n"+string(content), "\n== ") {
			if strings.TrimSpace(block) != "" {
				cases = append(cases, readCase(t, filepath.Base(file), strings.TrimLeft(block, "\n")))
			}
		}
	}
	return cases
}

func readCase(t testing.TB, file, block string) pasted {
	t.Helper()
	name, rest, _ := strings.Cut(block, "\n")
	text, expected, ok := strings.Cut(rest, "\n> ")
	if !ok {
		t.Fatalf("%s: %s has no line that begins with >", file, name)
	}
	c := pasted{name: file + ": " + name, text: text}
	head, lines, _ := strings.Cut(expected, "\n")
	words := strings.SplitN(head, " ", 3)
	c.tracker, c.dialect = words[0], words[1]
	if len(words) == 3 {
		c.network = words[2]
	}
	for line := range strings.Lines(lines) {
		if name, proposal, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			c.parameters = append(c.parameters, [2]string{name, proposal})
		}
	}
	return c
}

// The share of parameters that must be mapped correctly, and the minimum number of texts.
const (
	wantedShare  = 0.95
	leastPasted  = 120
	nothingOfOur = "-"
)

func TestWhatPeoplePaste(t *testing.T) {
	t.Parallel()
	cases := readCorpus(t)
	if len(cases) < leastPasted {
		t.Errorf("the corpus has %d texts, want %d", len(cases), leastPasted)
	}
	right, all := 0, 0
	for _, c := range cases {
		r := presets.Recognize(c.text)
		all += len(c.parameters)
		n, faults := c.judge(r)
		right += n
		for _, fault := range faults {
			t.Logf("%s: %s", c.name, fault)
		}
		for _, sure := range c.wronglySure(r) {
			t.Errorf("%s: sure, and wrong: %s", c.name, sure)
		}
		c.checkHead(t, r)
	}
	share := float64(right) / float64(all)
	t.Logf("%d of %d parameters in %d texts are mapped rightly: %.1f %%", right, all, len(cases), 100*share)
	if share < wantedShare {
		t.Errorf("that is less than %.0f %%", 100*wantedShare)
	}
}

// judge counts the parameters that are right and returns the faults.
func (c pasted) judge(r presets.Recognition) (right int, faults []string) {
	for i, want := range c.parameters {
		if i >= len(r.Parameters) {
			faults = append(faults, "no parameter "+want[0])
			continue
		}
		if p := r.Parameters[i]; p.Name != want[0] || !means(want[1], p) {
			faults = append(faults, fmt.Sprintf("%s=%s is %s (%s), want %s", p.Name, p.Value, p.Proposal, p.Confidence, want[1]))
			continue
		}
		right++
	}
	if extra := len(r.Parameters) - len(c.parameters); extra > 0 {
		faults = append(faults, fmt.Sprintf("%d parameters too many", extra))
	}
	return right, faults
}

func (c pasted) wronglySure(r presets.Recognition) (wrong []string) {
	for i, p := range r.Parameters {
		if p.Confidence == presets.Sure && (i >= len(c.parameters) || !means(c.parameters[i][1], p)) {
			wrong = append(wrong, fmt.Sprintf("%s=%s becomes %s", p.Name, p.Value, p.Proposal))
		}
	}
	return wrong
}

// means reports whether a proposal is what the corpus expects.
func means(want string, p presets.RecognizedParameter) bool {
	if want == nothingOfOur {
		return len(p.Macros) == 0
	}
	if head, ok := strings.CutSuffix(want, "…}"); ok {
		return strings.HasPrefix(p.Proposal, head)
	}
	return p.Proposal == want
}

func (c pasted) checkHead(t *testing.T, r presets.Recognition) {
	t.Helper()
	key := "-"
	if r.Tracker != nil {
		key = r.Tracker.Key
	}
	if ambiguous := r.Tracker != nil && r.Confidence == presets.Guess; key != c.tracker && !ambiguous {
		t.Errorf("%s: the tracker is %s, want %s", c.name, key, c.tracker)
	}
	if string(r.Dialect) != c.dialect || r.Network != c.network {
		t.Errorf("%s: %s of %q, want %s of %q", c.name, r.Dialect, r.Network, c.dialect, c.network)
	}
	checkProposal(t, c.text, r)
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkProposal checks the invariants of any recognition's proposal.
func checkProposal(t fataler, text string, r presets.Recognition) {
	t.Helper()
	if r.URLTemplate == "" {
		return
	}
	if _, err := macro.Parse(r.URLTemplate); err != nil {
		t.Fatalf("%q: the proposal %q is not valid: %v", text, r.URLTemplate, err)
	}
	for _, p := range r.Parameters {
		if p.Start < 0 || p.End > len(r.URLTemplate) || r.URLTemplate[p.Start:p.End] != p.Proposal {
			t.Fatalf("%q: %s is said to stand at %d to %d of %q", text, p.Proposal, p.Start, p.End, r.URLTemplate)
		}
		if p.Reason == "" || (p.Confidence == presets.None) != (len(p.Macros) == 0) && p.Confidence != presets.None {
			t.Fatalf("%q: %+v", text, p)
		}
	}
}

func TestAPresetSaysAGoalOutright(t *testing.T) {
	t.Parallel()
	p := presets.PresetByKey("keitaro")
	blanks := map[string]string{"domain": "https://Track.Example.com/anything", "key": "/abc/"}
	for goal, status := range map[string]string{"registration": "lead", "ftd": "sale", "deposit": "sale", "kyc": "lead"} {
		want := "https://track.example.com/abc/postback?subid={param_1}&status=" + status + "&payout={payout}&currency={currency}&tid={conversion_id}"
		if got := p.For(goal, blanks); got != want {
			t.Errorf("%s: %s, want %s", goal, got, want)
		}
	}
	if open := presets.OpenBlanks(p.For("ftd", map[string]string{"domain": "x.example"})); len(open) != 1 || open[0] != "key" {
		t.Errorf("open: %v", open)
	}
}

// Any combination of pieces that trackers use yields a valid proposal.
func TestAnyMixtureGivesAValidProposal(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"https://", "http://", "track.example.net", "/postback", "?", "&", "=", "subid", "cid", "clickid", "{subid}", "{{x}}", "#s2#", "##A##", "${x}", "%id%",
		"[x]", "[[x]]", "<x>", "(x)", "__X__", "#{a.b}", "%%X%%", "{param_1}", "{goal_id|map:a=b}", "{", "}", "{{", "}}", "#", "%", "%7B", "%7D", " ", "\n", "é", "日本", "REPLACE", "",
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(rt, "pieces"), "")
		checkProposal(rt, text, presets.Recognize(text))
	})
}

// A long text full of possible starts takes no longer than others: otherwise this would run
// into the time limit of the tests.
func TestAnythingLongIsRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"braces":     strings.Repeat("{", 1<<15),
		"underlines": strings.Repeat("__a", 1<<13),
		"urls":       strings.Repeat("https://a.example/?b={c}&", 1<<11),
		"pairs":      strings.Repeat("a=b&", 1<<14),
		"hashes":     strings.Repeat("#a#", 1<<14),
		"words":      strings.Repeat("lorem ipsum. ", 1<<13),
	} {
		if r := presets.Recognize(text); len(r.URLTemplate) > macro.MaxTemplate {
			t.Errorf("%s: a proposal of %d bytes", name, len(r.URLTemplate))
		}
	}
}

func FuzzRecognize(f *testing.F) {
	for _, c := range readCorpus(f) {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := presets.Recognize(text)
		checkProposal(t, text, r)
		checkReading(t, text, r)
	})
}
