package presets_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

// What one parameter is recognised as, how surely, and why, in part of the words.
func TestWhyAParameterIsTakenForSomething(t *testing.T) {
	t.Parallel()
	const keitaro, redtrack, unknown = "https://kt.trk.io/6f1c/postback?subid={subid}&", "https://rt.trk.io/postback?clickid={clickid}&sum={sum}&", "https://my.trk.io/in?x=1&"
	for name, c := range map[string]struct{ url, proposal, confidence, reason string }{
		"documented":                           {keitaro + "payout={payout}", "{payout}", "sure", "Keitaro reads it: your commission for the conversion."},
		"documented, of a likely tracker":      {redtrack + "rdtk_event_id={frobnicate}", "{conversion_id}", "likely", "RedTrack probably reads it: "},
		"documented, and both names agree":     {redtrack + "rdtk_event_id={tid}", "{conversion_id}", "sure", "RedTrack reads it: "},
		"documented, and something else there": {keitaro + "payout={click_id}", "{payout}", "likely", "although {click_id} suggests another meaning"},
		"documented, and yours to say":         {keitaro + "cost={cost}", "{{cost}}", "none", "Keitaro: What the click cost. Enter your own value."},
		"documented, and a word there":         {keitaro + "payout=REPLACE", "{payout}", "sure", "Keitaro reads it"},
		"documented, of a likely one, a word":  {redtrack + "rdtk_event_id=REPLACE", "{conversion_id}", "likely", "RedTrack reads it"},
		"documented, and a fixed value":        {keitaro + "status=sale", "sale", "none", "Fixed value, kept."},
		"both names agree":                     {unknown + "sum={payout}", "{payout}", "sure", "Both sum and {payout} mean your commission for the conversion."},
		"both names are of one family":         {unknown + "amount={payout}", "{amount}", "likely", "Both amount and {payout}"},
		"both names agree on a sub id":         {unknown + "sub2={aff_sub2}", "{param_2}", "likely", "Both sub2 and {aff_sub2}"},
		"both agree, one of them vaguely":      {unknown + "pid={clickid}", "{param_1}", "guess", "Both pid and {clickid}"},
		"one family, one of them vaguely":      {unknown + "pid={sub2}", "{param_2}", "guess", "Both pid and {sub2}"},
		"documented, with text around":         {keitaro + "payout=a-{sum}", "a-{payout}", "sure", "{sum} is usually"},
		"documented, vaguely, text around":     {"https://kt.trk.io/6f1c/postback?subid=a-{pid}", "a-{param_1}", "guess", "{pid} is usually"},
		"two placeholders, the first vague":    {unknown + "zzz={id}-{payout}", "{param_1}-{payout}", "guess", "{id} is usually"},
		"ours already, by its filter":          {unknown + "zzz={country|upper}", "{country|upper}", "sure", "It is already one of our macros."},
		"the names contradict each other":      {unknown + "payout={clickid}", "{param_1}", "likely", "{clickid} is usually the tracker's click id"},
		"a sub id carried the tracker's own":   {unknown + "payout={sub2}", "{payout}", "guess", "{sub2} was a value of your own."},
		"the placeholder alone is known":       {unknown + "zzz={currency}", "{currency}", "likely", "{currency} is usually the currency."},
		"the parameter alone is known":         {unknown + "currency={zzz}", "{currency}", "likely", "currency is usually the currency."},
		"neither is known":                     {unknown + "yyy={zzz}", "{{zzz}}", "none", "{zzz} is unknown: choose a macro, or remove it."},
		"a network's own word":                 {unknown + "zzz=#price#", "{payout}", "sure", "In CAKE, #price# is your commission for the conversion."},
		"a word for a known parameter":         {unknown + "currency=OPTIONAL", "{currency}", "likely", "currency is usually the currency."},
		"a word for one that nobody knows":     {unknown + "yyy=REPLACE", "REPLACE", "none", "yyy is unknown: choose a macro, or leave it empty."},
		"nothing, for a known parameter":       {unknown + "payout=", "{payout}", "likely", "payout is usually"},
		"a fixed click id":                     {unknown + "clickid=12345", "{param_1}", "guess", "clickid is for the click id, which differs for each click."},
		"a fixed value under a vague name":     {unknown + "pid=12345", "12345", "none", "Fixed value, kept."},
		"a blank":                              {unknown + "zzz={token}", "{{token}}", "none", "{token} is a placeholder: enter your own value."},
		"a blank and nothing else":             {unknown + "zzz=a-{token}-b", "a-{{token}}-b", "none", "Enter your own value."},
		"a blank beside a placeholder":         {unknown + "zzz={token}-{payout}", "{{token}}-{payout}", "likely", "{payout} is usually your commission for the conversion."},
		"two placeholders":                     {unknown + "zzz={payout}-{id}", "{payout}-{param_1}", "guess", "{payout} is usually your commission for the conversion; {id} is usually the click id or a sub id"},
		"two, one of them unknown":             {unknown + "zzz={payout}-{yyy}", "{payout}-{{yyy}}", "none", "{yyy} is unknown"},
		"ours already":                         {unknown + "zzz={goal_id|upper}", "{goal_id|upper}", "sure", "It is already one of our macros."},
		"ours already, with text around":       {unknown + "zzz=a-{param_2}-{payout}", "a-{param_2}-{payout}", "sure", "It is already one of our macros."},
		"a placeholder without a name":         {unknown + "{payout}", "{payout}", "likely", "{payout} is usually your commission for the conversion."},
	} {
		r := presets.Recognize(c.url)
		if len(r.Parameters) == 0 {
			t.Errorf("%s: nothing is read", name)
			continue
		}
		p := r.Parameters[len(r.Parameters)-1]
		if p.Proposal != c.proposal || string(p.Confidence) != c.confidence || !strings.Contains(p.Reason, c.reason) {
			t.Errorf("%s: %s, %s: %s\nwant %s, %s: %s", name, p.Proposal, p.Confidence, p.Reason, c.proposal, c.confidence, c.reason)
		}
		if first := p.Macro(); (first == "") != (len(p.Macros) == 0) || first != "" && first != string(p.Macros[0]) {
			t.Errorf("%s: the macro is %q of %v", name, first, p.Macros)
		}
	}
}

// The parts of a URL around its parameters.
func TestTheRestOfAURLIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"http":                     {"http://my.trk.io/in?clickid={clickid}", "http://my.trk.io/in?clickid={param_1}"},
		"HTTP, shouted":            {"HTTP://my.trk.io/in?clickid={clickid}", "http://my.trk.io/in?clickid={param_1}"},
		"a fragment and no query":  {"https://my.trk.io/in#clickid={clickid}", "https://my.trk.io/in#clickid={param_1}"},
		"a port":                   {"https://my.trk.io:8443/in?clickid={clickid}", "https://my.trk.io:8443/in?clickid={param_1}"},
		"a host of other letters":  {"https://трекер.рф/in?clickid={clickid}", "https://трекер.рф/in?clickid={param_1}"},
		"no host":                  {"clickid={clickid}&sum={payout}", "https://your-tracker.example/postback?clickid={param_1}&sum={payout}"},
		"a blank for the host":     {"https://<domain>/in?clickid={clickid}", "https://your-tracker.example/in?clickid={param_1}"},
		"a token for the host":     {"https://{domain}/in?clickid={clickid}", "https://your-tracker.example/in?clickid={param_1}"},
		"a host that cannot be":    {"https://a..b/in?clickid={clickid}", "https://your-tracker.example/in?clickid={param_1}"},
		"a port that cannot be":    {"https://my.trk.io:99999/in?clickid={clickid}", "https://your-tracker.example/in?clickid={param_1}"},
		"no path":                  {"https://my.trk.io?clickid={clickid}", "https://my.trk.io/?clickid={param_1}"},
		"no query":                 {"https://my.trk.io/pb/{clickid}/{sum}", "https://my.trk.io/pb/{param_1}/{payout}"},
		"a fragment":               {"https://my.trk.io/in?clickid={clickid}#a={sum}", "https://my.trk.io/in?clickid={param_1}#a={payout}"},
		"a fixed fragment":         {"https://my.trk.io/in?clickid={clickid}#top", "https://my.trk.io/in?clickid={param_1}#top"},
		"a second question mark":   {"https://my.trk.io/in?clickid={clickid}?sum={sum}", "https://my.trk.io/in?clickid={param_1}&sum={payout}"},
		"ampersands too many":      {"https://my.trk.io/in?&clickid={clickid}&&sum={sum}&", "https://my.trk.io/in?clickid={param_1}&sum={payout}"},
		"an equals sign in it":     {"https://my.trk.io/in?clickid={clickid}&k=a=b==", "https://my.trk.io/in?clickid={param_1}&k=a=b=="},
		"a name alone":             {"https://my.trk.io/in?clickid={clickid}&ping", "https://my.trk.io/in?clickid={param_1}&ping"},
		"a slash in a value":       {"https://my.trk.io/in?clickid={clickid}&u=/a/b", "https://my.trk.io/in?clickid={param_1}&u=/a/b"},
		"a URL in a value":         {"https://my.trk.io/in?clickid={clickid}&u=https://b.io/x", "https://my.trk.io/in?clickid={param_1}&u=https://b.io/x"},
		"braces that are no macro": {`https://my.trk.io/in?clickid={clickid}&j={1:2}`, `https://my.trk.io/in?clickid={param_1}&j={{1:2}}`},
		"a bad escape is kept":     {"https://my.trk.io/in?clickid={clickid}&s=50%", "https://my.trk.io/in?clickid={param_1}&s=50%"},
		"nothing":                  {"", ""},
		"spaces":                   {" \n\t", ""},
		"a URL alone":              {"https://my.trk.io/in", "https://my.trk.io/in"},
		"too long for a template":  {"https://my.trk.io/in?clickid={clickid}&x=" + strings.Repeat("a", macro.MaxTemplate), ""},
	} {
		if r := presets.Recognize(c.text); r.URLTemplate != c.want || r.Parameters == nil {
			t.Errorf("%s: %q becomes %q, want %q", name, c.text, r.URLTemplate, c.want)
		}
	}
}

// If two trackers' URLs look the same the more common one is a guess, and the other is named;
// a path and a click id alone identify no tracker.
func TestAURLOfSeveralTrackersIsAGuess(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]struct{ key, confidence, reason string }{
		"https://t.trk.io/postback?cid={clickid}&payout={payout}":               {"voluum", "guess", "The path and the parameters match Voluum; postbacks of BeMob look the same."},
		"https://t.trk.io/postback?cid={clickid}&payout={payout}&txid={tid}":    {"voluum", "guess", "The path and the parameters match Voluum; postbacks of BeMob look the same."},
		"https://t.trk.io/postback?cid={clickid}&payout={payout}&status={goal}": {"bemob", "likely", "The path and the parameters match BeMob."},
		"https://t.trk.io/postback?cid={clickid}&payout={payout}&et={goal}":     {"voluum", "likely", "The path and the parameters match Voluum."},
		"https://t.trk.io/postback?CID={clickid}&PAYOUT={payout}&ET={goal}":     {"voluum", "likely", "The path and the parameters match Voluum."},
		"https://t.trk.io/postback?cid={clickid}":                               {"", "none", ""},
		"https://t.trk.io/postback?payout={payout}&txid={tid}&et={goal}":        {"", "none", ""},
		"https://t.trk.io/pb?cid={clickid}&payout={payout}&et={goal}":           {"", "none", ""},
		"https://t.trk.io/click.php?payout={payout}&cnv_status={goal}":          {"", "none", ""},
		"https://t.trk.io/click.php?CNV_ID={clickid}":                           {"binom", "sure", "The path and the parameter CNV_ID match Binom v1."},
		"https://t.trk.io/a/b/postback?subid={subid}&status=sale":               {"", "none", ""},
		"https://t.trk.io/{key}/postback?subid={subid}&status=sale":             {"keitaro", "sure", "The path and the parameter subid match Keitaro."},
	} {
		r := presets.Recognize(url)
		key := ""
		if r.Tracker != nil {
			key = r.Tracker.Key
		}
		if key != want.key || string(r.Confidence) != want.confidence || !strings.HasSuffix(r.Reason, want.reason) {
			t.Errorf("%s: %s, %s: %s\nwant %s, %s: %s", url, key, r.Confidence, r.Reason, want.key, want.confidence, want.reason)
		}
	}
}

// The dialect is that of most placeholders; of equally many, the one that comes first.
func TestTheCommonerDialectNamesAText(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]presets.Dialect{
		"a={clickid}&b=[sum]": presets.Braces, "a=[clickid]&b={sum}": presets.Brackets, "a=[clickid]&b={sum}&c={tid}": presets.Braces,
		"a={token}&b={key}&c=[sum]": presets.Brackets, "a=<x>&b=<y>&c=#s1#": presets.Hashes,
		"a={param_1}&b={sum}": presets.Braces, "a={param_1}&b={payout}": presets.Ours, "a={clickid}&b={payout}": presets.Braces, "a={payout|upper}": presets.Ours,
		"clickid=REPLACE&payout=": presets.Words, "a=1&b=2": presets.NoDialect,
	} {
		if r := presets.Recognize("https://my.trk.io/in?" + query); r.Dialect != want {
			t.Errorf("%s is in %s, want %s", query, r.Dialect, want)
		}
	}
}

func TestWhatStandsOutsideTheQueryHasAName(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"https://my.trk.io/pb/{clickid}?sum={sum}#st={status}": {"path", "sum", "fragment"},
		"https://my.trk.io/pb#st={status}":                     {"fragment"},
		"https://my.trk.io/pb/{clickid}#top":                   {"path", "fragment"},
		"https://my.trk.io/pb?{clickid}&x&sum=1":               {"clickid", "sum"},
	} {
		var names []string
		for _, p := range presets.Recognize(url).Parameters {
			names = append(names, p.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s has %v, want %v", url, names, want)
		}
	}
}

// urls are the cases of the corpus that are one URL and nothing else.
func urls(t testing.TB) []string {
	t.Helper()
	var list []string
	for _, c := range readCorpus(t) {
		if strings.HasPrefix(c.text, "https://") && !strings.ContainsAny(c.text, "\n<>") && !strings.Contains(c.text, "&&") && presets.Recognize(c.text).Source == c.text {
			list = append(list, c.text)
		}
	}
	if len(list) < 80 {
		t.Errorf("the corpus has %d URLs alone", len(list))
	}
	return list
}

// The text around a URL, and how it was escaped on its way, do not change the result.
func TestTextAroundAURLChangesNothing(t *testing.T) {
	t.Parallel()
	ways := map[string]func(string) string{
		"a mail":       func(u string) string { return "Hello Anna,\r\n\r\nours is " + u + "\r\n\r\nBest wishes" },
		"a sentence":   func(u string) string { return "Please set " + u + ", thanks." },
		"its end":      func(u string) string { return "Our postback: " + u + "." },
		"quotes":       func(u string) string { return `The URL is "` + u + `" as always` },
		"other quotes": func(u string) string { return "Наш постбек: «" + u + "»" },
		"code":         func(u string) string { return "`" + u + "`" },
		"an element":   func(u string) string { return `<a href="` + strings.ReplaceAll(u, "&", "&amp;") + `">postback</a>` },
		"JSON": func(u string) string {
			return `{"url":"` + strings.ReplaceAll(strings.ReplaceAll(u, "/", `\/`), "&", `\u0026`) + `"}`
		},
		"lines": func(u string) string { return strings.ReplaceAll(u, "&", "\n    &") },
		"a BOM": func(u string) string { return "\uFEFF" + u + "\u200B" },
		"documents": func(u string) string {
			return "See https://docs.example.org/setup first. " + u + "\n--\nhttps://agency.example.org"
		},
		"upper case": func(u string) string { return "HTTPS://" + strings.TrimPrefix(u, "https://") },
	}
	for _, u := range urls(t) {
		want := presets.Recognize(u)
		for name, around := range ways {
			got := presets.Recognize(around(u))
			if got.URLTemplate != want.URLTemplate || got.Tracker != want.Tracker || got.Network != want.Network || got.Dialect != want.Dialect {
				t.Errorf("%s: %q becomes %q, and alone %q becomes %q", name, around(u), got.URLTemplate, u, want.URLTemplate)
			}
		}
	}
}

// A proposal that is pasted again is unchanged, unless it has an unknown placeholder: {{x}}
// would be another dialect's.
func TestAProposalIsReadAsItself(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t) {
		first := presets.Recognize(c.text).URLTemplate
		if again := presets.Recognize(first).URLTemplate; again != first && !strings.Contains(first, "{{") {
			t.Errorf("%s: %s becomes %s", c.name, first, again)
		}
	}
}

// What is already written in our macros is sure, and unchanged byte for byte.
func TestOurOwnTemplatesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	value := rapid.SampledFrom([]string{"{payout}", "{amount|mul:0.5|round:2}", "{goal_id|map:ftd=1,*=2}", "{GOAL_NAME}", "{sub1}", "{status}", "{conversion_id}", "{timestamp}", "sale", "a-{country}-b", "50"})
	rapid.Check(t, func(rt *rapid.T) {
		template := "https://my.trk.io/in/{param_1}?"
		for i, v := range rapid.SliceOfNDistinct(value, 1, 6, rapid.ID).Draw(rt, "values") {
			template += map[bool]string{true: "", false: "&"}[i == 0] + "q" + string(rune('a'+i)) + "=" + v
		}
		if _, err := macro.Parse(template); err != nil {
			rt.Fatalf("%s: %v", template, err)
		}
		r := presets.Recognize(template)
		if r.URLTemplate != template || r.Dialect != presets.Ours || r.Network != "" {
			rt.Fatalf("%s becomes %s, of %s and %q", template, r.URLTemplate, r.Dialect, r.Network)
		}
		for _, p := range r.Parameters {
			if want := map[bool]presets.Confidence{true: presets.Sure, false: presets.None}[strings.Contains(p.Value, "{")]; p.Confidence != want {
				rt.Fatalf("%s: %s is %s, want %s", template, p.Value, p.Confidence, want)
			}
		}
	})
}

// The order of a URL's parameters does not matter for its tracker.
func TestTheOrderOfParametersTellsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		template := filled(rapid.SampledFrom(presets.Presets()).Draw(rt, "preset"), "")
		head, query, _ := strings.Cut(template, "?")
		mixed := head + "?" + strings.Join(rapid.Permutation(strings.Split(query, "&")).Draw(rt, "order"), "&")
		want, sureness := presets.Identify(template)
		if got, confidence := presets.Identify(mixed); got != want || confidence != sureness {
			rt.Fatalf("%s is %s (%s), and %s is %v (%s)", template, want.Key, sureness, mixed, got, confidence)
		}
	})
}

// checkReading checks the invariants of any recognition besides its proposal.
func checkReading(t fataler, text string, r presets.Recognition) {
	t.Helper()
	if (r.Tracker == nil) != (r.Confidence == presets.None) || (r.Tracker == nil) != (r.Reason == "") {
		t.Fatalf("%q: the tracker is %v, %s: %q", text, r.Tracker, r.Confidence, r.Reason)
	}
	if r.Dialect == presets.Ours && r.Network != "" || r.Dialect == "" || r.Parameters == nil || slices.Contains(r.Others, r.Source) {
		t.Fatalf("%q: %+v", text, r)
	}
	if r.URLTemplate == "" {
		return
	}
	end := 0
	for _, p := range r.Parameters {
		if p.Start < end {
			t.Fatalf("%q: %s overlaps what is before it: %+v", text, p.Name, r.Parameters)
		}
		end = p.End
	}
	template, err := macro.Parse(r.URLTemplate)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	for _, s := range template.Slots() {
		if !slices.ContainsFunc(r.Parameters, func(p presets.RecognizedParameter) bool {
			return p.Start <= s.Start && s.End <= p.End && slices.Contains(p.Macros, s.Macro)
		}) {
			t.Fatalf("%q: {%s} at %d of %s is no parameter's", text, s.Macro, s.Start, r.URLTemplate)
		}
	}
	if _, err := url.Parse(template.Expand(macro.SampleValues())); err != nil {
		t.Fatalf("%q: %s does not expand to a URL: %v", text, r.URLTemplate, err)
	}
}

func TestAnyReadingHoldsTogether(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t) {
		checkReading(t, c.text, presets.Recognize(c.text))
	}
	piece := rapid.SampledFrom([]string{
		"https://", "http://a.mgid.com", "kt.trk.io", "/6f1c/postback", "/cf/cv", "?", "&", "=", "subid", "cid", "status", "payout", "{subid}", "{{sum}}", "#price#", "${ctag}", "<key>", "{param_1}",
		"{payout|round:2}", "{goal_id|map:a=b}", "REPLACE", "sale", "#", "{", "}", "%", " ", "\n", "é", ", and ", ": ",
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 24).Draw(rt, "pieces"), "")
		checkReading(rt, text, presets.Recognize(text))
	})
}

// Of several URLs the one with the most parameters is read, and the other postbacks are named.
func TestOtherPostbacksOfATextAreNamed(t *testing.T) {
	t.Parallel()
	const lead, sale, docs = "https://my.trk.io/in?clickid={clickid}", "https://my.trk.io/in?clickid={clickid}&sum={payout}&tid={tid}", "https://docs.example.org/setup"
	r := presets.Recognize("Docs: " + docs + "\nLead: " + lead + "\nSale: " + sale + "\nAgain: " + lead)
	if r.Source != sale || !slices.Equal(r.Others, []string{lead}) {
		t.Errorf("%s is read, and besides %v", r.Source, r.Others)
	}
	if r := presets.Recognize(docs); r.Source != docs || len(r.Others) != 0 || len(r.Parameters) != 0 {
		t.Errorf("%+v", r)
	}
}
