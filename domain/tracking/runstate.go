package tracking

import (
	"io"

	"postrider/internal/enum"
)

// RunState is whether an offer or a campaign accepts clicks.
type RunState string

// The run states.
const (
	Active RunState = "active" // clicks go through
	Paused RunState = "paused" // clicks go to the fallback URL
)

// RunStates lists every RunState.
func RunStates() []RunState { return []RunState{Active, Paused} }

// Values returns the database values, for ent.
func (RunState) Values() []string { return enum.Strings(RunStates()) }

// MarshalGQL writes the GraphQL name, for example ACTIVE.
func (r RunState) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL reads the GraphQL name.
func (r *RunState) UnmarshalGQL(v any) error { return enum.Read(v, r, RunStates()) }
