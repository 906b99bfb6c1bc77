package outbox

import "strings"

// Place is where a delivery is: what it waits for, or how it ended. Each is defined by the
// row's columns, and no row is in two.
type Place string

// The places.
const (
	InJob       Place = "in a job"                   // in a River job, or about to be
	Waiting     Place = "waiting for a time"         // due_at: a retry, a replay
	InWindow    Place = "aggregating"                // due_at and aggregates: conversions may still join it
	Parked      Place = "parked"                     // waits for a permit at its endpoint
	HeldParked  Place = "held by its circuit"        // parked, and its owner sees why
	Blocked     Place = "waiting for an earlier one" // blocked_by
	InFlight    Place = "in flight"                  // claimed: an attempt is in flight
	HeldBack    Place = "held with its postback"     // until its owner saves the postback again
	IsDelivered Place = "delivered"
	IsFailed    Place = "failed"
	IsCancelled Place = "cancelled"
)

// placeSQL defines each place by the columns of a row.
var placeSQL = map[Place]string{
	InJob:       `state IN ('queued', 'retrying') AND due_at IS NULL AND parked_at IS NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	Waiting:     `state IN ('queued', 'retrying') AND due_at IS NOT NULL AND aggregates IS NULL AND parked_at IS NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	InWindow:    `state = 'queued' AND due_at IS NOT NULL AND aggregates IS NOT NULL AND parked_at IS NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	Parked:      `state IN ('queued', 'retrying') AND due_at IS NULL AND parked_at IS NOT NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	HeldParked:  `state = 'held' AND due_at IS NULL AND parked_at IS NOT NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	Blocked:     `state IN ('queued', 'retrying') AND due_at IS NULL AND parked_at IS NULL AND blocked_by IS NOT NULL AND claimed_at IS NULL`,
	InFlight:    `state IN ('queued', 'retrying') AND due_at IS NULL AND parked_at IS NULL AND blocked_by IS NULL AND claimed_at IS NOT NULL`,
	HeldBack:    `state = 'held' AND due_at IS NULL AND parked_at IS NULL AND blocked_by IS NULL AND claimed_at IS NULL`,
	IsDelivered: `state = 'delivered'`,
	IsFailed:    `state = 'failed'`,
	IsCancelled: `state = 'cancelled'`,
}

// Places lists every place in the order of a delivery's life.
func Places() []Place {
	return []Place{InJob, Waiting, InWindow, Parked, HeldParked, Blocked, InFlight, HeldBack, IsDelivered, IsFailed, IsCancelled}
}

// SQL returns a condition for the rows in a place. A test checks that each row is in
// exactly one.
func (p Place) SQL() string { return "(" + placeSQL[p] + ")" }

// Ended reports whether a delivery there has ended.
func (p Place) Ended() bool { return p == IsDelivered || p == IsFailed || p == IsCancelled }

// Move is a verb: from which places it takes a delivery, and to which.
type Move struct {
	Verb string
	From []Place // none: it makes a new row
	To   []Place
	Says string // when it is used
}

// Moves lists the verbs that make or move a delivery's row.
func Moves() []Move {
	waits := []Place{InJob, Waiting, InWindow, Parked, HeldParked, Blocked, HeldBack}
	return []Move{
		{"Record", nil, []Place{InJob, InFlight, HeldBack}, "a conversion fires a postback"},
		{"Open", nil, []Place{InWindow}, "a conversion opens a window of a postback that aggregates"},
		{"RecordEnded", nil, []Place{IsDelivered, IsFailed}, "a test was sent"},
		{"Replay", nil, []Place{Waiting}, "somebody sends one again"},
		{"ReplaySome", nil, []Place{Parked, HeldParked}, "a bulk replay is fed"},
		{"Summarize", []Place{InWindow}, []Place{InWindow}, "conversions joined or left a window"},
		{"Close", []Place{InWindow}, []Place{Waiting}, "a window is over, and another opens"},
		{"Claim", []Place{InJob}, []Place{InFlight}, "a job begins its attempt"},
		{"Wait", []Place{InJob}, []Place{Blocked}, "an earlier one of its conversion is on its way"},
		{"Finish", []Place{InFlight, InJob, Waiting, Parked, HeldParked, Blocked, HeldBack}, []Place{IsDelivered, IsFailed, Waiting, HeldBack, IsCancelled},
			"an attempt is over; a late answer finds the row where its sweep put it, by the number of its attempt"},
		{"Unblock", []Place{Blocked}, []Place{Waiting}, "what it waited for has ended"},
		{"ParkDue", []Place{Waiting, InWindow}, []Place{Parked, HeldParked}, "its time has come"},
		{"Park", []Place{InJob}, []Place{Parked, HeldParked}, "its endpoint has no permit left"},
		{"Hold", []Place{Parked}, []Place{HeldParked}, "the circuit of its endpoint opened"},
		{"Promote", []Place{Parked, HeldParked}, []Place{InJob}, "its endpoint has a permit for it"},
		{"PromoteOne", []Place{HeldParked}, []Place{InJob}, "somebody released it: it probes its endpoint"},
		{"TakeBack", []Place{InJob, InFlight}, []Place{Waiting}, "its process has ended, or hangs"},
		{"Release", []Place{HeldBack}, []Place{Waiting}, "its postback was saved again"},
		{"CancelPostback", waits, []Place{IsCancelled}, "its postback was deleted"},
		{"CancelOne", waits, []Place{IsCancelled}, "somebody cancelled it"},
		{"CancelReplay", waits, []Place{IsCancelled}, "its bulk replay was cancelled"},
		{"CancelWindow", []Place{InWindow}, []Place{IsCancelled}, "nothing is left in its window"},
	}
}

// List returns the places' names, joined.
func List(places []Place) string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}
