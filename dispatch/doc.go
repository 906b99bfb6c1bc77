// Package dispatch sends one prepared request safely, and judges its response.
//
// It owns: what a target may be ([Guard]), the exchange itself with its limits and timings
// ([Client]), the verdict on it ([Judge]) with a reason in words ([Reason]), the rule on a
// response's body ([firing.BodyRule]), the retry schedule ([Schedule]), and the circuit of
// an endpoint ([Circuit]). It does not own queues, rows or time: callers pass the current
// time and act on what it returns.
//
// Three rules hold throughout. Nothing is sent to an address that is not public unless the
// installation allows it, whatever a name resolves to at connect. No exchange outlives its
// budget, whatever the other side does. Decisions are apart from effects: Judge and Circuit
// are functions of their arguments.
//
// Its source is the page on the delivery engine, points 4, 5, 6, 7, 9 and 10.
package dispatch
