package dispatch

// Timings splits the time of an exchange over its phases, in milliseconds; nil for one that
// did not happen (a kept-alive connection has no DNS, connect, TLS).
type Timings struct {
	DNSMs     *float64 `json:"dns,omitempty"`
	ConnectMs *float64 `json:"connect,omitempty"`
	TLSMs     *float64 `json:"tls,omitempty"`
	WaitMs    *float64 `json:"wait,omitempty"`
	ReadMs    *float64 `json:"read,omitempty"`
}
