// Package jobs is the delivery engine.
//
// The table deliveries is the source of truth and the only backlog; River holds only what
// may run now. A row has its delivery's place (outbox.Place); jobs decides when it moves,
// and outbox moves it.
//
//	enqueue     inserts the jobs of new deliveries, in the transaction that records them
//	handover    sends what this process records and can send at once, bypassing
//	            the queue
//	rounds      of the process with the lease: park what is due, mark what an open circuit
//	            holds, promote the rest into River by round robin
//	deliver     River's worker: gate, claim, send; what gets no permit is parked
//	gate        a permit of the endpoint, by its limit and its circuit, and a slot of
//	            this process
//	claim       claims a delivery by compare-and-set on its attempt number
//	send        makes the attempt through package dispatch, and updates limit and circuit
//	writer      commits attempts and state changes by group commit, and deletes the jobs
//	takeback    takes back the claims of a hanging process; owner: of one that has ended
//	replay      creates new deliveries from ones that have ended; bulk: from many, which
//	            feed puts into the table in small steps
//
// River's own retries and snoozes are never used for waiting: a job for a delivery that has
// moved on does nothing and ends. So a job may be lost or run twice without harm.
//
// Lock order, in every transaction: postbacks, deliveries, jobs. No goroutine waits for a
// second connection while holding one.
//
// It owns no HTTP server and no GraphQL, and it does not know how conversions are recorded.
// engine.go wires the parts together; each depends only on those below it.
package jobs
