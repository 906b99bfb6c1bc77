// Package jobs is the delivery engine.
//
// The table deliveries is the truth and the only backlog; River holds only what
// may run now. Where a delivery is, its row says (outbox.Place); jobs decides when it
// moves, and package outbox moves it.
//
//	enqueue     makes the jobs of new deliveries, in the transaction that records them
//	handover    sends what this process records and can send at once, with no queue
//	            between
//	rounds      of whoever has the lease: park what is due, mark what an open circuit
//	            holds, promote the rest into River by round robin
//	deliver     River's worker: gate, claim, send; what gets no permit is parked
//	gate        a permit of the endpoint, by its limit and its circuit, and a slot of
//	            this process
//	claim       takes a delivery by compare-and-set on its attempt number
//	send        makes the attempt through package dispatch, and learns from it
//	writer      commits attempts and state changes by group commit, and deletes the jobs
//	takeback    what a process had claimed that hangs; owner: one that has ended
//	replay      makes new deliveries out of ones that have ended; bulk: of many, which
//	            feed puts into the table little by little
//
// River's own retries and snoozes are never used for waiting: a job that comes
// for a delivery which has moved on does nothing and ends. So a job may be lost
// or run twice, and nothing happens.
//
// Lock order, in every transaction: postbacks, deliveries, jobs. Nobody waits for a
// second connection while holding one.
//
// It owns no HTTP server and no GraphQL, and it does not know how conversions
// are recorded. engine.go puts the parts together; each of them knows only those
// below it.
package jobs
