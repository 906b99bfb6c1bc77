package dispatch

import (
	"io"

	"postrider/internal/enum"
)

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Queued    State = "queued"    // waits for its first attempt, or to be replayed
	Retrying  State = "retrying"  // an attempt failed; another is due
	Delivered State = "delivered" // the tracker has it
	Failed    State = "failed"    // no attempt will follow unless somebody replays it
	Cancelled State = "cancelled" // somebody stopped it
	Held      State = "held"      // waits for its endpoint or its postback, spending no attempts
)

// States lists every state in the order of a delivery's life.
func States() []State {
	return []State{Queued, Retrying, Delivered, Failed, Cancelled, Held}
}

// Final reports whether nothing more happens to the delivery by itself.
func (s State) Final() bool { return s == Delivered || s == Failed || s == Cancelled }

// Values gives the database values, for ent.
func (State) Values() []string { return enum.Strings(States()) }

// MarshalGQL writes the GraphQL name, for example DELIVERED.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States()) }
