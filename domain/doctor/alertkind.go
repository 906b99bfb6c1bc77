package doctor

import (
	"io"

	"postrider/internal/enum"
)

// AlertKind is what an alert is about.
type AlertKind string

// The kinds of alert.
const (
	AlertFailing   AlertKind = "postback_failing"          // its tracker refuses or does not answer
	AlertHeld      AlertKind = "postback_held"             // tracker unavailable: deliveries wait
	AlertGone      AlertKind = "postback_gone"             // the tracker returned 410: deliveries wait until the postback is changed
	AlertRecovered AlertKind = "postback_recovered"        // it delivers again
	AlertUncovered AlertKind = "campaign_without_postback" // traffic, and no postback fires for its conversions
	AlertNoParam   AlertKind = "clicks_without_param"      // clicks come without param_1
)

// AlertKinds lists every AlertKind.
func AlertKinds() []AlertKind {
	return []AlertKind{AlertFailing, AlertHeld, AlertGone, AlertRecovered, AlertUncovered, AlertNoParam}
}

// Severity is how much an alert weighs.
func (k AlertKind) Severity() Severity {
	switch k {
	case AlertFailing, AlertHeld, AlertGone:
		return Error
	case AlertRecovered:
		return Hint
	default:
		return Warning
	}
}

// Values gives the database values, for ent.
func (AlertKind) Values() []string { return enum.Strings(AlertKinds()) }

// MarshalGQL writes the GraphQL name, for example POSTBACK_FAILING.
func (k AlertKind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL reads the GraphQL name.
func (k *AlertKind) UnmarshalGQL(v any) error { return enum.Read(v, k, AlertKinds()) }
