package presets

import (
	"maps"
	"slices"
)

// PresetByKey finds a preset; nil where there is none.
func PresetByKey(key string) *Preset {
	for _, p := range catalog {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// OpenBlanks lists the blanks that a template still has.
func OpenBlanks(template string) []string {
	var names []string
	for _, t := range Tokens(template) {
		if t.Dialect == AngleBrackets && !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	return names
}

// ForeignNames lists the names whose usual meaning is known, squashed.
func ForeignNames() []string { return slices.Sorted(maps.Keys(meanings)) }

// Networks lists the networks that are known by their placeholders, as those would
// stand in a URL.
func Networks() map[string]string {
	written := map[string]string{}
	for _, n := range networks {
		url := "https://my.trk.io/in?x=1"
		for _, token := range n.tokens[:n.needs] {
			url += "&y=" + n.dialect.Form(token)
		}
		written[n.name] = url
	}
	return written
}
