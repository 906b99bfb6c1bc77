package outbox

import (
	"io"
	"slices"

	"postrider/dispatch"
	"postrider/internal/enum"
)

// State is the state of a delivery.
type State string

// The states of a delivery.
const (
	Queued    State = "queued"    // waits for its first attempt, or to be replayed
	Retrying  State = "retrying"  // an attempt failed; another is due
	Delivered State = "delivered" // the tracker accepted it
	Failed    State = "failed"    // no attempt will follow unless somebody replays it
	Cancelled State = "cancelled" // somebody stopped it
	Held      State = "held"      // waits for its endpoint or its postback, spending no attempts
)

// States lists every state in the order of a delivery's life.
func States() []State {
	return []State{Queued, Retrying, Delivered, Failed, Cancelled, Held}
}

// Groups of states are defined here only, for Go and for SQL.
var (
	final    = []State{Delivered, Failed, Cancelled}
	sendable = []State{Queued, Retrying}
	failing  = []State{Failed, Retrying}
	judged   = []State{Delivered, Failed}
)

// The lists of states behind IN.
var (
	FinalSQL      = enum.SQL(final)                                    // [State.Final]
	UnfinishedSQL = enum.SQL(slices.DeleteFunc(States(), State.Final)) // the others
	SendableSQL   = enum.SQL(sendable)                                 // neither ended nor held: sent in turn
	FailingSQL    = enum.SQL(failing)                                  // [State.Failing]
	JudgedSQL     = enum.SQL(judged)                                   // ended by a result: the two sides of a success rate
)

// FailedSQL is true for a row d of deliveries that counts as failed: no replay stands for it.
const FailedSQL = `(d.state = '` + string(Failed) + `' AND d.superseded_by IS NULL)`

// Final reports whether the delivery has ended.
func (s State) Final() bool { return slices.Contains(final, s) }

// Failing reports whether the last attempt failed.
func (s State) Failing() bool { return slices.Contains(failing, s) }

// Waits returns the state of a delivery that is sent in turn, after so many attempts.
func Waits(attempts int) State {
	if attempts == 0 {
		return Queued
	}
	return Retrying
}

// WaitsSQL is [Waits] for a row d of deliveries.
const WaitsSQL = `CASE WHEN d.attempt = 0 THEN '` + string(Queued) + `' ELSE '` + string(Retrying) + `' END`

// Values returns the database values, for ent.
func (State) Values() []string { return enum.Strings(States()) }

// MarshalGQL writes the GraphQL name, for example DELIVERED.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States()) }

// after returns the state that follows from a verdict.
func after(v dispatch.Verdict) State {
	switch v {
	case dispatch.Accepted:
		return Delivered
	case dispatch.TryAgain:
		return Retrying
	case dispatch.GiveUp:
		return Failed
	}
	panic("an outcome without a verdict") // Judge always sets one
}
