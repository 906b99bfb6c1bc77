package inbound

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"postrider/domain/commission"
	"postrider/internal/problem"
)

// Dialect maps an operator's names and words to ours: goal, click_id, approved …
type Dialect struct {
	Names    map[string]string            // ours to theirs: a name, a dotted path into their JSON, or "=" and a fixed value
	Goals    map[string]string            // their word, a [WordKey], to our goal's key
	Statuses map[string]commission.Status // their word, a [WordKey], to our status

	Defaults  map[string]commission.Status // what no status means: by our goal's key, [AllGoals] for the others; approved where none is said
	TellApart bool                         // reports of repeatable goals without a transaction are told apart by click, amount and minute
}

// AllGoals stands for the goals that nothing else is said of.
const AllGoals = "*"

// ReadDialect parses the JSON objects in which a dialect is stored.
func ReadDialect(names, goals, statuses []byte) (Dialect, error) {
	d := Dialect{Goals: map[string]string{}, Statuses: map[string]commission.Status{}}
	var goalMapping map[string]string
	var statusMapping map[string]commission.Status
	for _, part := range []struct {
		text []byte
		into any
	}{{names, &d.Names}, {goals, &goalMapping}, {statuses, &statusMapping}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return d, fmt.Errorf("reading the words of an integration: %w", err)
		}
	}
	for word, key := range goalMapping {
		d.Goals[WordKey(word)] = key
	}
	for word, status := range statusMapping {
		d.Statuses[WordKey(word)] = status
	}
	return d, nil
}

// WordKey returns a word's key for comparison: in lower case, without space around it.
func WordKey(word string) string { return strings.ToLower(strings.TrimSpace(word)) }

// translate maps what was given to our names and words.
func (d Dialect) translate(given fields) (url.Values, []*problem.Error) {
	ours := url.Values{}
	var bad []*problem.Error
	for _, name := range commission.Parameters() {
		theirs, mapped := d.Names[name]
		if fixed, ok := strings.CutPrefix(theirs, "="); ok && mapped {
			ours.Set(name, fixed)
			continue
		}
		of, ok := given[theirs]
		written := theirs
		if !ok || !mapped {
			if of, ok = given[name]; !ok {
				continue
			}
			written = name
		}
		if fault := of.problem(secretName(name)); fault != "" {
			if written != name {
				fault = fmt.Sprintf("(%s) %s", written, fault)
			}
			bad = append(bad, problem.Invalid(name, "%s", fault))
			continue
		}
		ours.Set(name, of.value)
	}
	d.words(ours)
	return ours, bad
}

// words maps the operator's words to ours.
func (d Dialect) words(ours url.Values) {
	if key, ok := d.Goals[WordKey(ours.Get(commission.ParamGoal))]; ok {
		ours.Set(commission.ParamGoal, key)
	}
	if status, ok := d.Statuses[WordKey(ours.Get(commission.ParamStatus))]; ok {
		ours.Set(commission.ParamStatus, string(status))
	}
}

// reads reports whether one of our parameters has this name.
func (d Dialect) reads(name string) bool {
	for _, theirs := range d.Names {
		if theirs == name && name != "" {
			return true
		}
	}
	return false
}

// DefaultStatus returns the status of a report of a goal that states none.
func (d Dialect) DefaultStatus(goal string) commission.Status {
	for _, key := range []string{goal, AllGoals} {
		if status, ok := d.Defaults[key]; ok {
			return status
		}
	}
	return commission.Approved
}

// hides reports whether a parameter is the operator's token or signature.
func (d Dialect) hides(name string) bool {
	return name != "" && (name == d.Names[commission.ParamToken] || name == d.Names[commission.ParamSignature])
}

// secretNames lists the operator's names for token and signature, whole and the last of their
// paths, folded.
func (d Dialect) secretNames() []string {
	var names []string
	for _, ours := range []string{commission.ParamToken, commission.ParamSignature} {
		theirs := d.Names[ours]
		if theirs == "" || theirs[0] == '=' {
			continue
		}
		for _, name := range []string{fold(theirs), fold(theirs[strings.LastIndexByte(theirs, '.')+1:])} {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// signatureName returns the parameter that holds the signature.
func (d Dialect) signatureName() string {
	if theirs := d.Names[commission.ParamSignature]; theirs != "" {
		return theirs
	}
	return commission.ParamSignature
}
