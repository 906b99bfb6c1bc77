package doctor_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/doctor"
	"postrider/domain/tracking"
)

// The doctor sees in a tracking link what a click over it would carry.
func checkParams(t fataler, query string) {
	t.Helper()
	want := tracking.Read(tracking.Request{RawQuery: query}).Params
	for i, got := range doctor.Params("https://l.example/c/k7m2xq9d?" + query) {
		if len(query) < tracking.MaxParam && tracking.Clean(got, tracking.MaxParam) != strings.TrimSpace(want[i]) {
			t.Fatalf("%q: param_%d is %q, and a click would carry %q", query, i+1, got, want[i])
		}
	}
}

func TestALinkIsReadAsAClickWouldBe(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][3]string{
		"":                                    {},
		"param_1={subid}":                     {"{subid}", "", ""},
		"param_2=b&param_3=c&param_1=a":       {"a", "b", "c"},
		"param_1=a&param_1=b":                 {"a", "", ""}, // the first counts
		"param_1=&param_1=b":                  {"b", "", ""}, // that has a value
		"param_1=%20+&param_2=x+y":            {"", "x y", ""},
		"param%5F1=a":                         {"a", "", ""},
		"param_1=%zz&param_2=100%":            {"%zz", "100%", ""},
		"PARAM_1=a&param_4=b&param_=c&param1": {"a", "", ""},
		"aff_sub=a&sub2=b&s3=c":               {"a", "b", "c"},
		"param_1=a=b&param_2":                 {"a=b", "", ""},
	} {
		if got := doctor.Params("https://l.example/c/k7m2xq9d?" + query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		checkParams(t, query)
	}
	if got := doctor.Params("https://l.example/c/k7m2xq9d/param_1=a"); got != [3]string{} {
		t.Errorf("without a query: %q", got)
	}
	piece := rapid.SampledFrom([]string{"param_1", "param_2", "param%5f3", "param", "lp", "=", "=", "&", "&", "{subid}", "a", "%20", "+", "%", "%zz", "é", ";", "?"})
	rapid.Check(t, func(rt *rapid.T) {
		checkParams(rt, strings.Join(rapid.SliceOfN(piece, 0, 20).Draw(rt, "pieces"), ""))
	})
}

// Which param takes the place of one that the link does not carry: one that is not
// used yet, else the first that there is.
func TestAParamThatTheLinkCarriesIsOffered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, link, want string }{
		"one that is free":          {"c={param_1}&s={param_3}", "param_1=a&param_2=b", "c={param_1}&s={param_2}"},
		"none is free":              {"c={param_1}&s={param_3}", "param_1=a", "c={param_1}&s={param_1}"},
		"an alias":                  {"c={sub2}", "param_1=a", "c={param_1}"},
		"in capitals, and filtered": {"c={PARAM_2|default:x|upper}", "param_3=a", "c={param_3|default:x|upper}"},
		"an empty one is not there": {"c={param_2}", "param_2=&param_3=a", "c={param_3}"},
	} {
		template := "https://my.trk.io/in?" + c.query
		findings := doctor.Check(doctor.Question{Template: template, TrackingLink: "https://l.example/c/k7m2xq9d?" + c.link})
		if len(findings) != 1 || findings[0].Code != doctor.CodeParamNotInLink || findings[0].Fix == nil || findings[0].Fix.URLTemplate != "https://my.trk.io/in?"+c.want {
			t.Errorf("%s: %v, want the fix %s", name, written(template, findings), c.want)
		}
	}
}

// Whose link it is matters where the tracker is certain, and the link's token is
// another tracker's click id.
func TestALinkOfAnotherTrackerIsSeen(t *testing.T) {
	t.Parallel()
	const keitaro, voluum = "https://kt.trk.io/6f1c/postback?status=sale&subid={param_1}", "https://v.trk.io/postback?cid={param_1}&payout={payout}&et={goal_id}"
	for name, c := range map[string]struct {
		template, link string
		found          bool
	}{
		"another's token":              {keitaro, "param_1={clickid}", true},
		"its own":                      {keitaro, "param_1={subid}", false},
		"its own, in capitals":         {keitaro, "param_1={SUBID}", false},
		"another dialect's":            {keitaro, "param_1=[[subid]]", true},
		"a value":                      {keitaro, "param_1=abc", false},
		"a token and text":             {keitaro, "param_1=x{clickid}", false},
		"its own, with text before":    {keitaro, "param_1=x{subid}", false},
		"what is no click id":          {keitaro, "param_1={country}", false},
		"in a param that is not used":  {keitaro, "param_1={subid}&param_2={clickid}", false},
		"of a tracker that is a guess": {voluum, "param_1={subid}", false},
	} {
		findings := doctor.Check(doctor.Question{Template: c.template, TrackingLink: "https://l.example/c/k7m2xq9d?" + c.link})
		if (count(findings, doctor.CodeLinkToken) == 1) != c.found || len(findings) > 1 {
			t.Errorf("%s: %v", name, written(c.template, findings))
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add("param_1={subid}&param_2=%20&param%5F3=a&param_1=b")
	f.Fuzz(func(t *testing.T, query string) { checkParams(t, query) })
}
