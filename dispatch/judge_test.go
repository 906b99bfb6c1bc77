package dispatch_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/domain/firing"
)

var sentAt = time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC)

func answer(code int, body string) dispatch.Exchange {
	return dispatch.Exchange{StartedAt: sentAt, Duration: time.Second, StatusCode: code, ResponseBody: body, ResponseHeaders: http.Header{}}
}

func failure(reason dispatch.Reason) dispatch.Exchange {
	return dispatch.Exchange{StartedAt: sentAt, Duration: time.Second, Reason: reason}
}

func broken(e dispatch.Exchange, reason dispatch.Reason) dispatch.Exchange {
	e.Reason = reason
	return e
}

func TestJudge(t *testing.T) {
	t.Parallel()
	contains := firing.BodyRule{Kind: firing.Contains, Value: "ok"}
	containsNot := firing.BodyRule{Kind: firing.NotContains, Value: "error"}
	codes := firing.BodyRule{Kind: firing.StatusCode, Value: "200, 302,404"}
	for name, c := range map[string]struct {
		exchange dispatch.Exchange
		rule     firing.BodyRule
		verdict  dispatch.Verdict
		reason   dispatch.Reason
	}{
		"200":                          {answer(200, ""), firing.BodyRule{}, dispatch.Accepted, ""},
		"204":                          {answer(204, ""), firing.BodyRule{}, dispatch.Accepted, ""},
		"299":                          {answer(299, ""), firing.BodyRule{}, dispatch.Accepted, ""},
		"200 whose body hangs":         {broken(answer(200, ""), dispatch.TimeoutBody), firing.BodyRule{}, dispatch.Accepted, ""},
		"200 that says what it should": {answer(200, "Status: OK"), contains, dispatch.Accepted, ""},
		"200 that does not":            {answer(200, "unknown click"), contains, dispatch.GiveUp, dispatch.RefusedByTracker},
		"200 that says what it should, and hangs": {broken(answer(200, "OK"), dispatch.TimeoutBody), contains, dispatch.Accepted, ""},
		"200 that hangs before it says it":        {broken(answer(200, ""), dispatch.TimeoutBody), contains, dispatch.TryAgain, dispatch.TimeoutBody},
		"200 that says what it should not":        {broken(answer(200, "error"), dispatch.TimeoutBody), containsNot, dispatch.GiveUp, dispatch.RefusedByTracker},
		"200 that may yet say it":                 {broken(answer(200, ""), dispatch.ConnectionReset), containsNot, dispatch.TryAgain, dispatch.ConnectionReset},
		"200 where it must be":                    {answer(200, ""), codes, dispatch.Accepted, ""},
		"200 where it must be, whose body hangs":  {broken(answer(200, ""), dispatch.TimeoutBody), codes, dispatch.Accepted, ""},
		"302 where it may be":                     {answer(302, ""), codes, dispatch.Accepted, ""},
		"404 where it may be":                     {answer(404, ""), codes, dispatch.Accepted, ""},
		"204 where it must be 200":                {answer(204, ""), codes, dispatch.GiveUp, dispatch.RefusedByTracker},
		"301 where it must be 302":                {answer(301, ""), codes, dispatch.GiveUp, dispatch.Redirect},
		"503 where it must be 200":                {answer(503, ""), codes, dispatch.TryAgain, dispatch.ServerError},
		"no answer where it must be 200":          {failure(dispatch.ConnectionRefused), codes, dispatch.TryAgain, dispatch.ConnectionRefused},
		"500 whatever it says":                    {answer(500, "ok"), contains, dispatch.TryAgain, dispatch.ServerError},

		"301": {answer(301, ""), firing.BodyRule{}, dispatch.GiveUp, dispatch.Redirect},
		"304": {answer(304, ""), firing.BodyRule{}, dispatch.GiveUp, dispatch.Redirect},
		"307": {answer(307, ""), firing.BodyRule{}, dispatch.GiveUp, dispatch.Redirect},
		"400": {answer(400, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_400"},
		"401": {answer(401, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_401"},
		"403": {answer(403, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_403"},
		"404": {answer(404, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_404"},
		"408": {answer(408, ""), firing.BodyRule{}, dispatch.TryAgain, "HTTP_408"},
		"410": {answer(410, ""), firing.BodyRule{}, dispatch.GiveUp, dispatch.Gone},
		"425": {answer(425, ""), firing.BodyRule{}, dispatch.TryAgain, "HTTP_425"},
		"429": {answer(429, ""), firing.BodyRule{}, dispatch.TryAgain, dispatch.RateLimited},
		"499": {answer(499, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_499"},
		"500": {answer(500, ""), firing.BodyRule{}, dispatch.TryAgain, dispatch.ServerError},
		"503": {answer(503, ""), firing.BodyRule{}, dispatch.TryAgain, dispatch.ServerError},
		"599": {answer(599, ""), firing.BodyRule{}, dispatch.TryAgain, dispatch.ServerError},
		"101": {answer(101, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_101"},
		"999": {answer(999, ""), firing.BodyRule{}, dispatch.GiveUp, "HTTP_999"},

		"no such host":       {failure(dispatch.DNS), firing.BodyRule{}, dispatch.TryAgain, dispatch.DNS},
		"refused":            {failure(dispatch.ConnectionRefused), firing.BodyRule{}, dispatch.TryAgain, dispatch.ConnectionRefused},
		"reset":              {failure(dispatch.ConnectionReset), firing.BodyRule{}, dispatch.TryAgain, dispatch.ConnectionReset},
		"certificate":        {failure(dispatch.TLSCertificate), firing.BodyRule{}, dispatch.TryAgain, dispatch.TLSCertificate},
		"no headers in time": {failure(dispatch.TimeoutHeaders), firing.BodyRule{}, dispatch.TryAgain, dispatch.TimeoutHeaders},
		"shutdown":           {failure(dispatch.Interrupted), firing.BodyRule{}, dispatch.TryAgain, dispatch.Interrupted},
		"blocked":            {failure(dispatch.BlockedTarget), firing.BodyRule{}, dispatch.GiveUp, dispatch.BlockedTarget},
		"too long":           {failure(dispatch.TooLong), firing.BodyRule{}, dispatch.GiveUp, dispatch.TooLong},
		"bad template":       {failure(dispatch.BadTemplate), firing.BodyRule{}, dispatch.GiveUp, dispatch.BadTemplate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := dispatch.Judge(c.exchange, dispatch.Terms{Attempt: 1, Rule: c.rule, Random: 0.5})
			if o.Verdict != c.verdict || o.Reason != c.reason || o.AttemptReason != c.reason {
				t.Errorf("it is %s %s (attempt %s), want %s %s", o.Verdict, o.Reason, o.AttemptReason, c.verdict, c.reason)
			}
			if o.HoldPostback != (c.reason == dispatch.Gone) {
				t.Errorf("hold the postback: %t", o.HoldPostback)
			}
			if due := sentAt.Add(6 * time.Second); o.Verdict == dispatch.TryAgain && !o.RetryAt.Equal(due) {
				t.Errorf("it is due at %s, want %s", o.RetryAt, due)
			}
			if !strings.HasSuffix(o.Sentence(), ".") {
				t.Errorf("it says %q, want a sentence", o.Sentence())
			}
		})
	}
}

func TestRedirectSaysWhereTo(t *testing.T) {
	t.Parallel()
	e := answer(301, "")
	e.ResponseHeaders.Set("Location", "https://tracker.example/postback")
	want := "The server redirected, and redirects are not followed: 301 to https://tracker.example/postback."
	if got := dispatch.Judge(e, dispatch.Terms{Attempt: 1}).Sentence(); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

func TestTheLastFailureExhaustsTheDelivery(t *testing.T) {
	t.Parallel()
	terms := dispatch.Terms{Attempt: dispatch.DefaultSchedule.Attempts()}
	o := dispatch.Judge(failure(dispatch.TimeoutHeaders), terms)
	if o.Verdict != dispatch.GiveUp || o.Reason != dispatch.Exhausted || o.AttemptReason != dispatch.TimeoutHeaders {
		t.Errorf("it is %+v", o)
	}
	if !strings.Contains(o.Sentence(), "the last time, the server accepted the request") {
		t.Errorf("it says %q", o.Sentence())
	}
	if o := dispatch.Judge(answer(200, ""), terms); o.Verdict != dispatch.Accepted {
		t.Errorf("the last attempt succeeds, and it is %s", o.Verdict)
	}
}

func TestEveryReasonIsExplained(t *testing.T) {
	t.Parallel()
	codes := append(dispatch.Reasons(), "HTTP_400", "HTTP_403", "HTTP_404", "HTTP_418", "HTTP_999")
	seen := map[string]dispatch.Reason{}
	for _, r := range codes {
		sentence := r.Sentence("")
		if len(sentence) < 10 || r.NextStep() == "" || !strings.HasSuffix(r.NextStep(), ".") {
			t.Errorf("%s is explained by %q and %q", r, sentence, r.NextStep())
		}
		if other, twice := seen[sentence]; twice {
			t.Errorf("%s and %s have the same sentence", r, other)
		}
		seen[sentence] = r
		if with := r.Sentence("the detail"); !strings.HasSuffix(with, ": the detail.") {
			t.Errorf("%s with a detail says %q", r, with)
		}
	}
	if none := dispatch.Reason(""); none.Sentence("") != "" || none.NextStep() != "" {
		t.Error("no reason has a sentence")
	}
}

func TestWhatAnAttemptCameToInWords(t *testing.T) {
	t.Parallel()
	if got := dispatch.AttemptSentence("", ""); !strings.Contains(got, "accepted") {
		t.Errorf("an accepted attempt: %q", got)
	}
	if got := dispatch.AttemptSentence(dispatch.DNS, "a.example"); got != dispatch.DNS.Sentence("a.example") {
		t.Errorf("a failed attempt: %q", got)
	}
}
