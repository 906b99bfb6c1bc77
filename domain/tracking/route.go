package tracking

import (
	"net/url"
	"slices"
	"strings"

	"postrider/domain/macro"
)

// Link is what a tracking link leads to. Templates are parsed in macro.Clicks.
type Link struct {
	Offer         RunState
	Campaign      RunState // Active for a default link
	Destination   *macro.Template
	LandingPages  map[string]*macro.Template // by key
	DeepLinkHosts []string                   // exact hosts, or "*." and a domain
	Fallback      *macro.Template            // nil: none
}

// Kind is the kind of page that a click is sent to.
type Kind string

// The kinds of route.
const (
	ToDestination Kind = "destination"
	ToLandingPage Kind = "landing_page"
	ToDeepLink    Kind = "deep_link"
	ToFallback    Kind = "fallback" // paused; no click is counted
	Gone          Kind = "gone"     // paused, and there is no fallback
	Ahead         Kind = "ahead"    // looked at ahead of the click: nothing that a player could arrive with
)

// Route is the answer to a click.
type Route struct {
	Kind Kind
	URL  string // empty for Gone and Ahead
	Note string // what was requested and not possible, in words; empty if all is well
}

// Open reports whether the link takes clicks.
func (l Link) Open() bool { return l.Offer == Active && l.Campaign == Active }

// Route decides where a click goes. A deep link comes before a landing page, and
// both before the destination.
func (l Link) Route(c Click, v *macro.Values) Route {
	if !l.Open() {
		if l.Fallback == nil {
			return Route{Kind: Gone}
		}
		return Route{Kind: ToFallback, URL: l.Fallback.Expand(v)}
	}
	note := ""
	if c.DeepLink != "" {
		target, problem := l.deepLink(c.DeepLink, v)
		if problem == "" {
			return Route{Kind: ToDeepLink, URL: target}
		}
		note = problem
	}
	if c.LandingPage != "" {
		if page, ok := l.LandingPages[c.LandingPage]; ok {
			return Route{Kind: ToLandingPage, URL: page.Expand(v), Note: note}
		}
		note = strings.TrimSpace(note + " There is no landing page with the key " + c.LandingPage + ".")
	}
	return Route{Kind: ToDestination, URL: l.Destination.Expand(v), Note: note}
}

// deepLink returns the URL of a deep link with our click id in it, or what is wrong with it.
// Macros in it are expanded; one without the click id gets it in the parameter in which the
// destination has it.
func (l Link) deepLink(raw string, v *macro.Values) (target, problem string) {
	t, err := macro.ParseFor(raw, macro.Clicks)
	if err != nil {
		return "", "The deep link is not a valid URL."
	}
	if !AllowedHost(t.Endpoint(), l.DeepLinkHosts) {
		return "", "The deep link's host is not on the offer's list."
	}
	target = t.Expand(v)
	if slices.Contains(t.Macros(), macro.ClickID) {
		return target, ""
	}
	for _, parameter := range clickParameters(l.Destination, v) {
		target = setParameter(target, parameter)
	}
	return target, ""
}

// AllowedHost reports whether an endpoint (scheme://host:port) is on one of the
// hosts. "*.example.com" stands for every host below example.com, not for itself.
// Only the scheme's own port is allowed, unless the host is given with another.
func AllowedHost(endpoint string, hosts []string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.User != nil {
		return false
	}
	name := u.Hostname()
	if u.Port() != macro.DefaultPort(u.Scheme) {
		name += ":" + u.Port()
	}
	for _, host := range hosts {
		host = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
		if parent, wildcard := strings.CutPrefix(host, "*"); wildcard {
			if len(parent) > 1 && parent[0] == '.' && strings.HasSuffix(name, parent) && len(name) > len(parent) {
				return true
			}
		} else if host != "" && name == host {
			return true
		}
	}
	return false
}

// clickParameters returns the destination's query parameters with the click id, as name=value.
func clickParameters(destination *macro.Template, v *macro.Values) []string {
	expanded, spans := destination.ExpandSpans(v)
	var parameters []string
	for _, span := range spans {
		start := strings.LastIndexAny(expanded[:span.URLStart], "?&#")
		if span.Macro != macro.ClickID || start < 0 || expanded[start] == '#' {
			continue
		}
		parameter, _, _ := strings.Cut(expanded[start+1:], "#")
		parameter, _, _ = strings.Cut(parameter, "&")
		parameters = append(parameters, parameter)
	}
	return parameters
}

// setParameter sets name=value in the URL's query, replacing any parameters of that name.
func setParameter(target, parameter string) string {
	name, _, _ := strings.Cut(parameter, "=")
	rest, fragment, hasFragment := strings.Cut(target, "#")
	path, query, _ := strings.Cut(rest, "?")
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		if existing, _, _ := strings.Cut(pair, "="); pair != "" && unescape(existing) != unescape(name) {
			pairs = append(pairs, pair)
		}
	}
	target = path + "?" + strings.Join(append(pairs, parameter), "&")
	if hasFragment {
		target += "#" + fragment
	}
	return target
}
