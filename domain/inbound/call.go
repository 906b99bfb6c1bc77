package inbound

import (
	"net/http"
	"net/netip"
	"net/url"

	"postrider/internal/problem"
)

// The limits of a call.
const (
	MaxBody       = 256 << 10 // bytes of a body, as it comes and unpacked
	MaxEvents     = 1000      // events of a list
	maxParameters = 200       // that nothing reads, and that are named all the same
	MaxID         = 255       // bytes of an operator's id
)

// Call is an operator's request, as received.
type Call struct {
	IntegrationKey string
	Method         string
	RawQuery       string
	ContentType    string
	Body           []byte // at most MaxBody
	Truncated      bool   // the body was longer than MaxBody
	Header         http.Header
	Address        netip.Addr
	Secure         bool     // over https, as far as that can be trusted
	Notes          []string // what was tolerated in its address

	item bool // the body is one event of a list, unpacked
}

// Admission is what was read of a call.
type Admission struct {
	Events  []Event // one, or those of a JSON list in order
	List    bool    // the body was a JSON list
	Refused string  // why the call fails authentication; empty if it does not
	Cause   Cause   // of that
}

// Event is one reported event of a call, in our names and words.
type Event struct {
	Values url.Values
	Unused []string         // parameters that nothing reads, neither ours nor mapped; sorted
	Notes  []string         // what was tolerated, as sentences
	Bad    []*problem.Error // why it cannot be read; of an event of a list only
	Call   *Call            // as it is logged: of an event of a list with that event as its body
}

// changesNothing reports whether a method is a safe one that reports nothing: link checkers and
// probes send these for a URL that they only look at.
func changesNothing(method string) bool {
	return method == http.MethodHead || method == http.MethodOptions
}

// Methods are the methods that a call may have, as the header Allow lists them.
const Methods = "GET, HEAD, OPTIONS, POST"

// Look reports whether a call only looks: it changes nothing, whatever it says. A method that is
// none of Methods is an error.
func (c *Call) Look() (bool, error) {
	switch {
	case changesNothing(c.Method):
		return true, nil
	case c.Method == http.MethodGet || c.Method == http.MethodPost:
		return false, nil
	}
	return false, refused(problem.CodeMethodNotAllowed, "method", "%q is not a method that reports a conversion: send GET or POST", c.Method)
}
