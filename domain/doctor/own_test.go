package doctor_test

import (
	"strings"
	"testing"

	"postrider/domain/doctor"
)

func TestOurOwnURLIsNoTracker(t *testing.T) {
	t.Parallel()
	ask := func(template, linkOf string) []doctor.Finding {
		q := doctor.Question{PublicURL: "https://links.example", LinkOf: linkOf, Template: template}
		var own []doctor.Finding
		for _, f := range doctor.Check(q) {
			if f.Code == doctor.CodeOwnURL {
				own = append(own, f)
			}
		}
		return own
	}
	for template, says := range map[string]string{
		"https://links.example/c/k7m2xq9d?param_1={param_1}":            "This is a Postrider tracking link of the campaign Facebook, not your tracker's postback URL",
		"https://links.example/postback/royal-spin?click_id={click_id}": "This is where an operator sends conversions to Postrider",
	} {
		found := ask(template, "the campaign Facebook")
		if len(found) != 1 || found[0].Severity != doctor.Error || !strings.Contains(found[0].Message, says) || template[found[0].Start:found[0].End] != strings.Split(template, "?")[0] {
			t.Errorf("%s: %+v", template, found)
		}
	}
	if found := ask("https://links.example/c/k7m2xq9d", ""); len(found) != 1 || !strings.Contains(found[0].Message, "tracking link, not") {
		t.Errorf("another's link: %+v", found)
	}
	for _, template := range []string{"https://links.example/echo/k3y?cid={param_1}", "https://tracker.example/postback/x?cid={param_1}"} {
		if found := ask(template, ""); len(found) != 0 {
			t.Errorf("%s: %+v", template, found)
		}
	}
}
