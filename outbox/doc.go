// Package outbox owns the rows of deliveries and attempts: what has been recorded
// and must reach trackers. Nobody else inserts, changes or deletes one.
//
// A delivery is in one Place at a time, which four columns beside its state tell.
// Each verb of the package moves deliveries from some places to others, by the table
// Moves: what is elsewhere it leaves as it is, so whoever comes late, or twice, does
// nothing. Who decides when a row moves is elsewhere: intake records, jobs claims and
// finishes, setup releases and cancels, testfire records what has ended.
//
// All verbs work in the caller's transaction, a Tx, and announce what they changed
// with its commit, so that whoever watches sees it.
package outbox
