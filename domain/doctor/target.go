package doctor

import (
	"context"
	"fmt"
	"strings"

	"postrider/domain/macro"
)

// Target answers questions about where a postback goes. Its answers take their
// own limited time.
type Target interface {
	// Refuses is why a URL is blocked, without a DNS lookup; empty where it is not.
	Refuses(url string) string
	// Resolves looks a host name up.
	Resolves(ctx context.Context, host string) Resolution
	// AnswersHTTPS reports whether a host answers on https.
	AnswersHTTPS(ctx context.Context, host string) bool
}

// Resolution is the result of a DNS lookup.
type Resolution int

// The results of a DNS lookup.
const (
	Unknown  Resolution = iota // no answer in time
	Public                     // addresses that may be sent to
	NotFound                   // the name does not exist
	Private                    // an address that postbacks may not be sent to
)

// CheckTarget gives the findings about where a template goes. Where ask is false
// the network is left alone.
func CheckTarget(ctx context.Context, template string, target Target, ask bool) []Finding {
	parsed, err := macro.ParseFor(template, macro.Aggregated)
	if err != nil {
		return nil // the language's own findings come first
	}
	at, host := hostOf(template)
	span := func(f Finding, p place) Finding {
		f.Start, f.End = macro.UTF16Offset(template, p.start), macro.UTF16Offset(template, p.end)
		return f
	}
	if why := target.Refuses(parsed.Expand(nil)); why != "" {
		return []Finding{span(Finding{Code: CodePrivateHost, Severity: Error, Message: why + "."}, at)}
	}
	if !ask || standIns.MatchString(template) {
		return nil
	}
	switch target.Resolves(ctx, host) {
	case NotFound:
		return []Finding{span(Finding{Code: CodeHostNotFound, Severity: Warning, Message: fmt.Sprintf("The host %s does not resolve: check its spelling and its DNS record.", host)}, at)}
	case Private:
		return []Finding{span(Finding{Code: CodePrivateHost, Severity: Error, Message: fmt.Sprintf("%s does not resolve to a public IP address; postbacks are sent to public addresses only.", host)}, at)}
	}
	if strings.HasPrefix(strings.ToLower(template), "http://") && target.AnswersHTTPS(ctx, host) {
		f := span(Finding{Code: CodeHTTP, Severity: Warning, Message: fmt.Sprintf("%s supports https too; over http anybody on the network can read and change the postback.", host)}, place{0, len("http")})
		if fixed := secured(template, at); fixed != "" {
			f.Fix = &Fix{Label: "Use https", URLTemplate: fixed}
		}
		return []Finding{f}
	}
	return nil
}

// hostOf finds the host, without its port.
func hostOf(template string) (place, string) {
	_, rest, _ := strings.Cut(template, "://")
	start := len(template) - len(rest)
	end := start + strings.IndexAny(rest+"/", "/?#")
	host := template[start:end]
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		host = host[:colon]
	}
	return place{start, start + len(host)}, strings.Trim(host, "[]")
}

// secured is the template over https; empty where it names a port, which only its
// owner can change.
func secured(template string, host place) string {
	rest := template[host.end:]
	rest = strings.TrimPrefix(rest, ":80")
	if strings.HasPrefix(rest, ":") || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return ""
	}
	return "https://" + template[host.start:host.end] + rest
}
