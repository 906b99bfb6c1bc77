package dispatch

import (
	"fmt"
	"strings"
)

// Reason is the code of why an exchange did not succeed. It is stored; people read its
// sentence. An answer with a status of its own has the reason HTTP_ and the number, such
// as HTTP_404.
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
	Interrupted    Reason = "INTERRUPTED"     // we stopped it ourselves, on shutdown

	Redirect         Reason = "REDIRECT"           // 3xx; detail: where to
	RateLimited      Reason = "RATE_LIMITED"       // 429
	ServerError      Reason = "SERVER_ERROR"       // 5xx; detail: the status
	Gone             Reason = "GONE"               // 410: the postback is held
	RefusedByTracker Reason = "REFUSED_BY_TRACKER" // 2xx, but the body says no; detail: what it says

	Exhausted Reason = "EXHAUSTED" // every attempt of the schedule failed; detail: how the last one did
	Internal  Reason = "INTERNAL"  // our own fault; detail: nothing that a user should read
)

// Explanation is what a person reads about a reason.
type Explanation struct {
	Text     string // without the final stop; a detail follows where there is one
	NextStep string // what its owner should try
}

// Sentence says in one sentence what happened, with the detail where there is one.
func (e Explanation) Sentence(detail string) string {
	if detail = strings.TrimRight(detail, "."); detail != "" {
		return e.Text + ": " + detail + "."
	}
	return e.Text + "."
}

var explanations = map[Reason]Explanation{
	BadTemplate:   {"The URL template cannot be read", "Correct the URL of the postback."},
	TooLong:       {fmt.Sprintf("The URL with all values filled in is longer than the %d bytes that are sent", MaxURL), "Leave out macros with long values, such as user_agent and referrer, or shorten them with the limit filter."},
	BlockedTarget: {"The address is not one that postbacks may be sent to", "Use the public https address of your tracker."},

	DNS:               {"The host name could not be found", "Check the spelling of the host and that its DNS record exists."},
	ConnectionRefused: {"The server refused the connection", "Check that the tracker is running and that the port is right."},
	Unreachable:       {"There is no way to the server's network", "Check that the server is up and reachable from the internet."},
	ConnectionReset:   {"The server cut the connection before it answered", "Look for a firewall or a proxy in front of the tracker that drops our requests."},
	NoAnswer:          {"The server closed the connection without an answer", "Look into the tracker's log at this time; its web server may have crashed or timed out."},
	BadAnswer:         {"What the server sent back is not a valid HTTP answer", "Check that the port belongs to a web server, and that http and https are not mixed up."},
	TLSCertificate:    {"The server's certificate is not valid", "Renew the certificate, or use the host name that it was issued for."},
	TLSHandshake:      {"No secure connection could be agreed with the server", "Check that the port serves https and that the server supports TLS 1.2 or newer."},

	TimeoutDNS:     {"The host name was not found in time", "Check the name servers of the domain."},
	TimeoutConnect: {"The server did not accept the connection in time", "The tracker may be down, or a firewall may drop our connections: check that it is reachable from outside."},
	TimeoutTLS:     {"The server did not complete the secure connection in time", "The tracker is probably overloaded; try again, and check its load if it happens often."},
	TimeoutHeaders: {"The server took the request but did not answer in time", "The tracker is too slow or hangs; it may have counted the postback all the same, so compare before you replay."},
	TimeoutBody:    {"The answer began but did not end in time", "The tracker sends its answer too slowly; look for what holds it up."},
	Interrupted:    {"The request was interrupted because this server was shutting down", "Nothing to do: it is sent again by itself."},

	Redirect:         {"The server redirected, and redirects are not followed", "Use the address it points to as the postback's URL; often that is https instead of http, or with or without www."},
	RateLimited:      {"The tracker asks for fewer requests (429)", "Nothing to do: we slow down and try again. If it lasts, ask the tracker to raise your limit."},
	ServerError:      {"The tracker has an error of its own", "Nothing to do at first: it is tried again. If it lasts, look into the tracker's log."},
	Gone:             {"The tracker says that this address is gone for good (410), so the postback was put on hold", "Put the tracker's new address into the postback, resume it, and replay what failed."},
	RefusedByTracker: {"The tracker answered, but its answer says that it did not accept the postback", "Read the answer below; usually the click id is unknown there, or a parameter is missing."},

	Exhausted: {"Every attempt failed, over more than 24 hours", "Fix the cause, then replay it."},
	Internal:  {"Something went wrong on our side", "Nothing to do: it is tried again."},
}

// statusExplanations are for answers by their number; others have a common text.
var statusExplanations = map[string]Explanation{
	"400": {"The tracker could not understand the request (400)", "Compare the parameters with the tracker's documentation; one is missing or has a value it does not accept."},
	"401": {"The tracker wants a key or password that the URL does not carry (401)", "Copy the postback URL with its key from the tracker again."},
	"403": {"The tracker forbids the request (403)", "Usually a firewall or bot rule: allow our requests by their user agent, or by address."},
	"404": {"There is nothing at this path (404)", "Check the path of the URL against the one your tracker shows."},
	"405": {"The tracker does not take this method (405)", "Change the postback from POST to GET, or the other way."},
	"406": {"The tracker refuses the request (406)", "Usually a firewall rule of the web server: allow our requests by their user agent."},
	"408": {"The tracker did not get the request in time (408)", "Nothing to do: it is tried again."},
	"413": {"The request is too large for the tracker (413)", "Leave out macros with long values."},
	"414": {"The URL is too long for the tracker (414)", "Leave out macros with long values, or shorten them with the limit filter."},
	"422": {"The tracker understood the request but does not accept its values (422)", "Read the answer below; a value is not in the form that the tracker wants."},
	"425": {"The tracker wants the request later (425)", "Nothing to do: it is tried again."},
	"451": {"The tracker refuses for legal reasons (451)", "Ask the tracker's support."},
}

func (r Reason) explanation() Explanation {
	if e, ok := explanations[r]; ok {
		return e
	}
	number, _ := strings.CutPrefix(string(r), "HTTP_")
	if e, ok := statusExplanations[number]; ok {
		return e
	}
	return Explanation{
		fmt.Sprintf("The tracker answered with the status %s", number),
		"Look the status up in the tracker's documentation, and read the answer below.",
	}
}

// Sentence says in one sentence what happened. The detail is what was stored with
// the reason: a host, an address, a limit; it may be empty.
func (r Reason) Sentence(detail string) string {
	if r == "" {
		return ""
	}
	return r.explanation().Sentence(detail)
}

// NextStep says what its owner should try.
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

// Transport reports whether no whole answer came back, so that it says something of
// the endpoint rather than of this one request. Circuits count these.
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

// OfEndpoint reports whether an exchange that came to this says something of its
// endpoint, good or bad: whatever came back or should have does; what was never
// sent, or was stopped by ourselves, does not.
func (r Reason) OfEndpoint() bool {
	switch r {
	case BadTemplate, TooLong, BlockedTarget, Interrupted, Internal:
		return false
	default:
		return true
	}
}

// AttemptSentence says what an attempt came to; no reason where the tracker accepted.
func AttemptSentence(reason Reason, detail string) string {
	if reason == "" {
		return "The tracker accepted the postback."
	}
	return reason.Sentence(detail)
}
