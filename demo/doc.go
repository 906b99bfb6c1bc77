// Package demo makes a believable affiliate network: it fills an empty database with a month of
// traffic (Fill), finds data that it filled earlier (Find), and continues the traffic through
// the real HTTP routes (Traffic).
//
// The past is written in bulk, but decided by the same pure functions as the present: firing
// decides which postbacks a conversion fired, commission what it paid, dispatch the result of
// every attempt. A seed makes the same month again, relative to the day on which it is made;
// keys, tokens and secrets are random all the same.
//
// The order of reading: catalog.go has the network, world.go writes it into the database,
// visitor.go and story.go generate players, history.go processes their conversions, delivery.go
// their deliveries, rows.go copies it all into the database.
package demo
