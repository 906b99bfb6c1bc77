package landing

import (
	"fmt"
	"net/http"

	"postrider/dispatch"
	"postrider/ent/db"
)

// result is what a try of a page found out.
type result struct {
	status int // 0 for no answer
	reason dispatch.Reason
	detail string
}

// resultOf reads an exchange. A body that breaks off is no fault: only its beginning is read.
func resultOf(e dispatch.Exchange) result {
	if e.StatusCode != 0 {
		return result{status: e.StatusCode}
	}
	return result{reason: e.Reason, detail: e.Detail}
}

// alive reports whether players find a page there. One that refuses us by 401, 403, 405 or 429 takes
// us for a bot, and shows players its page.
func (r result) alive() bool {
	return r.status != 0 && r.status != http.StatusNotFound && r.status != http.StatusGone && r.status < http.StatusInternalServerError
}

// Alive reports whether the last try found a page.
func Alive(c *db.DestinationCheck) bool { return c.FailingSince == nil }

// Sentence says what the last try found, without the time.
func Sentence(c *db.DestinationCheck) string {
	if c.StatusCode != nil {
		return fmt.Sprintf("Answered %d", *c.StatusCode)
	}
	reason := dispatch.Internal
	if c.Reason != nil {
		reason = dispatch.Reason(*c.Reason)
	}
	if reason == dispatch.BlockedTarget {
		return "No answer: " + c.Detail + "."
	}
	return "No answer: " + reason.Sentence(c.Detail)
}
