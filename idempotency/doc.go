// Package idempotency makes mutations safe to repeat: what was done under a client's key is kept
// for 24 hours, and a repeat gets its result instead of doing it again.
//
// A key belongs to its viewer: the API token, or the user's sessions, and the affiliate that the
// user has at that time. So no token reads with a key what another one made, and a user who moved
// to another affiliate starts anew.
//
// The row of a key is written by the transaction that does the work: whoever makes something in a
// mutation names it there, with [Call.Done] of [From]. Either both are committed or neither. The
// payload is added afterwards; if the process dies before that, it is made again from what was
// named. While a call runs it holds an advisory lock, so that a second one waits for the first and
// the calls of dead processes hold up nobody. The lock keeps calls apart; if it is lost, the
// unique key does: the second one's transaction fails, and it finds what the first has done.
//
// The package knows neither GraphQL nor what a mutation does: graph decides which take a key, and
// how a payload is written down.
package idempotency
