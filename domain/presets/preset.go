package presets

import (
	"fmt"
	"regexp"
	"strings"

	"postrider/domain/macro"
)

// Preset is what is known of one tracker.
type Preset struct {
	Key      string // its name for programs
	Name     string
	Kind     string // "tracker", "network", "ad source" or "messenger": what takes the postback
	Template string // in our macro language, for every goal; <name> is a blank to fill in
	Blanks   []Blank
	Token    string // what goes into param_1 of the tracking link; empty where the click id comes otherwise

	Parameters     []Parameter
	ReadsStatus    bool     // it tells approved from rejected; otherwise it counts whatever comes as approved
	ZeroUnapproved bool     // the payout of a conversion that is not approved should go out as 0
	Deduplicates   string   // by what it tells a repeated postback, in words
	Answer         string   // what its answer means, in words; empty where it is not documented
	Body           BodyRule // what a 2xx's body must show; the zero value where that is not documented
	DocURL         string
	Note           string // what one must know before using it; empty for nothing

	hosts    []string       // it is the tracker for certain where the URL's host ends so
	path     *regexp.Regexp // of its postbacks, with X in the place of placeholders
	distinct bool           // no other tracker has that path and click parameter
	click    []string       // names under which it takes the click id
}

// BodyRule is what the body of an answer must show before it counts as yes. Its
// parts are those of a postback's own rule.
type BodyRule struct {
	Kind  string // contains, not_contains or json_field; empty for no rule
	Path  string // of the JSON field
	Value string
}

// Blank is something of the affiliate's own that a preset's template needs.
type Blank struct {
	Name    string // as it stands in the template, between < and >
	Label   string // what to ask for
	Example string
}

// Parameter is a parameter that a tracker reads.
type Parameter struct {
	Name     string
	Meaning  string
	Required bool
	Values   []string // what it accepts; empty for anything
	Send     string   // what we propose to send, in our macro language; empty to leave it as it is
}

// Presets is the catalogue, the commonest first.
func Presets() []*Preset { return catalog }

func (p *Preset) parameter(name string) (Parameter, bool) {
	for _, known := range p.Parameters {
		if strings.EqualFold(known.Name, name) {
			return known, true
		}
	}
	return Parameter{}, false
}

// For gives the template with the blanks filled in, as far as values are given,
// and, with a goal, what depends on the goal said outright: status=lead.
func (p *Preset) For(goal string, blanks map[string]string) string {
	template := p.Template
	for _, b := range p.Blanks {
		if value := cleanBlank(b.Name, blanks[b.Name]); value != "" {
			template = strings.ReplaceAll(template, "<"+b.Name+">", value)
		}
	}
	if goal != "" {
		values := new(macro.Values)
		values.Set(macro.GoalID, goal)
		template = sayGoal(template, values)
	}
	return template
}

// cleanBlank takes what somebody typed: a domain may come with its scheme or a path.
func cleanBlank(name, value string) string {
	value = strings.TrimSpace(value)
	if name == "domain" {
		if _, rest, ok := strings.Cut(value, "://"); ok {
			value = rest
		}
		if end := strings.IndexAny(value, "/?#"); end >= 0 {
			value = value[:end]
		}
		return strings.ToLower(strings.TrimSuffix(value, "."))
	}
	return literal(strings.Trim(value, "/"))
}

var goalSlot = regexp.MustCompile(`\{goal_id\|map:[^{}]*\}`)

// sayGoal replaces a mapped goal by what it comes to for the goal in values.
func sayGoal(template string, values *macro.Values) string {
	return goalSlot.ReplaceAllStringFunc(template, func(slot string) string {
		t, err := macro.Parse("https://x.example/?v=" + slot)
		if err != nil {
			return slot
		}
		_, spans := t.ExpandSpans(values)
		return literal(spans[0].Value)
	})
}

// literal writes text so that our macro language takes it as it is.
func literal(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '{':
			b.WriteString("{{")
		case r == '}':
			b.WriteString("}}")
		case r <= ' ' || r == 0x7f:
			fmt.Fprintf(&b, "%%%02X", r)
		case r == '\uFFFD':
			b.WriteString("%EF%BF%BD")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
