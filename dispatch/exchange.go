package dispatch

import (
	"net/http"
	"strings"
	"time"

	"postrider/domain/firing"
	"postrider/domain/macro"
)

// MaxURL is the length in bytes of the longest URL that is sent.
const MaxURL = macro.MaxURL

// Request is one attempt to be made.
type Request struct {
	Method        firing.Method
	URL           string // expanded; for POST, its query becomes the body
	DeliveryID    string // the same for every attempt of a delivery; empty for a visit, which is none
	Attempt       int    // counted from 1
	OldSecret     string // signs too, while the secret is being changed; empty for none
	SigningSecret string // for POST: whsec_ and base64, or any text; empty leaves the signature out
}

// Exchange is everything that is known of one attempt.
type Exchange struct {
	StartedAt time.Time
	Duration  time.Duration
	Timings   Timings

	Method         firing.Method
	URL            string      // as it was sent
	RequestHeaders http.Header // as they were sent; as they would have been where nothing was
	RequestBody    string
	Sent           bool // at least one byte of the request may have left

	StatusCode        int // 0: no answer
	ResponseHeaders   http.Header
	ResponseBody      string // at most the client's body limit, unpacked and decoded, as valid text without NUL
	ResponseTruncated bool   // there was more

	// Reason and Detail say why there is no answer. With a StatusCode, they say why
	// its body broke off.
	Reason Reason
	Detail string
}

// cleanText makes text that a database, JSON and a terminal all accept: invalid
// UTF-8 and NUL become the replacement character.
func cleanText(b []byte) string {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}
