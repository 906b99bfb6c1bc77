// Package tracking turns a tracking link and a request for it into a click and the
// URL that the player is redirected to.
//
// It owns: click ids and link codes, what a click keeps of its request and how it
// is truncated and cleaned, which requests are no clicks (bots, previews, prefetches), the
// choice between landing page, deep link, destination and fallback, and how a
// tracking link is written. It does not load links, record clicks or answer HTTP:
// package intake and the server do.
//
// Three rules hold throughout. What the affiliate put on the link is returned
// unchanged, up to its limit. A fault in the link never leaves a player without a
// page: an unknown landing page or a deep link that is not allowed leads to the
// offer. A link only ever leads to the offer's own URLs and allowed hosts.
//
// Its specification is the contract's route /c/{link}.
package tracking
