package dispatch

// Reasons lists every reason but those of a status's own number.
func Reasons() []Reason {
	return []Reason{
		BadTemplate, TooLong, BlockedTarget, DNS, ConnectionRefused, Unreachable, ConnectionReset, NoAnswer,
		BadAnswer, TLSCertificate, TLSHandshake, TimeoutDNS, TimeoutConnect, TimeoutTLS, TimeoutHeaders,
		TimeoutBody, Interrupted, Redirect, RateLimited, ServerError, Gone, RefusedByTracker, Exhausted,
		Internal,
	}
}
