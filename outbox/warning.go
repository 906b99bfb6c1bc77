package outbox

import (
	"fmt"
	"slices"

	"postrider/domain/macro"
)

// Warning says why a tracker can make nothing of a request, whatever it answered. It is empty
// for a request without fault.
type Warning string

// The warnings.
const (
	ClickIDMissing  Warning = "click_id_missing"  // the click came without the tracker's click id
	ClickIDFiltered Warning = "click_id_filtered" // it came with one, and the template's filters left nothing of it
)

// WarningOf returns the warning of a request in which some macros came out empty. carrier is the
// macro of the tracker's click id, empty for none; v has what each macro had before its filters.
func WarningOf(empty []macro.Name, carrier macro.Name, v *macro.Values) Warning {
	switch {
	case carrier == "" || !slices.Contains(empty, carrier):
		return ""
	case v.Get(carrier) != "":
		return ClickIDFiltered
	default:
		return ClickIDMissing
	}
}

// Sentence says what was wrong with a request, for its affiliate. parameter is the query
// parameter of the tracker's click id, empty where it has none.
func (w Warning) Sentence(carrier macro.Name, parameter string) string {
	if parameter == "" {
		parameter = "the click id"
	}
	switch w {
	case ClickIDMissing:
		return fmt.Sprintf("%s went out empty: this click came without %s, so the tracker cannot attribute the conversion.", parameter, carrier)
	case ClickIDFiltered:
		return fmt.Sprintf("%s went out empty: the filters of {%s} left nothing of the click's value, so the tracker cannot attribute the conversion.", parameter, carrier)
	}
	return ""
}
