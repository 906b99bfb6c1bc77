// Package feed reads insert-only tables as feeds of changes: every row once, in an order in which
// nothing can appear behind a reader's cursor.
//
// Ids are made, and times taken, before a transaction commits, so whoever reads after the last id
// that it has seen misses the rows of transactions that commit late. Each row of a feed therefore
// has the id of the transaction that wrote it (its stamp, the column tx), and a reader remembers
// the snapshot up to which it has read: which transactions had ended by then. What is new is what
// that snapshot did not see and the present one does. That is exact with late commits, aborted
// transactions and clocks that differ, and a transaction that stays open for hours holds nothing
// back.
//
// Between two snapshots a reader reads a fixed set of rows, a Window, in the order of their ids,
// in pages of bounded work.
package feed
