package intake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"postrider/commission"
)

// dialect is how an operator says what we call goal, click_id, approved …
type dialect struct {
	names    map[string]string            // ours to theirs: a name, a path with dots into their JSON, or "=" and a fixed value
	goals    map[string]string            // their word, in lower case, to our goal's key
	statuses map[string]commission.Status // their word, in lower case, to our status
}

func readDialect(names, goals, statuses []byte) (dialect, error) {
	d := dialect{goals: map[string]string{}, statuses: map[string]commission.Status{}}
	var goalWords map[string]string
	var statusWords map[string]commission.Status
	for _, part := range []struct {
		text []byte
		into any
	}{{names, &d.names}, {goals, &goalWords}, {statuses, &statusWords}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return d, fmt.Errorf("reading the words of a source: %w", err)
		}
	}
	for word, key := range goalWords {
		d.goals[wordKey(word)] = key
	}
	for word, status := range statusWords {
		d.statuses[wordKey(word)] = status
	}
	return d, nil
}

func wordKey(word string) string { return strings.ToLower(strings.TrimSpace(word)) }

// translate gives the values their names and words of ours.
func (d dialect) translate(values url.Values) url.Values {
	ours := maps.Clone(values)
	for name, theirs := range d.names {
		if fixed, ok := strings.CutPrefix(theirs, "="); ok {
			ours[name] = []string{fixed}
		} else if given, ok := values[theirs]; ok {
			ours[name] = given
		}
	}
	if key, ok := d.goals[wordKey(ours.Get(commission.ParamGoal))]; ok {
		ours.Set(commission.ParamGoal, key)
	}
	if status, ok := d.statuses[wordKey(ours.Get(commission.ParamStatus))]; ok {
		ours.Set(commission.ParamStatus, string(status))
	}
	return ours
}

// secretNames is where the operator puts its proof.
func (d dialect) secretNames() map[string]bool {
	names := map[string]bool{commission.ParamToken: true, commission.ParamSignature: true}
	for _, ours := range []string{commission.ParamToken, commission.ParamSignature} {
		if theirs := d.names[ours]; theirs != "" && !strings.HasPrefix(theirs, "=") {
			names[theirs] = true
		}
	}
	return names
}

// signatureName is the parameter that carries the signature.
func (d dialect) signatureName() string {
	if theirs := d.names[commission.ParamSignature]; theirs != "" {
		return theirs
	}
	return commission.ParamSignature
}
