// Package jobs is the delivery engine.
//
// The table deliveries is the truth and the only backlog; River holds only what
// may run now. A delivery's row says where it is: with due_at it waits in the
// table (a retry, a replay), with claimed_at an attempt is under way, with
// neither it has a River job or has ended.
//
//	Enqueue   makes the job of a new delivery, in the transaction that records it
//	promote   makes the jobs of what has waited long enough
//	deliver   claims a delivery by compare-and-set on its attempt number, sends it
//	          through package dispatch, and hands what came of it to the writer
//	writer    commits attempts and state changes in groups; a job ends after that
//	sweep     takes back what a dead process had claimed
//	replay    makes a new delivery out of one that has ended
//
// River's own retries and snoozes are never used for waiting: a job that comes
// for a delivery which has moved on does nothing and ends. So a job may be lost
// or run twice, and nothing happens.
//
// It owns no HTTP server and no GraphQL, and it does not know how conversions
// are recorded.
package jobs
