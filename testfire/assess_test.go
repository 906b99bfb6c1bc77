package testfire_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"pgregory.net/rapid"

	"postrider/dispatch"
	"postrider/internal/globalid"
	"postrider/testfire"
)

// answered returns a test whose URL has a click id, and its response.
func answered(code int, change ...func(*testfire.Result)) *testfire.Result {
	r := &testfire.Result{ID: uuid.Must(uuid.NewV7()), ClickID: true, Exchange: dispatch.Exchange{StatusCode: code, Duration: 40 * time.Millisecond}}
	r.URL = "https://t.example/?d=" + globalid.Hex(r.ID)
	if code == 0 {
		r.Exchange.Reason = dispatch.ConnectionRefused
	}
	for _, c := range change {
		c(r)
	}
	r.Outcome = dispatch.Judge(r.Exchange, dispatch.Terms{Attempt: 1})
	return r
}

func says(body string) func(*testfire.Result) {
	return func(r *testfire.Result) { r.Exchange.ResponseBody = body }
}

func sent(url, body string) func(*testfire.Result) {
	return func(r *testfire.Result) { r.URL, r.Exchange.RequestBody = url, body }
}

func took(d time.Duration) func(*testfire.Result) {
	return func(r *testfire.Result) { r.Exchange.Duration = d }
}

func noClick(r *testfire.Result) { r.ClickID = false }

func TestEachKindOfAnswerIsAssessed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario       string
		normal, itself *testfire.Result
		grade          testfire.Grade
		says           string
	}{
		"taken":                          {testfire.Normal, nil, answered(204), good, "Response 204."},
		"refused for good":               {testfire.Normal, nil, answered(404), bad, "The tracker has nothing at this path (404). Check the path"},
		"a server error":                 {testfire.Normal, nil, answered(503), bad, "Server error at the tracker: status 503."},
		"a redirect":                     {testfire.Normal, nil, answered(301), bad, "redirects are not followed"},
		"no answer":                      {testfire.Normal, nil, answered(0), bad, "refused the connection. Check that the tracker is running"},
		"after no answer":                {testfire.SameAgain, answered(0), nil, bad, "the first test got no response"},
		"after the time was over":        {testfire.SlowAnswer, answered(200), nil, bad, "took 50s in total"},
		"the same taken":                 {testfire.SameAgain, answered(200), answered(200), good, "one conversion, not two"},
		"the same refused":               {testfire.SameAgain, answered(200), answered(409), attention, "shown as failed"},
		"the same breaks it":             {testfire.SameAgain, answered(200), answered(500), bad, "Server error at the tracker"},
		"the same unanswered":            {testfire.SameAgain, answered(200), answered(0), bad, "refused the connection"},
		"a second that looks the same":   {testfire.SecondDeposit, answered(200, sent("u", "b")), answered(200, sent("u", "b")), attention, "add {conversion_id}"},
		"a second by its body":           {testfire.SecondDeposit, answered(200, sent("u", "1")), answered(200, sent("u", "2")), good, "Response 200."},
		"a second by its delivery":       {testfire.SecondDeposit, answered(200), answered(200), good, "Response 200."},
		"a second refused":               {testfire.SecondDeposit, answered(200), answered(422), bad, "does not accept its values"},
		"a reversal that shows":          {testfire.Reversal, answered(200, sent("u?s=a", "")), answered(200, sent("u?s=r", "")), good, "Response 200."},
		"a reversal that looks the same": {testfire.Reversal, answered(200, sent("u", "b")), answered(200, sent("u", "b")), attention, "Add {status}"},
		"a reversal by its delivery":     {testfire.Reversal, answered(200), answered(200), attention, "Add {status}"},
		"a reversal refused":             {testfire.Reversal, answered(200), answered(400), attention, "shown as failed"},
		"a reversal breaks it":           {testfire.Reversal, answered(200), answered(502), bad, "Server error at the tracker"},
		"an unknown click refused":       {testfire.UnknownClick, answered(200), answered(404), good, "Refused (404), as it should be"},
		"an unknown click unanswered":    {testfire.UnknownClick, answered(200), answered(0), bad, "refused the connection"},
		"an unknown click taken":         {testfire.UnknownClick, answered(200, says("OK")), answered(200, says(" OK\n")), attention, "like a known click"},
		"taken in other words":           {testfire.UnknownClick, answered(200, says("OK")), answered(200, says("no click")), attention, "a success rule can tell the two apart"},
		"taken with another status":      {testfire.UnknownClick, answered(200), answered(202), attention, "a success rule can tell the two apart"},
		"no click in the URL":            {testfire.UnknownClick, answered(200, noClick), answered(200, noClick), attention, "has no click id"},
		"no click, and refused":          {testfire.UnknownClick, answered(200, noClick), answered(409, noClick), attention, "has no click id"},
		"special, in the URL":            {testfire.Special, answered(200), answered(200, sent("u?z=%E6%97%A5%E6%9C%AC", "")), good, "Response 200."},
		"special, in the body":           {testfire.Special, answered(200), answered(200, sent("u", `{"z":"日本"}`)), good, "Response 200."},
		"nothing special":                {testfire.Special, answered(200), answered(200), good, "no macro whose value can have special"},
		"special refused":                {testfire.Special, answered(200), answered(400), bad, "could not understand"},
		"at once":                        {testfire.SlowAnswer, answered(200), answered(200), good, "took 40ms."},
		"just in time":                   {testfire.SlowAnswer, answered(200), answered(200, took(3*time.Second)), good, "took 3s."},
		"slow":                           {testfire.SlowAnswer, answered(200), answered(200, took(3*time.Second+time.Millisecond)), attention, "took 3.001s."},
		"slow and unanswered":            {testfire.SlowAnswer, answered(200), answered(0, took(time.Minute)), bad, "refused the connection"},
	} {
		results := map[string]*testfire.Result{c.scenario: c.itself}
		if c.normal != nil {
			results[testfire.Normal] = c.normal
		}
		grade, text := testfire.Assess(c.scenario, results)
		if !strings.Contains(text, c.says) || grade != c.grade {
			t.Errorf("%s: %s, %q; want %s, …%q…", name, grade, text, c.grade, c.says)
		}
		if strings.HasPrefix(c.says, "Answered") && text != c.says {
			t.Errorf("%s: %q says more than %q", name, text, c.says)
		}
	}
}

// Whatever a tracker answers: a test that was not accepted is never Good, except for an
// unknown click; no response is always a Problem; and every verdict is a sentence.
func TestNoAnswerGetsAVerdictThatItDoesNotDeserve(t *testing.T) {
	t.Parallel()
	code := rapid.OneOf(rapid.Just(0), rapid.IntRange(200, 599))
	rapid.Check(t, func(t *rapid.T) {
		results := map[string]*testfire.Result{}
		for _, s := range testfire.Scenarios() {
			results[s.Key] = answered(code.Draw(t, s.Key), took(time.Duration(rapid.IntRange(0, 4000).Draw(t, "ms"))*time.Millisecond))
		}
		for _, s := range testfire.Scenarios() {
			r := results[s.Key]
			grade, text := testfire.Assess(s.Key, results)
			context := fmt.Sprintf("%s, status %d: %s, %q", s.Key, r.Exchange.StatusCode, grade, text)
			accepted := r.Exchange.StatusCode >= 200 && r.Exchange.StatusCode < 300
			if !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s is no sentence", context)
			}
			if (r.Exchange.StatusCode == 0) != (grade == bad) && (r.Exchange.StatusCode == 0 || accepted || s.Key == testfire.UnknownClick || s.Key == testfire.SlowAnswer) {
				t.Error(context)
			}
			if grade == good && !accepted && s.Key != testfire.UnknownClick && s.Key != testfire.SlowAnswer || grade == good && accepted && s.Key == testfire.UnknownClick {
				t.Error(context)
			}
			if grade == attention && r.Exchange.StatusCode >= http.StatusInternalServerError && s.Key != testfire.SlowAnswer {
				t.Error(context)
			}
		}
	})
}

func TestGradesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, want := range testfire.Grades() {
		var b strings.Builder
		want.MarshalGQL(&b)
		var got testfire.Grade
		if err := got.UnmarshalGQL(strings.Trim(b.String(), `"`)); err != nil || got != want {
			t.Errorf("%s is written %s and read %q, %v", want, b.String(), got, err)
		}
	}
	var g testfire.Grade
	if err := g.UnmarshalGQL("SUPERB"); err == nil {
		t.Errorf("SUPERB is read as %q", g)
	}
}
