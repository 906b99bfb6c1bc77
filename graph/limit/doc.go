// Package limit bounds what one operation of the API may cost, whoever sends it,
// before anything walks the whole of its document.
//
// It owns three things, in the order in which an operation meets them:
//
//   - Document: what a text may look like that is parsed and validated at all.
//     Validation compares fields of one name with each other, so it is the number
//     of tokens and of repetitions that bounds it, not the number of bytes.
//   - Measure: what a validated operation costs, each fragment once however often
//     it is spread, and saturating: twenty levels of fragments that spread the next
//     one twice cost a million, and twenty steps to find that out.
//   - Gate: how many operations are looked at and answered at a time, in all and for
//     each client.
//
// It knows nothing of Postrider's schema: prices are asked of the executable schema.
// A limit that is exceeded is an Exceeded, which names the limit and its number.
package limit
