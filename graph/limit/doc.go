// Package limit bounds what one operation of the API may cost, whoever sends it, before anything
// walks the whole of its document.
//
// It owns three things, in the order in which an operation meets them:
//
//   - Document: which texts are parsed and validated at all. Validation compares
//     fields of one name with each other, so it is the number of tokens and of
//     repetitions that bounds it, not the number of bytes.
//   - Measure: what a validated operation costs, each fragment once however often
//     it is spread, and saturating: twenty levels of fragments that spread the next
//     one twice cost a million, and computing that takes twenty steps.
//   - Gate: how many operations are measured and executed at a time, in total and
//     per client.
//
// It does not know Postrider's schema: prices come from the executable schema. A limit that is
// exceeded is an Exceeded, which has the limit's name and number.
package limit
