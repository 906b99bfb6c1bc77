package inbound

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"postrider/domain/commission"
)

// Dialect maps an operator's names and words to ours: goal, click_id, approved …
type Dialect struct {
	Names    map[string]string            // ours to theirs: a name, a dotted path into their JSON, or "=" and a fixed value
	Goals    map[string]string            // their word, a [WordKey], to our goal's key
	Statuses map[string]commission.Status // their word, a [WordKey], to our status
}

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

// translate maps the values to our names and words.
func (d Dialect) translate(values url.Values) url.Values {
	ours := maps.Clone(values)
	for name, theirs := range d.Names {
		if fixed, ok := strings.CutPrefix(theirs, "="); ok {
			ours[name] = []string{fixed}
		} else if given, ok := values[theirs]; ok {
			ours[name] = given
		}
	}
	if key, ok := d.Goals[WordKey(ours.Get(commission.ParamGoal))]; ok {
		ours.Set(commission.ParamGoal, key)
	}
	if status, ok := d.Statuses[WordKey(ours.Get(commission.ParamStatus))]; ok {
		ours.Set(commission.ParamStatus, string(status))
	}
	return ours
}

// hides reports whether a parameter is the operator's token or signature.
func (d Dialect) hides(name string) bool {
	return name == d.Names[commission.ParamToken] || name == d.Names[commission.ParamSignature]
}

// signatureName returns the parameter that holds the signature.
func (d Dialect) signatureName() string {
	if theirs := d.Names[commission.ParamSignature]; theirs != "" {
		return theirs
	}
	return commission.ParamSignature
}
