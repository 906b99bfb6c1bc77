package doctor

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/presets"
)

// trackerReads compares the parameters with the recognised tracker's documentation.
func (e *exam) trackerReads() {
	if e.preset == nil {
		return
	}
	for _, known := range e.preset.Parameters {
		p, there := e.piece(known.Name)
		switch {
		case !there && known.Required && e.certain && !e.isClick(known):
			value := known.Send
			if value == "" {
				value = "<" + known.Name + ">"
			}
			e.find(CodeMissingParameter, Warning, nowhere, fmt.Sprintf("%s needs the parameter %s: %s", e.preset.Name, known.Name, lowerFirst(known.Meaning)),
				e.adding(known.Name, value, "Add "+known.Name))
		case there && len(known.Values) > 0 && known.Send != "" && e.template != nil:
			e.accepted(known, p)
		}
	}
	if others := e.unapproved(); len(others) > 0 && !e.preset.ReadsStatus {
		e.find(CodeStatusUnread, Warning, nowhere, fmt.Sprintf("%s does not read a status: it counts %s conversions as approved.", e.preset.Name, strings.Join(others, " or ")), nil)
	}
}

func (e *exam) isClick(known presets.Parameter) bool { return known.Send == "{param_1}" }

func (e *exam) piece(name string) (piece, bool) {
	for _, p := range e.pieces {
		if strings.EqualFold(p.name, name) {
			return p, true
		}
	}
	return piece{}, false
}

// accepted finds values that a parameter would send and its tracker does not accept, for
// the goals and statuses asked about.
func (e *exam) accepted(known presets.Parameter, p piece) {
	t, err := macro.ParseFor("https://x.example/?v="+p.value, macro.Aggregated)
	if err != nil || p.value == "" {
		return
	}
	refused := []string{}
	for _, values := range e.moments() {
		sent := sentAs(t, values)
		if sent != "" && !slices.ContainsFunc(known.Values, func(v string) bool { return strings.EqualFold(v, sent) }) && !slices.Contains(refused, sent) {
			refused = append(refused, sent)
		}
	}
	if len(refused) == 0 || len(t.Macros()) == 0 {
		return
	}
	e.find(CodeNotAccepted, Warning, p.at, fmt.Sprintf("%s accepts %s for %s; this sends %s.", e.preset.Name, strings.Join(known.Values, ", "), known.Name, strings.Join(refused, ", ")),
		e.replacing(p.at, known.Send, "Use "+short(known.Send)))
}

func sentAs(t *macro.Template, values *macro.Values) string {
	url := t.Expand(values)
	return url[strings.Index(url, "=")+1:]
}

// moments are the values of goal and status in each case asked about.
func (e *exam) moments() []*macro.Values {
	goals := e.Goals
	if len(goals) == 0 {
		goals = []string{commission.GoalRegistration, commission.GoalFTD}
	}
	var list []*macro.Values
	for _, goal := range goals {
		for _, status := range e.statuses() {
			v := macro.SampleValues()
			v.Set(macro.GoalID, goal)
			v.Set(macro.Status, string(status))
			list = append(list, v)
		}
	}
	return list
}

func (e *exam) statuses() []commission.Status { return statusesOf(e.Statuses) }

// statusesOf are those that fire a postback, given what was chosen.
func statusesOf(chosen []commission.Status) []commission.Status {
	if len(chosen) == 0 {
		return []commission.Status{commission.Approved}
	}
	return chosen
}

// unapproved are the statuses asked about besides approved.
func (e *exam) unapproved() []string {
	var names []string
	for _, s := range e.statuses() {
		if s != commission.Approved {
			names = append(names, string(s))
		}
	}
	return names
}

func short(proposal string) string {
	const most = 32
	if len(proposal) > most {
		return proposal[:most] + "…}"
	}
	return proposal
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
