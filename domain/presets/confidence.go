package presets

import (
	"io"

	"postrider/internal/enum"
)

// Confidence is how sure a proposal is.
type Confidence string

// The confidences, from the highest.
const (
	Sure   Confidence = "sure"   // documented, or all names agree
	Likely Confidence = "likely" // the usual meaning of a name
	Guess  Confidence = "guess"  // one of several meanings
	None   Confidence = "none"   // nothing is proposed; the text is left unchanged
)

// Confidences lists every Confidence.
func Confidences() []Confidence { return []Confidence{Sure, Likely, Guess, None} }

// Values returns the texts, as for every enumeration.
func (Confidence) Values() []string { return enum.Strings(Confidences()) }

// MarshalGQL writes the GraphQL name, for example SURE.
func (c Confidence) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL reads the GraphQL name.
func (c *Confidence) UnmarshalGQL(v any) error { return enum.Read(v, c, Confidences()) }
