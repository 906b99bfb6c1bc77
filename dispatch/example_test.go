package dispatch_test

import (
	"fmt"
	"net/http"
	"time"

	"postrider/dispatch"
	"postrider/domain/firing"
)

func ExampleJudge() {
	exchange := dispatch.Exchange{
		StartedAt:       time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC),
		StatusCode:      http.StatusTooManyRequests,
		ResponseHeaders: http.Header{"Retry-After": {"60"}},
	}
	outcome := dispatch.Judge(exchange, dispatch.Terms{Attempt: 1, Random: 0.5})
	fmt.Println(outcome.Verdict, outcome.RetryAt.Format(time.TimeOnly), outcome.Reason)
	fmt.Println(outcome.Sentence(), outcome.Reason.NextStep())
	// Output:
	// try again 10:01:00 RATE_LIMITED
	// The tracker limits the request rate (429). Nothing to do: we slow down and retry. If it continues, ask the tracker to raise your limit.
}

func ExampleBodyRule_Accepts() {
	rule := firing.BodyRule{Kind: firing.JSONField, Path: "result.status", Value: "ok"}
	_, failed := rule.Accepts([]byte(`{"result":{"status":"unknown click"}}`))
	fmt.Println(dispatch.RefusedByTracker.Sentence(failed))
	// Output:
	// The tracker responded, but its response does not meet the success rule: the field "result.status" is "unknown click", not "ok".
}

func ExampleGuard_CheckURL() {
	guard := dispatch.NewGuard(dispatch.GuardOptions{})
	fmt.Println(guard.CheckURL("https://tracker.example/postback"))
	fmt.Println(guard.CheckURL("http://0x7f.1/"))
	fmt.Println(guard.CheckURL("http://169.254.169.254/latest/meta-data"))
	// Output:
	// <nil>
	// 0x7f.1 is an address in an unusual spelling; write it as four decimal numbers
	// 169.254.169.254 is a link-local or metadata address
}
