package outbox

import (
	"io"

	"postrider/internal/enum"
)

// BulkState is the state of a bulk replay.
type BulkState string

// The states of a bulk replay.
const (
	BulkRunning   BulkState = "running"
	BulkPaused    BulkState = "paused"    // nothing more is queued until it is resumed
	BulkCancelled BulkState = "cancelled" // what was not sent will not be
	BulkDone      BulkState = "done"      // every replay has ended
)

// BulkStates lists every state.
func BulkStates() []BulkState { return []BulkState{BulkRunning, BulkPaused, BulkCancelled, BulkDone} }

// Values returns the database values, for ent.
func (BulkState) Values() []string { return enum.Strings(BulkStates()) }

// MarshalGQL writes the GraphQL name, for example RUNNING.
func (s BulkState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *BulkState) UnmarshalGQL(v any) error { return enum.Read(v, s, BulkStates()) }
