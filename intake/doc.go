// Package intake writes facts down: a click, a conversion, a step of its
// lifecycle. Each is one transaction, and what follows from a conversion (its
// event, its deliveries, their jobs) commits with it or not at all.
//
// A conversion goes one way: receive.go, which has package inbound read the call,
// record.go, attribute.go, insert.go with price.go and cap.go, decide.go, and
// changes.go, which hands the deliveries to package outbox. Whose conversions took a
// step is settled once, at the end of the transaction (settle.go), and settling ends
// there. What is known already takes a step of its lifecycle (lifecycle.go). What makes
// a call a duplicate is decided by the database's unique indexes alone.
//
// It owns no HTTP, no queue and no sending: jobs are made through Enqueuer, in
// the transaction that it is given. Nothing here is scoped to a viewer: its
// callers are public routes and staff's mutations.
package intake
