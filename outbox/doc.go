// Package outbox owns the rows of deliveries and attempts: what has been recorded and must
// reach trackers. No other package inserts, changes or deletes one.
//
// A delivery is in one Place at a time, defined by its state and four more columns. Each
// verb of the package moves deliveries from some places to others, by the table Moves, and
// leaves those elsewhere as they are: a late or repeated call does nothing. When a row
// moves is decided elsewhere: intake records, jobs claims and finishes, setup releases and
// cancels, testfire records what has ended.
//
// All verbs work in the caller's transaction, a Tx, and notify subscribers of what they
// changed with its commit.
package outbox
