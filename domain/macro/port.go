package macro

// DefaultPort returns the port of a scheme for URLs without one; empty for a scheme that
// postbacks do not use.
func DefaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	default:
		return ""
	}
}
