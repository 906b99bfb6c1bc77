package doctor_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/macro"
	"postrider/domain/presets"
)

const sound = "https://my.trk.io/in?click={param_1}&txid={conversion_id}"

// What a finding says, and what its button.
func TestWhatAFindingSays(t *testing.T) {
	t.Parallel()
	const keitaro = "https://kt.trk.io/6f1c/postback?status=sale&"
	link := "https://l.example/c/k7m2xq9d?param_1={subid}&param_2=x"
	for name, c := range map[string]struct{ template, code, says, label string }{
		"a tracker's own token":            {keitaro + "subid={subid}", macro.CodeUnknownMacro, "{subid} is a token of Keitaro for the tracking link; in a postback use {param_1}.", "Use {param_1}"},
		"another system's placeholder":     {sound + "&p={revenue}", macro.CodeUnknownMacro, "{revenue} is another system's placeholder; use {payout}.", "Use {payout}"},
		"one that may mean several things": {sound + "&p={pid}", macro.CodeUnknownMacro, "{pid} is not a macro; did you mean {param_1}?", "Use {param_1}"},
		"another with a filter":            {sound + "&p={revenue|round:2}", macro.CodeUnknownMacro, "{revenue|round:2} is", "Use {payout|round:2}"},
		"a dollar before it":               {sound + "&p=${revenue}", macro.CodeUnknownMacro, "${revenue} is another", "Use {payout}"},
		"one misspelled":                   {sound + "&p={payuot|round:2}", macro.CodeUnknownMacro, "", "Use {payout|round:2}"},
		"one that nobody knows":            {sound + "&p={qqqqqqqqq}", macro.CodeUnknownMacro, "", "Remove {qqqqqqqqq}"},
		"another dialect":                  {sound + "&p=[revenue]", doctor.CodeForeignToken, "[revenue] is another system's placeholder ([x]); use {payout}.", "Use {payout}"},
		"another dialect, unknown":         {sound + "&p=##QQ##", doctor.CodeForeignToken, "##QQ## is another system's placeholder (##x##) and would be sent as it is.", "Remove it"},
		"a space inside":                   {sound + "&p=a b", macro.CodeSpace, "", "Write the space as %20"},
		"two spaces inside":                {sound + "&p=a  b", macro.CodeSpace, "", "Write the space as %20"},
		"a space after":                    {sound + "& p=a", macro.CodeSpace, "", "Remove the space"},
		"a brace not closed":               {sound + "&p={payout", macro.CodeUnbalancedBrace, "", "Close the brace"},
		"a brace too many":                 {sound + "&p=a}", macro.CodeUnbalancedBrace, "", "Remove the brace"},
		"no scheme":                        {"//my.trk.io/in?click={param_1}", macro.CodeNotAbsolute, "", "Start with https://"},
		"a name and a password":            {"https://u:p@my.trk.io/in?click={param_1}", macro.CodeCredentials, "", "Remove user name and password"},
		"a filter too many":                {sound + "&p={payout|foo}", macro.CodeUnknownFilter, "", "Remove the filter"},
		"a stand-in with a port":           {"https://your-tracker.example:8443/in?click={param_1}", doctor.CodeHostBlank, "your-tracker.example is an example: enter your tracker's domain.", ""},
		"a blank inside a segment":         {"https://api.telegram.org/bot<token>/sendMessage?chat_id=1&text=x", doctor.CodeBlank, "<token> is a placeholder: enter your own value.", ""},
		"a word":                           {sound + "&payout=REPLACE_ME", doctor.CodeFiller, "“REPLACE_ME” is a placeholder for a value and would be sent as it is.", "Use {payout}"},
		"a word under a name unknown":      {sound + "&qq=REPLACE_ME", doctor.CodeFiller, "", "Leave it empty"},
		"a word, documented":               {"https://b.trk.io/click.php?cnv_id={param_1}&cnv_status2=YOUR_STATUS", doctor.CodeFiller, "", "Use {status}"},
		"no click id":                      {"https://my.trk.io/in?p=1", doctor.CodeNoClickID, "The URL has no click id", "Add click_id={param_1}"},
		"no click id, and a place for it":  {"https://my.trk.io/in?visit_id=&p={payout}", doctor.CodeNoClickID, "visit_id has no click id", "Use {param_1}"},
		"our click id":                     {"https://my.trk.io/in?click={click_id}", doctor.CodeOwnClickID, "{click_id} is Postrider's id for the click", "Use {param_1}"},
		"a param that the link has not":    {sound + "&s={param_3|upper}", doctor.CodeParamNotInLink, "The tracking link has param_1 and param_2, not param_3, so this would always be empty.", "Use {param_2}"},
		"two question marks":               {"https://my.trk.io/in??click={param_1}", doctor.CodeSecondQuestion, "This is a second ?", "Remove it"},
		"a question mark after an &":       {sound + "&?p=1", doctor.CodeSecondQuestion, "", "Remove it"},
		"a question mark in a value":       {sound + "&p=why?so", doctor.CodeSecondQuestion, "", "Write it as %3F"},
		"a question mark for an &":         {sound + "?p=1", doctor.CodeSecondQuestion, "", "Use & instead"},
		"no equals sign":                   {sound + "&" + strings.Repeat("日", 50), doctor.CodeMissingEquals, "There is no = in “" + strings.Repeat("日", 40) + "…”, so", "Remove it"},
		"no equals sign before a macro":    {sound + "&p{payout}", doctor.CodeMissingEquals, "", "Add the ="},
		"twice":                            {sound + "&click=1", doctor.CodeRepeatedParameter, "The parameter “click” is there twice", "Remove the second"},
		"an address":                       {sound + "&to=a@b.io", doctor.CodePersonalData, "This sends an e-mail address, which", "Remove the parameter"},
		"a number":                         {sound + "&to=0049 170 1234567", doctor.CodePersonalData, "This sends a phone number, which", "Remove the parameter"},
		"a birthday":                       {sound + "&DOB=1", doctor.CodePersonalData, "This sends a person's dob, which", "Remove the parameter"},
		"one currency":                     {sound + "&p={payout}&cur=eur", doctor.CodeFixedCurrency, "The currency is always eur, whatever the currency of the amount is.", "Use {currency|lower}"},
		"one that the tracker needs":       {"https://trc.taboola.com/a/s2s-action?click-id={param_1}", doctor.CodeMissingParameter, "Taboola needs the parameter name: the event's name, spelled as in Taboola.", "Add name"},
		"a value that it does not take":    {keitaro[:len(keitaro)-12] + "subid={param_1}&status={status}", doctor.CodeNotAccepted, "Keitaro accepts lead, sale, rejected, rebill for status; this sends approved.", "Use {goal_id|map:registration=lead,k…}"},
	} {
		findings := doctor.Check(doctor.Question{Template: c.template, TrackingLink: link})
		i := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Code == c.code })
		if i < 0 || count(findings, c.code) != 1 {
			t.Errorf("%s: %v, want one %s", name, written(c.template, findings), c.code)
			continue
		}
		label := ""
		if findings[i].Fix != nil {
			label = findings[i].Fix.Label
		}
		if !strings.Contains(findings[i].Message, c.says) || label != c.label {
			t.Errorf("%s: %s [%s]\nwant %s [%s]", name, findings[i].Message, label, c.says, c.label)
		}
	}
}

// What is missing is added at the end of the query, wherever that is.
func TestAMissingParameterIsAddedToTheQuery(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"https://my.trk.io":                      "https://my.trk.io/?click_id={param_1}",
		"http://my.trk.io":                       "http://my.trk.io/?click_id={param_1}",
		"https://my.trk.io/in":                   "https://my.trk.io/in?click_id={param_1}",
		"https://my.trk.io/in?":                  "https://my.trk.io/in?click_id={param_1}",
		"https://my.trk.io/in?p={payout}":        "https://my.trk.io/in?p={payout}&click_id={param_1}",
		"https://my.trk.io/in#top":               "https://my.trk.io/in?click_id={param_1}#top",
		"https://my.trk.io/in?p=1#a?b&c":         "https://my.trk.io/in?p=1&click_id={param_1}#a?b&c",
		"https://my.trk.io/{reason|default:?}/x": "https://my.trk.io/{reason|default:?}/x?click_id={param_1}",
	} {
		findings := doctor.Check(doctor.Question{Template: template})
		if len(findings) != 1 || findings[0].Fix == nil || findings[0].Fix.URLTemplate != want {
			t.Errorf("%s: %v, want %s", template, written(template, findings), want)
		}
	}
}

// The & of "?&" is named once, and what is taken out leaves no separator behind.
func TestSeparatorsAreNamedOnce(t *testing.T) {
	t.Parallel()
	for tail, want := range map[string]string{
		"?&":         "stray_ampersand & ?",
		"?a=1&&b=1":  "double_ampersand && ?a=1&b=1",
		"?&a=1":      "stray_ampersand & ?a=1",
		"?a=1&":      "stray_ampersand & ?a=1",
		"?a=1&#top":  "stray_ampersand & ?a=1#top",
		"?":          "",
		"?a=1#b&&c&": "",
		"?a=1&a=2":   "repeated_parameter a=2 ?a=1",
		"?a=1&A=2":   "",
		"?a=1&a":     "missing_equals a ?a=1",
		"?dob=1":     "personal_data dob=1 ",
		"?dob=1&b=1": "personal_data dob=1 ?b=1",
		"?b=1&dob=1": "personal_data dob=1 ?b=1",
		"?dob=1#top": "personal_data dob=1 #top",
		"?b=1&c&d=1": "missing_equals c ?b=1&d=1",
	} {
		head := "https://my.trk.io/{param_1}"
		got := ""
		for _, f := range doctor.Check(doctor.Question{Template: head + tail}) {
			got += f.Code + " " + (head + tail)[f.Start:f.End] + " " + strings.TrimPrefix(f.Fix.URLTemplate, head)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", tail, got, want)
		}
	}
}

// Places are counted as JavaScript does, whatever stands before them.
func TestPlacesAreCountedInUTF16(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		head, query, ok := strings.Cut(c.question.Template, "/in?")
		if !ok || len(c.findings) == 0 || len(c.question.Others) > 0 || len(query) > 200 {
			continue
		}
		moved := c.question
		moved.Template = head + "/in😀é/in?" + query
		before, after := doctor.Check(c.question), doctor.Check(moved)
		if len(after) != len(before) {
			t.Errorf("%s: %d findings, and %d with letters in the path", c.name, len(before), len(after))
			continue
		}
		for i, f := range before {
			shift := len(utf16.Encode([]rune("/in😀é")))
			if f.Start < len(head)+len("/in?") {
				shift = 0
			}
			if after[i].Code != f.Code || after[i].Start != f.Start+shift || after[i].End != f.End+shift {
				t.Errorf("%s: %s stands at %d to %d, and moved by %d at %d to %d", c.name, f.Code, f.Start, f.End, shift, after[i].Start, after[i].End)
			}
		}
	}
}

// checkOrder holds that findings are in the order of their places, those about no
// place last, and that errors are what keeps a template from being saved.
func checkOrder(t fataler, q doctor.Question, findings []doctor.Finding) {
	t.Helper()
	for i := 1; i < len(findings); i++ {
		if a, b := findings[i-1], findings[i]; a.Start < 0 && b.Start >= 0 || b.Start >= 0 && a.Start > b.Start {
			t.Fatalf("%q: %s at %d is before %s at %d", q.Template, a.Code, a.Start, b.Code, b.Start)
		}
	}
	_, err := macro.ParseFor(q.Template, macro.ScopeFor(q.Aggregates))
	for _, f := range findings {
		if f.Severity != doctor.Error {
			continue
		}
		if f.Start < 0 {
			t.Fatalf("%q: the error %s is about no place", q.Template, f.Code)
		}
		if err == nil && f.Code != doctor.CodeBlank && f.Code != doctor.CodeHostBlank {
			t.Fatalf("%q can be read, and %s keeps it from being saved", q.Template, f.Code)
		}
	}
}

func TestFindingsAreInOrder(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		checkOrder(t, c.question, doctor.Check(c.question))
	}
	rapid.Check(t, func(rt *rapid.T) {
		q := doctor.Question{
			Template: rapid.SampledFrom([]string{"", "https://kt.trk.io/6f1c/postback?&", "https://my.trk.io/in?a=REPLACE&&b="}).Draw(rt, "head") +
				strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(rt, "pieces"), ""),
			Goals: []string{"ftd", "registration"}, Statuses: commission.Statuses(), Aggregates: rapid.Bool().Draw(rt, "aggregates"),
		}
		goals, statuses := slices.Clone(q.Goals), slices.Clone(q.Statuses)
		first := doctor.Check(q)
		checkOrder(rt, q, first)
		if again := doctor.Check(q); !reflect.DeepEqual(first, again) || !slices.Equal(q.Goals, goals) || !slices.Equal(q.Statuses, statuses) {
			rt.Fatalf("%q: asked again it finds %v, at first %v", q.Template, again, first)
		}
	})
}

// fixAll takes one fix after the other until there is none, and says how many.
func fixAll(t fataler, q doctor.Question) (fixed doctor.Question, steps int) {
	t.Helper()
	for ; ; steps++ {
		findings := doctor.Check(q)
		i := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Fix != nil })
		if i < 0 {
			return q, steps
		}
		if steps > 200 {
			t.Fatalf("fixing does not end: %q", q.Template)
		}
		q.Template = findings[i].Fix.URLTemplate
	}
}

// Whoever presses every button comes to an end, and is left with what only a person
// can fix.
func TestMendingComesToAnEnd(t *testing.T) {
	t.Parallel()
	person := []string{
		macro.CodeTooLong, macro.CodeInvalidHost, macro.CodeInvalidPort, macro.CodeMacroBeforePath, doctor.CodeHostBlank, doctor.CodeBlank,
		doctor.CodeLinkEmpty, doctor.CodeLinkToken, doctor.CodeStatusUnread, doctor.CodeSameURL, doctor.CodeCrossedTrackers,
	}
	for _, c := range corpus(t) {
		fixed, steps := fixAll(t, c.question)
		if had := len(doctor.Check(c.question)); steps > 2*had {
			t.Errorf("%s: %d fixes for %d findings", c.name, steps, had)
		}
		for _, f := range doctor.Check(fixed) {
			if !slices.Contains(person, f.Code) && (f.Code != doctor.CodeMissingParameter || !strings.Contains(f.Message, "userid")) {
				t.Errorf("%s: %s is left of %s", c.name, f.Code, fixed.Template)
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		fixAll(rt, doctor.Question{Template: strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 16).Draw(rt, "pieces"), ""), Goals: []string{"ftd"}})
	})
}

// A fix of a template that can be read brings nothing new, not even what is lighter.
func TestAMendBringsNothingNew(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		if _, err := macro.Parse(c.question.Template); err != nil {
			continue // what cannot be read hides what else there is to say
		}
		before := doctor.Check(c.question)
		for _, f := range before {
			if f.Fix == nil {
				continue
			}
			fixed := c.question
			fixed.Template = f.Fix.URLTemplate
			for _, one := range doctor.Check(fixed) {
				if count(before, one.Code) == 0 {
					t.Errorf("%s: the fix of %s brings %s: %s", c.name, f.Code, one.Code, f.Fix.URLTemplate)
				}
			}
		}
	}
}

// A preset with its blanks filled in is sound for a goal that comes once.
func TestPresetsAreSound(t *testing.T) {
	t.Parallel()
	for _, p := range presets.Presets() {
		blanks := map[string]string{}
		for _, b := range p.Blanks {
			blanks[b.Name] = b.Example
		}
		blanks["domain"] = strings.Replace(blanks["domain"], "example.com", "traffic.io", 1)
		for _, goal := range []string{"registration", "ftd"} {
			q := doctor.Question{Template: p.For("", blanks), Goals: []string{goal}, TrackingLink: "https://l.example/c/k7m2xq9d?param_1=" + p.Token}
			if p.Token == "" {
				q.TrackingLink = ""
			}
			for _, f := range doctor.Check(q) {
				if p.Key != "orbitra" { // which is taken for Keitaro, and says more than that reads
					t.Errorf("%s, %s: %s: %s", p.Key, goal, f.Code, f.Message)
				}
			}
		}
		open := doctor.Check(doctor.Question{Template: p.Template, Goals: []string{"ftd"}})
		errors := 0
		for _, f := range open {
			if f.Severity == doctor.Error {
				errors++
			}
		}
		if errors < len(p.Blanks) {
			t.Errorf("%s: %d of %d blanks are asked for: %v", p.Key, errors, len(p.Blanks), open)
		}
	}
}

// Every code that this package declares is seen in a test: in the corpus by the list
// above, or in a test of what the corpus cannot ask.
func TestEveryCodeIsListed(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "finding.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := []string{doctor.CodeNothingPaid, doctor.CodeFixedCurrency, doctor.CodeFirstAlone, doctor.CodeHTTP, doctor.CodeHostNotFound, doctor.CodePrivateHost, doctor.CodeOwnURL}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		declared++
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(codes, code) && !slices.Contains(elsewhere, code) {
			t.Errorf("%s: no test is named for %q: %v", spec.Names[0].Name, code, err)
		}
		return false
	})
	if declared < 25 {
		t.Errorf("%d codes are declared", declared)
	}
}

// written and read back, an enumeration is the same; what is none is refused.
func checkEnum[T ~string](t *testing.T, values []T, write func(T) string, read func(any) (T, error)) {
	t.Helper()
	for _, v := range values {
		text := write(v)
		if text != fmt.Sprintf("%q", strings.ToUpper(string(v))) {
			t.Errorf("%s is written %s", v, text)
		}
		if back, err := read(strings.Trim(text, `"`)); err != nil || back != v {
			t.Errorf("%s comes back as %s: %v", v, back, err)
		}
	}
	for _, bad := range []any{string(values[0]), "NOTHING", "", 1, nil} {
		if v, err := read(bad); err == nil {
			t.Errorf("%v is taken for %s", bad, v)
		}
	}
}

func TestEnumerationsAreWrittenForGraphQL(t *testing.T) {
	t.Parallel()
	checkEnum(t, doctor.Severities(), func(s doctor.Severity) string { var b bytes.Buffer; s.MarshalGQL(&b); return b.String() },
		func(v any) (s doctor.Severity, err error) { err = s.UnmarshalGQL(v); return s, err })
	checkEnum(t, doctor.AlertKinds(), func(k doctor.AlertKind) string { var b bytes.Buffer; k.MarshalGQL(&b); return b.String() },
		func(v any) (k doctor.AlertKind, err error) { err = k.UnmarshalGQL(v); return k, err })
	if got, want := doctor.Error.Values(), []string{"error", "warning", "hint"}; !slices.Equal(got, want) {
		t.Errorf("the severities are %v, want the heaviest first: %v", got, want)
	}
	want := map[doctor.AlertKind]doctor.Severity{
		doctor.AlertFailing: doctor.Error, doctor.AlertHeld: doctor.Error, doctor.AlertGone: doctor.Error, doctor.AlertRecovered: doctor.Hint,
		doctor.AlertUncovered: doctor.Warning, doctor.AlertNoParam: doctor.Warning,
	}
	for _, k := range doctor.AlertKinds() {
		if k.Severity() != want[k] || len(k.Values()) != len(want) {
			t.Errorf("%s weighs %s, want %s", k, k.Severity(), want[k])
		}
	}
}
