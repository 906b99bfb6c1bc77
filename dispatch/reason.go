package dispatch

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Reason is the code of why an exchange did not succeed. It is stored; users see its
// sentence. A status without a reason below has the reason HTTP_ and its number, such as
// HTTP_404.
type Reason string

// The reasons.
const (
	BadTemplate   Reason = "BAD_TEMPLATE"   // the URL template cannot be read; detail: its fault
	TooLong       Reason = "TOO_LONG"       // the expanded URL is longer than what is sent; detail: its length
	BlockedTarget Reason = "BLOCKED_TARGET" // the guard refused the address; detail: why

	DNS               Reason = "DNS"                // the host name does not resolve; detail: the name
	ConnectionRefused Reason = "CONNECTION_REFUSED" // nothing listens there; detail: the address
	Unreachable       Reason = "UNREACHABLE"        // no way to the network; detail: the address
	ConnectionReset   Reason = "CONNECTION_RESET"   // the connection was cut before an answer
	NoAnswer          Reason = "NO_ANSWER"          // the connection was closed without an answer
	BadAnswer         Reason = "BAD_ANSWER"         // what came back is no HTTP answer; detail: what is wrong
	TLSCertificate    Reason = "TLS_CERTIFICATE"    // the certificate is not valid; detail: why
	TLSHandshake      Reason = "TLS_HANDSHAKE"      // no agreement on a secure connection; detail: why

	TimeoutDNS     Reason = "TIMEOUT_DNS"     // looking up the name took too long
	TimeoutConnect Reason = "TIMEOUT_CONNECT" // connecting took too long
	TimeoutTLS     Reason = "TIMEOUT_TLS"     // the secure connection took too long
	TimeoutHeaders Reason = "TIMEOUT_HEADERS" // connected, but no answer came in time
	TimeoutBody    Reason = "TIMEOUT_BODY"    // the answer began, but did not end in time
	Interrupted    Reason = "INTERRUPTED"     // we stopped it, on shutdown

	Redirect         Reason = "REDIRECT"           // 3xx; detail: where to
	RateLimited      Reason = "RATE_LIMITED"       // 429
	ServerError      Reason = "SERVER_ERROR"       // 5xx; detail: the status
	Gone             Reason = "GONE"               // 410: the postback is held until it is changed
	RefusedByTracker Reason = "REFUSED_BY_TRACKER" // 2xx, but the body fails the rule; detail: how

	Exhausted Reason = "EXHAUSTED" // every attempt of the schedule failed; detail: how the last one did
	Internal  Reason = "INTERNAL"  // our own fault; detail: nothing that a user should read
)

// Reasons lists every reason but those of a status's own number.
func Reasons() []Reason {
	return []Reason{
		BadTemplate, TooLong, BlockedTarget, DNS, ConnectionRefused, Unreachable, ConnectionReset, NoAnswer,
		BadAnswer, TLSCertificate, TLSHandshake, TimeoutDNS, TimeoutConnect, TimeoutTLS, TimeoutHeaders,
		TimeoutBody, Interrupted, Redirect, RateLimited, ServerError, Gone, RefusedByTracker, Exhausted,
		Internal,
	}
}

// StatusReasons lists the reasons of the statuses that have an explanation of their own.
func StatusReasons() []Reason {
	var list []Reason
	for _, number := range slices.Sorted(maps.Keys(statusExplanations)) {
		list = append(list, statusReason+Reason(number))
	}
	return list
}

// statusReason begins the reason of a status without a reason of its own.
const statusReason Reason = "HTTP_"

// OfStatus reports whether the reason is a status's own number.
func (r Reason) OfStatus() bool {
	number, ok := strings.CutPrefix(string(r), string(statusReason))
	_, err := strconv.Atoi(number)
	return ok && err == nil
}

// Explanation is what users read about a reason.
type Explanation struct {
	Text     string // without the final stop; a detail follows where there is one
	NextStep string // what its owner should try
}

// Sentence returns one sentence about what happened, with the detail if there is one.
func (e Explanation) Sentence(detail string) string {
	if detail = strings.TrimRight(detail, "."); detail != "" {
		return e.Text + ": " + detail + "."
	}
	return e.Text + "."
}

var explanations = map[Reason]Explanation{
	BadTemplate:   {"The URL template cannot be read", "Correct the URL of the postback."},
	TooLong:       {fmt.Sprintf("The URL with all values filled in is longer than the limit of %d bytes", MaxURL), "Leave out macros with long values, such as user_agent and referrer, or shorten them with the limit filter."},
	BlockedTarget: {"Postbacks cannot be sent to this address", "Use the public https address of your tracker."},

	DNS:               {"The host name does not resolve", "Check the spelling of the host and that its DNS record exists."},
	ConnectionRefused: {"The server refused the connection", "Check that the tracker is running and that the port is correct."},
	Unreachable:       {"The server's network is unreachable", "Check that the server is up and reachable from the internet."},
	ConnectionReset:   {"The server reset the connection before it responded", "Look for a firewall or a proxy in front of the tracker that drops our requests."},
	NoAnswer:          {"The server closed the connection without a response", "Check the tracker's log at this time: its web server may have crashed or timed out."},
	BadAnswer:         {"The server did not send a valid HTTP response", "Check that the port belongs to a web server, and that http and https are not mixed up."},
	TLSCertificate:    {"The server's TLS certificate is not valid", "Renew the certificate, or use the host name that it was issued for."},
	TLSHandshake:      {"The TLS handshake with the server failed", "Check that the port serves https and that the server supports TLS 1.2 or newer."},

	TimeoutDNS:     {"The DNS lookup of the host name timed out", "Check the name servers of the domain."},
	TimeoutConnect: {"The server did not accept the connection in time", "The tracker may be down, or a firewall may drop our connections: check that it is reachable from outside."},
	TimeoutTLS:     {"The TLS handshake with the server timed out", "The tracker is probably overloaded; try again, and check its load if it happens often."},
	TimeoutHeaders: {"The server accepted the request but did not respond in time", "The tracker is too slow or hangs. It may still have counted the postback: compare before you replay."},
	TimeoutBody:    {"The response started but did not finish in time", "The tracker sends its response too slowly: check its load."},
	Interrupted:    {"The request was interrupted because this server was shutting down", "Nothing to do: it is retried automatically."},

	Redirect:         {"The server redirected, and redirects are not followed", "Use the address it points to as the postback's URL; often that is https instead of http, or with or without www."},
	RateLimited:      {"The tracker limits the request rate (429)", "Nothing to do: we slow down and retry. If it continues, ask the tracker to raise your limit."},
	ServerError:      {"Server error at the tracker", "Nothing to do at first: it is retried automatically. If it continues, check the tracker's log."},
	Gone:             {"The tracker returned 410 Gone, so no more postbacks are sent to this URL", "Enter the tracker's new URL and save the postback: waiting deliveries are sent. Then replay what failed."},
	RefusedByTracker: {"The tracker responded, but its response does not meet the success rule", "Read the response below: usually the click id is unknown to the tracker, or a parameter is missing."},

	Exhausted: {"Every attempt failed, over more than 24 hours", "Fix the cause, then replay it."},
	Internal:  {"Something went wrong on our side", "Nothing to do: it is retried automatically."},
}

// statusExplanations are keyed by HTTP status; others have a common text.
var statusExplanations = map[string]Explanation{
	"400": {"The tracker could not understand the request (400)", "Compare the parameters with the tracker's documentation; one is missing or has a value it does not accept."},
	"401": {"The tracker requires a key or password that is missing from the URL (401)", "Copy the postback URL with its key from the tracker again."},
	"403": {"The tracker forbids the request (403)", "Usually a firewall or bot rule: allow our requests by their user agent, or by address."},
	"404": {"The tracker has nothing at this path (404)", "Check the path of the URL against the one your tracker shows."},
	"405": {"The tracker does not accept this method (405)", "Change the postback from POST to GET, or from GET to POST."},
	"406": {"The tracker refuses the request (406)", "Usually a firewall rule of the web server: allow our requests by their user agent."},
	"408": {"The tracker timed out waiting for the request (408)", "Nothing to do: it is retried automatically."},
	"413": {"The request is too large for the tracker (413)", "Leave out macros with long values."},
	"414": {"The URL is too long for the tracker (414)", "Leave out macros with long values, or shorten them with the limit filter."},
	"422": {"The tracker understood the request but does not accept its values (422)", "Read the response below: a value is not in the format that the tracker expects."},
	"425": {"The tracker is not ready for the request yet (425)", "Nothing to do: it is retried automatically."},
	"451": {"The tracker refuses for legal reasons (451)", "Ask the tracker's support."},
}

func (r Reason) explanation() Explanation {
	if e, ok := explanations[r]; ok {
		return e
	}
	number, _ := strings.CutPrefix(string(r), string(statusReason))
	if e, ok := statusExplanations[number]; ok {
		return e
	}
	return Explanation{
		fmt.Sprintf("The tracker returned the status %s", number),
		"Look the status up in the tracker's documentation, and read the response below.",
	}
}

// Sentence returns one sentence about what happened. The detail is what was stored with the
// reason: a host, an address, a limit; it may be empty.
func (r Reason) Sentence(detail string) string {
	if r == "" {
		return ""
	}
	return r.explanation().Sentence(detail)
}

// NextStep returns what the postback's owner should try.
func (r Reason) NextStep() string {
	if r == "" {
		return ""
	}
	return r.explanation().NextStep
}

// Retryable reports whether another attempt could succeed without anybody changing
// anything.
func (r Reason) Retryable() bool {
	switch r {
	case RateLimited, ServerError, "HTTP_408", "HTTP_425", Interrupted, Internal:
		return true
	default:
		return r.Transport()
	}
}

// Transport reports whether no complete response came back: a fault of the endpoint
// rather than of this one request. Circuits count these.
func (r Reason) Transport() bool {
	switch r {
	case DNS, ConnectionRefused, Unreachable, ConnectionReset, NoAnswer, BadAnswer,
		TLSCertificate, TLSHandshake,
		TimeoutDNS, TimeoutConnect, TimeoutTLS, TimeoutHeaders, TimeoutBody:
		return true
	default:
		return false
	}
}

// OfEndpoint reports whether the result of an exchange counts for its endpoint, good
// or bad: a response, or a missing one, does; a request that was never sent, or that we
// stopped, does not.
func (r Reason) OfEndpoint() bool {
	switch r {
	case BadTemplate, TooLong, BlockedTarget, Interrupted, Internal:
		return false
	default:
		return true
	}
}

// AttemptSentence describes an attempt's result; no reason where the tracker answered with success.
// Its detail is what that answer looks like if it looks like a refusal.
func AttemptSentence(reason Reason, detail string) string {
	switch {
	case reason != "":
		return reason.Sentence(detail)
	case detail != "":
		return "The tracker answered with success, but its answer " + strings.TrimRight(detail, ".") + "."
	default:
		return "The tracker accepted the postback."
	}
}
