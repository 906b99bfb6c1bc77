package doctor

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/presets"
)

// tellsApart finds conversions that look the same to the tracker.
func (e *exam) tellsApart() {
	several := len(slices.Compact(slices.Sorted(slices.Values(e.Goals)))) > 1
	if several && !e.uses(macro.GoalID, macro.GoalName, macro.GoalNames) {
		name, send := e.parameterFor(macro.GoalID, "goal", "{goal_id}")
		e.find(CodeNoGoal, Warning, nowhere, fmt.Sprintf("%d goals use this URL, and it has no macro for the goal.", len(e.Goals)), e.setting(name, send))
	}
	e.statusesApart()
	if e.playerAsID() {
		return
	}
	again := slices.ContainsFunc(e.Goals, func(g string) bool { return slices.Contains(e.Repeating, g) })
	if (several || again) && !e.uses(macro.ConversionID, macro.TransactionID, macro.DeliveryID) && (e.preset == nil || e.preset.Kind != "messenger") {
		name, send := e.parameterFor(macro.ConversionID, "txid", "{conversion_id}")
		e.find(CodeNoConversionID, Warning, nowhere, "Without a transaction id, a tracker treats a second conversion of the same click as a duplicate and drops it.", e.setting(name, send))
	}
}

// statusesApart finds statuses that look the same to the tracker. Rejected and cancelled
// may: one fixed value is enough for both.
func (e *exam) statusesApart() {
	if len(e.statuses()) < 2 || e.uses(macro.Status) || e.preset != nil && !e.preset.ReadsStatus {
		return
	}
	name, send := e.parameterFor(macro.Status, "status", "{status}")
	counts := func(s commission.Status) bool { return s != commission.Rejected && s != commission.Cancelled }
	if p, ok := e.piece(name); ok && p.value != "" && !slices.ContainsFunc(e.statuses(), counts) {
		return
	}
	e.find(CodeNoStatus, Warning, nowhere, "It fires for several statuses, and the URL has no macro for the status.", e.setting(name, send))
}

// playerAsID finds a player id sent as the transaction id: the tracker would deduplicate a
// second deposit.
func (e *exam) playerAsID() bool {
	found := false
	for _, p := range e.pieces {
		proposal, _ := presets.Propose(p.name)
		if proposal == "{conversion_id}" && e.onlyMacro(p.value, macro.PlayerID) {
			e.find(CodePlayerAsID, Warning, p.at, "A player id is not a transaction id: the tracker would drop a second deposit as a duplicate.", e.replacing(p.at, "{conversion_id}", "Use {conversion_id}"))
			found = true
		}
	}
	return found
}

// parameterFor is the parameter in which the tracker reads something, and what to
// send in it.
func (e *exam) parameterFor(name macro.Name, usual, send string) (parameter, value string) {
	if e.preset != nil {
		for _, known := range e.preset.Parameters {
			if strings.HasPrefix(known.Send, "{"+string(name)) {
				return known.Name, known.Send
			}
		}
	}
	return usual, send
}

// setting is a fix that gives a parameter a value, whether it is there or not.
func (e *exam) setting(name, value string) *Fix {
	if p, ok := e.piece(name); ok {
		if strings.Contains(p.value, "{") {
			return nil // it sends another macro on purpose
		}
		return e.replacing(place{p.whole.start, p.whole.end}, p.name+"="+value, fmt.Sprintf("Set %s to %s", name, short(value)))
	}
	return e.adding(name, value, fmt.Sprintf("Add %s=%s", name, short(value)))
}

// elsewhere finds another postback that would call the same URL for the same
// conversion.
func (e *exam) elsewhere() {
	for _, other := range e.Others {
		shared := e.firesWith(other)
		if !slices.ContainsFunc(shared, func(goal string) bool {
			values := macro.SampleValues()
			values.Set(macro.GoalID, goal)
			own := sent(e.Template, values)
			return own != "" && sent(other.Template, values) == own
		}) {
			continue
		}
		e.find(CodeSameURL, Warning, nowhere, fmt.Sprintf("%s fires the same URL for the same conversion, so the tracker would receive it twice.", other.Name), nil)
	}
}

// firesWith are the goals that this postback and another both fire for; none where
// no status fires both.
func (e *exam) firesWith(other Postback) []string {
	if !slices.ContainsFunc(statusesOf(other.Statuses), func(s commission.Status) bool { return slices.Contains(e.statuses(), s) }) {
		return nil
	}
	var shared []string
	for _, goal := range e.Goals {
		if slices.Contains(other.Goals, goal) {
			shared = append(shared, goal)
		}
	}
	return shared
}

// sent is a template as it is sent for a conversion: two that differ in spelling alone
// are the same.
func sent(template string, values *macro.Values) string {
	t, err := macro.ParseFor(template, macro.Aggregated)
	if err != nil {
		return ""
	}
	url := t.Expand(values)
	head, query, _ := strings.Cut(url, "?")
	_, path, _ := strings.Cut(head, "://")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		path = path[i:]
	} else {
		path = "/"
	}
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	return t.Endpoint() + path + "?" + strings.Join(pairs, "&")
}
