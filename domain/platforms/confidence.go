package platforms

import (
	"io"

	"postrider/internal/enum"
)

// Confidence is how well the macros of a template are confirmed.
type Confidence string

// The confidences, from the highest.
const (
	Documented  Confidence = "documented"  // by whoever makes the platform, or runs the programme
	Observed    Confidence = "observed"    // in somebody else's page or program
	Unpublished Confidence = "unpublished" // its macros are not public: the URL has our own names in their place
)

// Confidences lists every Confidence.
func Confidences() []Confidence { return []Confidence{Documented, Observed, Unpublished} }

// Values returns the texts, as for every enumeration.
func (Confidence) Values() []string { return enum.Strings(Confidences()) }

// MarshalGQL writes the GraphQL name, for example DOCUMENTED.
func (c Confidence) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL reads the GraphQL name.
func (c *Confidence) UnmarshalGQL(v any) error { return enum.Read(v, c, Confidences()) }
