// Package intake records facts: a click, a conversion, a step of its lifecycle.
// Each is one transaction, and what follows from a conversion (its event, its
// deliveries, their jobs) commits with it or not at all.
//
// A conversion passes through these files: receive.go, which parses the call with
// package inbound, record.go, attribute.go, insert.go with price.go and cap.go,
// decide.go, and changes.go, which passes the deliveries to package outbox. Players
// whose conversions took a step are settled once, at the end of the transaction
// (settle.go); settling does not repeat. A recorded conversion takes a step of its
// lifecycle (lifecycle.go). Duplicates are decided by the database's unique indexes only.
//
// It does no HTTP, no queueing and no sending: jobs are inserted through Enqueuer,
// in the transaction passed to it. Nothing here is scoped to a viewer: its callers
// are public routes and staff's mutations.
package intake
