// Package intake writes facts down: a click, a conversion, a step of its
// lifecycle. Each is one transaction, and what follows from a conversion (its
// event, its deliveries, their jobs) commits with it or not at all.
//
// The way of an operator's call: Receive authenticates it (authenticate.go),
// reads its parameters (parameters.go), records the conversion (record.go) or
// moves it along (lifecycle.go), decides what fires (fire.go), and keeps the call
// in the received log whatever became of it (received.go). What makes a call a
// duplicate is decided by the database's unique indexes alone.
//
// It owns no HTTP, no queue and no sending: jobs are made through Enqueuer, in
// the transaction that it is given. Nothing here is scoped to a viewer: its
// callers are public routes and staff's mutations.
package intake
