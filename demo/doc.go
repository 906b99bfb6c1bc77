// Package demo makes a believable affiliate network: it fills an empty database
// with a month of traffic (Fill), finds what it once filled (Find), and goes on
// making traffic through the true HTTP routes (Traffic).
//
// The past is written in bulk, but decided by the same pure functions as the
// present: firing says which postbacks a conversion fired, commission what it
// paid, dispatch what became of every attempt. A seed makes the same month again,
// relative to the day on which it is made; keys, tokens and secrets are random
// all the same.
//
// The order of reading: catalog.go is who and what there is, world.go writes it
// down, visitor.go and story.go invent players, history.go lets their conversions
// happen, delivery.go has them delivered, rows.go copies it all into the database.
package demo
