package platforms

import (
	"net/url"
	"strings"

	"postrider/domain/commission"
)

// Template is what is known of one platform.
type Template struct {
	Key        string // its identifier for programs
	Name       string
	Confidence Confidence
	Source     string // the page that confirms it; empty if there is none
	Checked    string // the month in which the page was read: 2026-12

	Click    string            // the parameter of the platform's links that takes our click id; empty if not known
	Macros   []Macro           // what the platform fills in, in the order of the URL
	Events   []string          // our goals that it reports, one URL each; empty if one URL reports all
	Names    map[string]string // our parameter to the platform's name, where it does not take ours
	Goals    map[string]string // its word to our goal's key
	Statuses map[string]string // its word to our status
	Notes    []string          // what to know before using it, as sentences
}

// Macro is a placeholder that the platform fills in.
type Macro struct {
	Parameter string // ours
	Text      string // in the platform's syntax; empty if it is chosen in the platform's form
}

// PlaceholderToken stands in a URL for a token that is not shown.
const PlaceholderToken = "TOKEN"

// Templates returns the catalogue: the generic one, then platforms, then programmes, by name.
func Templates() []*Template { return catalog }

// GenericKey is the key of the template with our own names.
const GenericKey = "generic"

// Find returns the template with a key; nil if there is none.
func Find(key string) *Template {
	for _, t := range catalog {
		if t.Key == key {
			return t
		}
	}
	return nil
}

// URL is a URL to hand over to the operator.
type URL struct {
	Goal string // the goal that it reports; empty for all
	URL  string
}

// Call is how an integration wants to be called.
type Call struct {
	Endpoint string            // its URL
	Token    string            // as it is; empty if the integration does not ask for one
	Names    map[string]string // its parameter mapping: ours to theirs
}

// URLs returns the URLs to enter in the platform: one for all events, or one for each.
func (t *Template) URLs(c Call) []URL {
	if len(t.Events) == 0 {
		return []URL{{URL: t.url(c, "")}}
	}
	urls := make([]URL, len(t.Events))
	for i, goal := range t.Events {
		urls[i] = URL{Goal: goal, URL: t.url(c, goal)}
	}
	return urls
}

// url returns the URL for one goal; empty for all. Macros stand as the platform reads them,
// without encoding.
func (t *Template) url(c Call, goal string) string {
	var pairs []string
	add := func(parameter, text string) {
		name := parameter
		if theirs := c.Names[parameter]; theirs != "" {
			name = theirs
		}
		if strings.HasPrefix(name, "=") {
			return // the same in every call
		}
		pairs = append(pairs, url.QueryEscape(name)+"="+text)
	}
	if c.Token != "" {
		add(commission.ParamToken, url.QueryEscape(c.Token))
	}
	if goal != "" {
		add(commission.ParamGoal, url.QueryEscape(goal))
	}
	for _, m := range t.Macros {
		add(m.Parameter, m.Text)
	}
	return c.Endpoint + "?" + strings.Join(pairs, "&")
}
