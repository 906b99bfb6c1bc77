package filter

import "entgo.io/ent/dialect/sql"

// Archived returns the predicates of a list's argument: false leaves archived rows out, true lists
// only these, nil lists both.
func Archived[P ~func(*sql.Selector)](archived *bool) []P {
	switch {
	case archived == nil:
		return nil
	case *archived:
		return []P{P(sql.FieldNotNull("archived_at"))}
	default:
		return []P{P(sql.FieldIsNull("archived_at"))}
	}
}
