package dispatch

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"postrider/domain/firing"
)

// Terms are what an exchange is judged by.
type Terms struct {
	Attempt  int             // which attempt it was, counted from 1
	Rule     firing.BodyRule // what the response must show
	Schedule Schedule        // DefaultSchedule where nil
	Random   float64         // in [0, 1), spreads the retries
}

// Verdict is the consequence of an exchange.
type Verdict string

// The verdicts.
const (
	Accepted Verdict = "accepted"  // the tracker accepted it
	TryAgain Verdict = "try again" // another attempt may succeed
	GiveUp   Verdict = "give up"   // no attempt follows
)

// Outcome is what an exchange means for its delivery.
type Outcome struct {
	Verdict      Verdict
	RetryAt      time.Time // for TryAgain
	Reason       Reason    // of the delivery; empty for Accepted
	Detail       string    // for Reason.Sentence; for Accepted what the answer looks like, if it looks like none
	HoldPostback bool      // the tracker returned 410: hold the postback and raise an alert

	AttemptReason Reason // of this one attempt; differs from Reason when it was the last
	AttemptDetail string
}

// Judge decides what follows for a delivery from an exchange. It only decides: the caller
// acts.
func Judge(e Exchange, t Terms) Outcome {
	reason, detail := classify(e, t.Rule)
	if reason == "" {
		if t.Rule.IsZero() {
			detail = look(e)
		}
		return Outcome{Verdict: Accepted, Detail: detail, AttemptDetail: detail}
	}
	o := Outcome{Verdict: GiveUp, Reason: reason, Detail: detail, AttemptReason: reason, AttemptDetail: detail}
	o.HoldPostback = reason == Gone
	if !reason.Retryable() {
		return o
	}
	schedule := t.Schedule
	if schedule == nil {
		schedule = DefaultSchedule
	}
	ended := e.StartedAt.Add(e.Duration)
	due, more := schedule.Next(t.Attempt, ended, RetryAfter(e.ResponseHeaders, ended), t.Random)
	if !more {
		o.Reason, o.Detail = Exhausted, "the last time, "+lowerFirst(reason.Sentence(detail))
		return o
	}
	o.Verdict, o.RetryAt = TryAgain, due
	return o
}

// Sentence describes the result of the exchange.
func (o Outcome) Sentence() string {
	return AttemptSentence(o.Reason, o.Detail)
}

// classify returns the reason why the exchange is no success, empty where it is one.
func classify(e Exchange, rule firing.BodyRule) (reason Reason, detail string) {
	switch code := e.StatusCode; {
	case code == 0:
		return e.Reason, e.Detail
	case rule.Kind == firing.StatusCode && rule.HasCode(code):
		return "", ""
	case rule.Kind == firing.StatusCode && code <= 299:
		return RefusedByTracker, fmt.Sprintf("the status code is %d, not %s", code, rule.Value)
	case code >= 200 && code <= 299:
		return classifyBody(e, rule)
	case code >= 300 && code <= 399:
		return Redirect, redirectDetail(e)
	case code == http.StatusTooManyRequests:
		return RateLimited, ""
	case code == http.StatusGone:
		return Gone, ""
	case code >= 500 && code <= 599:
		return ServerError, "status " + strconv.Itoa(code)
	default:
		return statusReason + Reason(strconv.Itoa(code)), ""
	}
}

// classifyBody judges a 2xx. Without a rule only the status counts, so that a body which
// breaks off does not make us report the conversion twice. With one, a broken body counts
// only as far as it settles the rule.
func classifyBody(e Exchange, rule firing.BodyRule) (reason Reason, detail string) {
	if rule.IsZero() {
		return "", ""
	}
	accepted, failed := rule.Accepts([]byte(e.ResponseBody))
	settled := e.Reason == "" || accepted == (rule.Kind != firing.NotContains)
	switch {
	case !settled:
		return e.Reason, e.Detail
	case accepted:
		return "", ""
	default:
		return RefusedByTracker, failed
	}
}

func redirectDetail(e Exchange) string {
	if to := e.ResponseHeaders.Get("Location"); to != "" {
		return fmt.Sprintf("%d to %s", e.StatusCode, cleanText([]byte(to)))
	}
	return fmt.Sprintf("%d without a Location header", e.StatusCode)
}

func lowerFirst(s string) string {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return s
	}
	return string(s[0]+'a'-'A') + s[1:]
}
