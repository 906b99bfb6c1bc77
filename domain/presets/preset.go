package presets

import (
	"fmt"
	"regexp"
	"strings"

	"postrider/domain/macro"
)

// The kinds of presets.
const (
	KindTracker   = "tracker"
	KindNetwork   = "network" // of affiliates
	KindAdSource  = "ad_source"
	KindMessenger = "messenger"
)

// Kinds lists every kind of preset.
func Kinds() []string { return []string{KindTracker, KindNetwork, KindAdSource, KindMessenger} }

// Preset is what is known of one tracker.
type Preset struct {
	Key      string // its identifier for programs
	Name     string
	Kind     string // one of the Kind constants: what takes the postback
	Template string // in our macro language, for every goal; <name> is a blank to fill in
	Blanks   []Blank
	Token    string // the value of param_1 on the tracking link; empty if the click id comes otherwise

	Parameters     []Parameter
	ReadsStatus    bool     // it distinguishes approved from rejected; otherwise it counts everything as approved
	ZeroUnapproved bool     // the payout of a conversion that is not approved should go out as 0
	Deduplicates   string   // the key by which it detects a repeated postback, in words
	Answer         string   // the meaning of its response, in words; empty if not documented
	Body           BodyRule // what a 2xx's body must satisfy; the zero value if not documented
	DocURL         string
	Note           string // what one must know before using it; empty for none

	hosts    []string       // a URL whose host ends so is certainly the tracker's
	path     *regexp.Regexp // of its postbacks, with X for each placeholder
	distinct bool           // no other tracker has that path and click parameter
	click    []string       // names of its click id parameter
}

// BodyRule is what the body of a response must satisfy to count as a success. Its fields are
// those of a postback's own rule.
type BodyRule struct {
	Kind  string // contains, not_contains or json_field; empty for no rule
	Path  string // of the JSON field
	Value string
}

// Blank is a value of the affiliate's own that a preset's template needs.
type Blank struct {
	Name    string // as in the template, between < and >
	Label   string // what to ask for
	Example string
}

// Parameter is a parameter that a tracker reads.
type Parameter struct {
	Name     string
	Meaning  string
	Required bool
	Values   []string // what it accepts; empty for anything
	Send     string   // what we propose to send, in our macro language; empty to leave it unchanged
}

// Presets returns the catalogue, most common first.
func Presets() []*Preset { return catalog }

// Find returns the preset with a key; nil if there is none.
func Find(key string) *Preset {
	for _, p := range catalog {
		if p.Key == key {
			return p
		}
	}
	return nil
}

func (p *Preset) parameter(name string) (Parameter, bool) {
	for _, known := range p.Parameters {
		if strings.EqualFold(known.Name, name) {
			return known, true
		}
	}
	return Parameter{}, false
}

// For returns the template with the given blanks filled in, and, with a goal, with the parts
// that depend on the goal resolved: status=lead.
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

// cleanBlank cleans a typed value: a domain may come with its scheme or a path.
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

// sayGoal replaces a mapped goal with its result for the goal in values.
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

// literal escapes text so that our macro language takes it literally.
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
