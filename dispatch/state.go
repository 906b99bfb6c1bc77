package dispatch

import (
	"io"

	"postrider/internal/enum"
)

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Queued    State = "queued"    // waits for its first attempt
	Retrying  State = "retrying"  // was tried and will be tried again
	Delivered State = "delivered" // the tracker took it
	Failed    State = "failed"    // ended; only a replay sends it again
	Cancelled State = "cancelled" // somebody called it off
	Held      State = "held"      // waits for its tracker or its owner
)

// States lists every State.
func States() []State { return []State{Queued, Retrying, Delivered, Failed, Cancelled, Held} }

// Values gives the database values, for ent.
func (State) Values() []string { return enum.Strings(States()) }

// MarshalGQL writes the GraphQL name, for example QUEUED.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States()) }
