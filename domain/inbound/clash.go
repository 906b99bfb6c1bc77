package inbound

import (
	"io"

	"postrider/internal/enum"
)

// Difference is what a report says otherwise than the recorded conversion.
type Difference struct {
	Field    string `json:"field"`    // our name: amount, click_id …
	Recorded string `json:"recorded"` // as it is recorded; empty for none
	Reported string `json:"reported"`
}

// Resolution is what staff decided about a clash: a report of a recorded transaction with another
// click or player.
type Resolution string

// The resolutions of a clash.
const (
	Same     Resolution = "same"     // it is the recorded event: the report changes nothing
	Separate Resolution = "separate" // it is another event, recorded by itself
)

// Resolutions lists every Resolution.
func Resolutions() []Resolution { return []Resolution{Same, Separate} }

// Values gives the database values, for ent.
func (Resolution) Values() []string { return enum.Strings(Resolutions()) }

// MarshalGQL writes the GraphQL name, for example SEPARATE.
func (r Resolution) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL reads the GraphQL name.
func (r *Resolution) UnmarshalGQL(v any) error { return enum.Read(v, r, Resolutions()) }
