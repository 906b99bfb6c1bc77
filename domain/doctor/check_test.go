package doctor_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/macro"
)

// codes are those that Check can find.
var codes = []string{
	macro.CodeTooLong, macro.CodeNotAbsolute, macro.CodeInvalidHost, macro.CodeInvalidPort, macro.CodeCredentials, macro.CodeMacroBeforePath,
	macro.CodeUnknownMacro, macro.CodeUnknownFilter, macro.CodeBadArgument, macro.CodeUnbalancedBrace, macro.CodeSpace, macro.CodeControl, macro.CodeInvalidText,
	doctor.CodeHostBlank, doctor.CodeBlank, doctor.CodeForeignToken, doctor.CodeFiller, doctor.CodeNoClickID, doctor.CodeOwnClickID, doctor.CodeParamNotInLink,
	doctor.CodeLinkToken, doctor.CodeLinkEmpty, doctor.CodeSecondQuestion, doctor.CodeDoubleAmpersand, doctor.CodeStrayAmpersand, doctor.CodeMissingEquals,
	doctor.CodeRepeatedParameter, doctor.CodeNoGoal, doctor.CodeNoStatus, doctor.CodeNoConversionID, doctor.CodePlayerAsID, doctor.CodePersonalData,
	doctor.CodeMissingParameter, doctor.CodeNotAccepted, doctor.CodeStatusUnread, doctor.CodeSameURL, doctor.CodeCrossedTrackers,
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkFindings holds what must be true of any answer: places lie in the template,
// every finding is a sentence, and every fix takes its finding away and makes
// none that is as heavy or heavier.
func checkFindings(t fataler, q doctor.Question, findings []doctor.Finding) {
	t.Helper()
	length := len(utf16.Encode([]rune(q.Template)))
	for _, f := range findings {
		if f.Start >= 0 && (f.Start > f.End || f.End > length) || f.Start < 0 && f.End >= 0 {
			t.Fatalf("%q: %s stands at %d to %d of %d", q.Template, f.Code, f.Start, f.End, length)
		}
		if !strings.HasSuffix(f.Message, ".") && !strings.HasSuffix(f.Message, "?") {
			t.Fatalf("%s says %q, which is no sentence", f.Code, f.Message)
		}
		if f.Fix == nil {
			continue
		}
		fixed := q
		fixed.Template = f.Fix.URLTemplate
		if f.Fix.Goals != nil {
			fixed.Goals = f.Fix.Goals
		}
		after := doctor.Check(fixed)
		if n := count(after, f.Code); f.Fix.Label == "" || n >= count(findings, f.Code) {
			t.Fatalf("%q: the fix %q of %s leaves %d of them", q.Template, f.Fix.URLTemplate, f.Code, n)
		}
		for _, one := range after {
			if !lighter(one.Severity, f.Severity) && count(after, one.Code) > count(findings, one.Code) {
				t.Fatalf("%q: the fix %q of %s makes a %s", q.Template, f.Fix.URLTemplate, f.Code, one.Code)
			}
		}
	}
}

func count(findings []doctor.Finding, code string) int {
	n := 0
	for _, f := range findings {
		if f.Code == code {
			n++
		}
	}
	return n
}

func lighter(a, b doctor.Severity) bool {
	order := map[doctor.Severity]int{doctor.Error: 0, doctor.Warning: 1, doctor.Hint: 2}
	return order[a] > order[b]
}

// mistake is one of a person's.
var pieces = []string{
	"https://", "http://", "ftp://", "track.example.net", "your-tracker.example", "kt.traffic.io", "/6f1c/postback", "/click.php", "/postback", "/cf/cv", "?", "&", "=", "#",
	"subid", "cid", "cnv_id", "clickid", "status", "payout", "tid", "txid", "email", "x", "{param_1}", "{param_2}", "{click_id}", "{clickid}", "{{click id}}", "{sub1}", "{foo}",
	"{payout|mul:2}", "{payout|mul:x}", "{payout|foo}", "{goal_id}", "{status}", "{conversion_id}", "{player_id}", "#s2#", "[x]", "<key>", "REPLACE", "a@b.example", "+491701234567",
	" ", "\t", "{", "}", "%", "é", "日", "user:pw@", ":99999", "||", "1",
}

func TestAnyMistakeIsNamedAndFixed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		q := doctor.Question{
			Template:     strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(rt, "pieces"), ""),
			TrackingLink: rapid.SampledFrom([]string{"", "https://l.example/c/abcdefgh", "https://l.example/c/abcdefgh?param_1={subid}", "https://l.example/c/abcdefgh?param_2=x&param_3="}).Draw(rt, "link"),
			Goals:        rapid.SliceOfN(rapid.SampledFrom([]string{"registration", "ftd", "deposit"}), 0, 3).Draw(rt, "goals"),
			Repeating:    []string{"deposit"},
			Statuses:     rapid.SliceOfN(rapid.SampledFrom(commission.Statuses()), 0, 3).Draw(rt, "statuses"),
		}
		findings := doctor.Check(q)
		checkFindings(rt, q, findings)
		if _, err := macro.Parse(q.Template); (err != nil) != anyOf(findings, codes[:13]) {
			rt.Fatalf("%q: the language says %v, the doctor %v", q.Template, err, findings)
		}
	})
}

func anyOf(findings []doctor.Finding, codes []string) bool {
	for _, code := range codes {
		if count(findings, code) > 0 {
			return true
		}
	}
	return false
}

func FuzzCheck(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.question.Template, c.question.TrackingLink)
	}
	f.Fuzz(func(t *testing.T, template, link string) {
		q := doctor.Question{Template: template, TrackingLink: link, Goals: []string{"ftd", "deposit"}, Repeating: []string{"deposit"}}
		checkFindings(t, q, doctor.Check(q))
	})
}
