package outbox

import "postrider/dispatch"

// Reason is the code of why a delivery waits or ended: one of those below, or the
// [dispatch.Reason] of its last attempt. It is stored; users see its sentence.
type Reason string

// The reasons that no attempt has.
const (
	CircuitOpen  Reason = "CIRCUIT_OPEN"  // held: the endpoint keeps failing
	PostbackHeld Reason = "POSTBACK_HELD" // held: the tracker returned 410, and the postback has not been changed since

	Aggregation     Reason = "AGGREGATION"       // queued: conversions of its click may still join it
	WaitsForEarlier Reason = "WAITS_FOR_EARLIER" // queued: an earlier step of the same conversion goes out first

	CancelledByUser Reason = "CANCELLED_BY_USER" // cancelled: somebody did before it was sent
	NothingLeft     Reason = "NOTHING_LEFT"      // cancelled: every conversion that it had aggregated changed status before its window closed
	PostbackDeleted Reason = "POSTBACK_DELETED"  // cancelled: its postback was deleted before it was sent
	ReplayCancelled Reason = "REPLAY_CANCELLED"  // cancelled: its bulk replay was cancelled
)

// Reasons lists the reasons that no attempt has.
func Reasons() []Reason {
	return []Reason{CircuitOpen, PostbackHeld, Aggregation, WaitsForEarlier, CancelledByUser, NothingLeft, PostbackDeleted, ReplayCancelled}
}

var explanations = map[Reason]dispatch.Explanation{
	CircuitOpen:     {Text: "Waiting: tracker unavailable", NextStep: "Fix the tracker: waiting postbacks are sent in order, and none are lost."},
	PostbackHeld:    {Text: "Waiting: the tracker returned 410 Gone", NextStep: "Enter the tracker's new URL and save the postback: it is sent then."},
	Aggregation:     {Text: "Aggregating: the conversions of its click are sent in one request when its window closes", NextStep: "Nothing to do: it is sent automatically."},
	WaitsForEarlier: {Text: "Waiting for previous: an earlier status of the same conversion is sent first", NextStep: "Nothing to do: this one follows it."},
	CancelledByUser: {Text: "Somebody cancelled it before it was sent", NextStep: "Replay it if it should still be sent."},
	NothingLeft:     {Text: "Every conversion that it had aggregated changed its status before the window closed, so there was nothing to send", NextStep: "Nothing to do: no postback was sent for them."},
	PostbackDeleted: {Text: "Its postback was deleted before it was sent", NextStep: "Create the postback again if its conversions should still be sent."},
	ReplayCancelled: {Text: "Its bulk replay was cancelled before it was sent", NextStep: "Replay it again if it should still be sent."},
}

// Sentence explains the reason in one sentence. The detail is what was stored with it: a
// host, an address, a limit; it may be empty.
func (r Reason) Sentence(detail string) string {
	if e, ok := explanations[r]; ok {
		return e.Sentence(detail)
	}
	return dispatch.Reason(r).Sentence(detail)
}

// NextStep returns what the postback's owner should try.
func (r Reason) NextStep() string {
	if e, ok := explanations[r]; ok {
		return e.NextStep
	}
	return dispatch.Reason(r).NextStep()
}
