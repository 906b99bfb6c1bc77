package presets_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

// Names that are easily confused, and what each usually is.
func TestWhatForeignNamesMean(t *testing.T) {
	t.Parallel()
	const sure, likely, guess, none = presets.Sure, presets.Likely, presets.Guess, presets.None
	for name, want := range map[string]struct {
		proposal   string
		confidence presets.Confidence
	}{
		"clickid": {"{param_1}", likely}, "cid": {"{param_1}", likely}, "s2s.click_id": {"{param_1}", likely}, "ctag": {"{param_1}", likely},
		"subid": {"{param_1}", likely}, "sub1": {"{param_1}", likely}, "sub2": {"{param_2}", likely}, "aff_sub3": {"{param_3}", likely},
		"id": {"{param_1}", guess}, "s2": {"{param_1}", guess}, "s1": {"{param_1}", likely}, "s3": {"{param_3}", likely},
		"payout": {"{payout}", likely}, "revenue": {"{payout}", likely}, "sum": {"{payout}", likely}, "price": {"{payout}", likely},
		"amount": {"{amount}", likely}, "deposit": {"{amount}", likely}, "order_total": {"{amount}", likely},
		"status": {"{status}", likely}, "cnv_status": {"{goal_id}", likely}, "conv_status": {"{status}", likely}, "event": {"{goal_id}", likely}, "event_name": {"{goal_name}", likely},
		"tid": {"{conversion_id}", likely}, "transaction_id": {"{conversion_id}", likely}, "event_id": {"{conversion_id}", likely}, "user_id": {"{player_id}", likely},
		"date": {"{date}", likely}, "ts": {"{timestamp}", likely}, "conversion_date": {"{date}", likely}, "conversion_time": {"{timestamp}", likely},
		"offer": {"{offer_id}", likely}, "brand_name": {"{offer_name}", likely}, "campaign": {"{camp_id}", likely}, "campaign_name": {"{camp_name}", likely},
		"partner_id": {"{aff_id}", likely}, "geo": {"{country}", likely}, "ua": {"{user_agent}", likely}, "comment": {"{reason}", likely},
		"": {"", none}, "frobnicate": {"", none}, "clickidx": {"", none}, "{clickid}": {"", none},
	} {
		proposal, confidence := presets.Propose(name)
		if proposal != want.proposal || confidence != want.confidence {
			t.Errorf("%q is %s, %s; want %s, %s", name, proposal, confidence, want.proposal, want.confidence)
		}
		if confidence == sure {
			t.Errorf("%q: a name alone makes nobody sure", name)
		}
	}
}

// The proposal for a name is one macro of ours, which every postback has.
func TestEveryProposalIsOneMacro(t *testing.T) {
	t.Parallel()
	names := presets.ForeignNames()
	if len(names) < 150 {
		t.Errorf("only %d names are known", len(names))
	}
	for _, name := range names {
		proposal, confidence := presets.Propose(name)
		template, err := macro.Parse("https://x.example/?v=" + proposal)
		if err != nil || len(template.Macros()) != 1 || proposal != "{"+string(template.Macros()[0])+"}" {
			t.Errorf("%s: %s is not one macro: %v", name, proposal, err)
		}
		if confidence != presets.Likely && confidence != presets.Guess {
			t.Errorf("%s: %s", name, confidence)
		}
	}
}

// A name of ours that others write too has our meaning with them, except for those that other
// systems use for something else.
func TestOurOwnNamesMeanThemselves(t *testing.T) {
	t.Parallel()
	others := map[string]string{"click_id": "{param_1}", "transaction_id": "{conversion_id}"}
	for _, m := range macro.All() {
		want := others[string(m.Name)]
		if want == "" {
			want = "{" + string(m.Name) + "}"
		}
		for _, name := range append(m.Aliases, string(m.Name)) {
			if got, _ := presets.Propose(name); got != "" && got != want {
				t.Errorf("%s is taken for %s, want %s", name, got, want)
			}
		}
	}
}

// Case, underscores, dashes, dots and spaces do not distinguish names.
func TestANameIsKnownHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	names := presets.ForeignNames()
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "name")
		want, sureness := presets.Propose(name)
		var b strings.Builder
		for _, r := range name {
			b.WriteString(rapid.SampledFrom([]string{"", "", "_", "-", ".", " "}).Draw(rt, "between"))
			b.WriteString(rapid.SampledFrom([]string{string(r), strings.ToUpper(string(r))}).Draw(rt, "letter"))
		}
		if got, confidence := presets.Propose(b.String()); got != want || confidence != sureness {
			rt.Fatalf("%q is %s (%s), and %q %s (%s)", name, want, sureness, b.String(), got, confidence)
		}
	})
}

// Each network is recognised by its placeholders, and by nothing less.
func TestANetworkIsKnownByItsPlaceholders(t *testing.T) {
	t.Parallel()
	texts := presets.Networks()
	for name, url := range texts {
		if r := presets.Recognize(url); r.Network != name {
			t.Errorf("%s: %s is taken for %q", name, url, r.Network)
		}
		if r := presets.Recognize(strings.ToUpper(url)); r.Network != name {
			t.Errorf("%s in upper case is taken for %q", name, r.Network)
		}
		short := url[:strings.LastIndex(url, "&")]
		if r := presets.Recognize(short); r.Network == name {
			t.Errorf("%s is seen in %s already", name, short)
		}
	}
	shown := map[string]bool{}
	for _, c := range readCorpus(t) {
		shown[c.network] = true
	}
	for name := range texts {
		if !shown[name] {
			t.Errorf("no case of the corpus shows %s", name)
		}
	}
}

func TestConfidencesAreWrittenForGraphQL(t *testing.T) {
	t.Parallel()
	for i, c := range presets.Confidences() {
		var b bytes.Buffer
		c.MarshalGQL(&b)
		if want := `"` + []string{"SURE", "LIKELY", "GUESS", "NONE"}[i] + `"`; b.String() != want {
			t.Errorf("%s is written %s, want %s", c, &b, want)
		}
		var back presets.Confidence
		if err := back.UnmarshalGQL(strings.Trim(b.String(), `"`)); err != nil || back != c || c.Values()[i] != string(c) {
			t.Errorf("%s comes back as %s: %v", c, back, err)
		}
	}
	c := presets.Likely
	for _, bad := range []any{"sure", "CERTAIN", "", 1, nil} {
		if err := c.UnmarshalGQL(bad); err == nil || c != presets.Likely {
			t.Errorf("%v is taken for %s", bad, c)
		}
	}
}
