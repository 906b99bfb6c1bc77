package outbox

import "postrider/dispatch"

// Reason is the code of why a delivery waits or ended: one of its own, or a
// [dispatch.Reason], that of its last attempt. It is stored; people read its sentence.
type Reason string

// The reasons that no attempt has.
const (
	CircuitOpen  Reason = "CIRCUIT_OPEN"  // held: the endpoint keeps failing
	PostbackHeld Reason = "POSTBACK_HELD" // held: the postback waits for its owner

	Aggregation     Reason = "AGGREGATION"       // queued: conversions of its click may still join it
	WaitsForEarlier Reason = "WAITS_FOR_EARLIER" // queued: an earlier step of the same conversion goes out first

	NothingLeft     Reason = "NOTHING_LEFT"     // cancelled: all that it had aggregated changed before its window closed
	PostbackDeleted Reason = "POSTBACK_DELETED" // cancelled: its postback was deleted before it was sent
	ReplayCancelled Reason = "REPLAY_CANCELLED" // cancelled: the replay of many that it belongs to was called off
)

var explanations = map[Reason]dispatch.Explanation{
	CircuitOpen:     {Text: "The tracker keeps failing, so its postbacks wait until it answers again", NextStep: "Nothing is lost: fix the tracker, and they are sent in order."},
	PostbackHeld:    {Text: "The postback is on hold", NextStep: "Resume the postback, and it is sent."},
	Aggregation:     {Text: "It aggregates the conversions of its click, and tells of them in one request when its window closes", NextStep: "Nothing to do: it is sent by itself."},
	WaitsForEarlier: {Text: "An earlier status of the same conversion is still on its way, and goes out first", NextStep: "Nothing to do: this one follows it."},
	NothingLeft:     {Text: "Every conversion that it had aggregated changed its status before the window closed, so there was nothing left to tell", NextStep: "Nothing to do: the tracker never heard of them."},
	PostbackDeleted: {Text: "Its postback was deleted before it was sent", NextStep: "Make the postback anew if it should still be told."},
	ReplayCancelled: {Text: "The replay that it was part of was called off before it was sent", NextStep: "Replay it again if it should still be sent."},
}

// Sentence says in one sentence why. The detail is what was stored with the reason: a
// host, an address, a limit; it may be empty.
func (r Reason) Sentence(detail string) string {
	if e, ok := explanations[r]; ok {
		return e.Sentence(detail)
	}
	return dispatch.Reason(r).Sentence(detail)
}

// NextStep says what its owner should try.
func (r Reason) NextStep() string {
	if e, ok := explanations[r]; ok {
		return e.NextStep
	}
	return dispatch.Reason(r).NextStep()
}
