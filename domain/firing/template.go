package firing

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/internal/problem"
)

// target matches the scheme and the host of a template, and its path.
var target = regexp.MustCompile(`^([A-Za-z]+)://([^/?#]*)(/[^?#]*)?`)

// TemplateProblems returns the problems of a field whose template macro.ParseFor refused with err,
// each with the part that is wrong.
func TemplateProblems(field, template string, err error) []*problem.Error {
	faults, ok := errors.AsType[macro.Errors](err)
	if !ok {
		return []*problem.Error{problem.Invalid(field, "%s", err)}
	}
	bad := make([]*problem.Error, len(faults))
	for i, f := range faults {
		bad[i] = problem.Invalid(field, "%s", f.Message).Within(macro.UTF16Offset(template, f.Start), macro.UTF16Offset(template, f.End))
	}
	return bad
}

// Place is the host and the path of a template: templates of one place belong to one tracker,
// unless two of them fire for the same conversion.
func Place(template string) string {
	parts := target.FindStringSubmatch(template)
	if parts == nil {
		return ""
	}
	path := parts[3]
	if path == "" {
		path = "/"
	}
	return strings.ToLower(parts[2]) + path
}

// Crowds reports whether two postbacks of one place fire different URLs for one conversion: then
// they belong to two trackers.
func (p Postback) Crowds(other Postback) bool {
	return p.URLTemplate != other.URLTemplate && p.Scope == other.Scope && p.OfferID == other.OfferID && p.CampaignID == other.CampaignID &&
		p.Goal == other.Goal && slices.ContainsFunc(p.Statuses, func(s commission.Status) bool { return slices.Contains(other.Statuses, s) })
}

// Host returns the host of a template, with its port if it names one.
func Host(template string) string {
	parts := target.FindStringSubmatch(template)
	if parts == nil {
		return ""
	}
	return parts[2]
}

// WithDomain returns a template with another domain: a host with or without a port, or with the
// scheme before it, which is then changed too. Nothing else of the template changes.
func WithDomain(template, domain string) (string, error) {
	at := target.FindStringSubmatchIndex(template)
	if at == nil {
		return "", errors.New("the URL has no host")
	}
	scheme, host, given := strings.Cut(strings.TrimSpace(domain), "://")
	if !given {
		scheme, host = template[at[2]:at[3]], strings.TrimSpace(domain)
	}
	host = strings.TrimSuffix(host, "/")
	u, err := url.Parse(scheme + "://" + host + "/")
	if err != nil || u.Host != host || u.Hostname() == "" || u.Path != "/" || strings.ContainsAny(host, "{}") {
		return "", errors.New("enter the domain alone, such as track.example.com")
	}
	return scheme + "://" + host + template[at[5]:], nil
}

// eventSlot returns the placeholder that tells the goal: the first {goal_id} or {goal_name} that is
// sent as it is, or through map alone. False if the template has none.
func eventSlot(template string) (slot macro.Slot, pairs []macro.Pair, ok bool) {
	parsed, err := macro.ParseFor(template, macro.Aggregated)
	if err != nil {
		return slot, nil, false
	}
	for _, s := range parsed.Slots() {
		switch {
		case s.Macro != macro.GoalID && s.Macro != macro.GoalName || len(s.Filters) > 1:
		case len(s.Filters) == 0:
			return s, nil, true
		default:
			if pairs, ok := macro.ReadMap(s.Filters[0]); ok {
				return s, pairs, true
			}
		}
	}
	return slot, nil, false
}

// Named is a goal's key and name.
type Named struct{ Key, Name string }

// EventOf returns what a template sends as the event of a goal; false if it has no macro for the
// goal, or puts it through other filters than map.
func EventOf(template string, goal Named) (event string, ok bool) {
	slot, pairs, ok := eventSlot(template)
	value := goal.Key
	if slot.Macro == macro.GoalName {
		value = goal.Name
	}
	return replaced(pairs, value), ok
}

// replaced returns a value as map sends it.
func replaced(pairs []macro.Pair, value string) string {
	other := value
	for _, p := range pairs {
		switch {
		case p.Any:
			other = p.To
		case p.From == value:
			return p.To
		}
	}
	return other
}

// WithEvents returns a template that sends these events, by the goals' keys. For every other goal it
// sends what it has sent. All are the goals that there are.
func WithEvents(template string, events map[string]string, all []Named) (string, error) {
	slot, pairs, ok := eventSlot(template)
	if !ok {
		return "", errors.New("has no macro for the goal: put {goal_id} where your tracker expects the event")
	}
	others := slices.DeleteFunc(slices.Clone(pairs), func(p macro.Pair) bool { return !p.Any })
	var wanted []macro.Pair
	for _, g := range all {
		event, given := events[g.Key]
		if !given {
			event, _ = EventOf(template, g)
		}
		named := slot.Macro == macro.GoalID && slices.ContainsFunc(pairs, func(p macro.Pair) bool { return !p.Any && p.From == g.Key })
		if named || event != replaced(others, g.Key) {
			wanted = append(wanted, macro.Pair{From: g.Key, To: event})
		}
	}
	for _, p := range pairs {
		known := slices.ContainsFunc(all, func(g Named) bool { return g.Key == p.From })
		if p.Any || !known && slot.Macro == macro.GoalID {
			wanted = append(wanted, p)
		}
	}
	placeholder := string(macro.GoalID)
	if len(wanted) > 0 {
		placeholder += "|" + macro.WriteMap(wanted)
	}
	return template[:slot.Start] + "{" + placeholder + "}" + template[slot.End:], nil
}
