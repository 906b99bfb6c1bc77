package filter

import (
	"postrider/ent/db/alert"
	"postrider/ent/db/predicate"
)

// Predicates returns the filter's predicates. Dismissed alerts are left out unless the filter
// includes them.
func (f *Alert) Predicates() ([]predicate.Alert, error) {
	if f == nil {
		f = &Alert{}
	}
	var ps []predicate.Alert
	if f.Open != nil && *f.Open {
		ps = append(ps, alert.ResolvedAtIsNil())
	} else if f.Open != nil {
		ps = append(ps, alert.ResolvedAtNotNil())
	}
	if f.Dismissed == nil || !*f.Dismissed {
		ps = append(ps, alert.DismissedAtIsNil())
	}
	if len(f.Kinds) > 0 {
		ps = append(ps, alert.KindIn(f.Kinds...))
	}
	return ps, nil
}
