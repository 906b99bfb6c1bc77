package presets

import "slices"

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
