// Package jobs is the delivery engine.
//
// The table deliveries is the truth and the only backlog; River holds only what
// may run now. A delivery's row says where it is: with due_at it waits for a time
// (a retry, a replay), with parked_at for its endpoint, with blocked_by for an
// earlier step of its conversion; with claimed_at an attempt is under way; with
// none of these it is in a River job or has ended.
//
//	Enqueue    makes the jobs of new deliveries, in the transaction that records them
//	handover   sends what this process records and can send at once, with no queue
//	           between
//	endpoints  says whether a delivery may go out now: the cap and the circuit of
//	           where it goes; one that may not is parked
//	deliver    claims a delivery by compare-and-set on its attempt number, sends it
//	           through package dispatch, and hands what came of it to the writer
//	writer     commits attempts and state changes in groups, and deletes the jobs
//	promoter   moves what is due and what is parked into River, fairly
//	sweep      takes back what a dead process had claimed
//	replay     makes new deliveries out of ones that have ended, one or many
//
// River's own retries and snoozes are never used for waiting: a job that comes
// for a delivery which has moved on does nothing and ends. So a job may be lost
// or run twice, and nothing happens.
//
// It owns no HTTP server and no GraphQL, and it does not know how conversions
// are recorded.
package jobs
