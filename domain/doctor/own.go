package doctor

import (
	"strings"

	"postrider/domain/tracking"
)

// OwnURL says that a URL is one of this installation's own and where the right one is found; empty
// for any other. linkOf is what a tracking link belongs to, where that is known: "the campaign X".
func OwnURL(publicURL, text, linkOf string) string {
	switch kind, _ := tracking.ParseOwnURL(publicURL, text); kind {
	case tracking.OwnLink:
		if linkOf != "" {
			linkOf = " of " + linkOf
		}
		return "This is a Postrider tracking link" + linkOf + ", not your tracker's postback URL: it goes into your tracker as the offer URL. " +
			"The postback URL is in your tracker's own settings, under the traffic source or the affiliate network."
	case tracking.OwnInbound:
		return "This is where an operator sends conversions to Postrider, not your tracker's postback URL: sent there, it would be refused. " +
			"The postback URL is in your tracker's own settings, under the traffic source or the affiliate network."
	default:
		return ""
	}
}

// own finds a template that would send postbacks to ourselves.
func (e *exam) own() {
	if message := OwnURL(e.PublicURL, e.Template, e.LinkOf); message != "" {
		end := len(e.Template)
		if at := strings.IndexAny(e.Template, "?#"); at >= 0 {
			end = at
		}
		e.find(CodeOwnURL, Error, place{0, end}, message, nil)
	}
}
