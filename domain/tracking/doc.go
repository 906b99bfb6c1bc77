// Package tracking turns a tracking link and a request for it into a click and the
// address that the player is sent to.
//
// It owns: click ids and link codes, what a click keeps of its request and how it
// is cut and cleaned, which requests are no clicks (bots, previews, prefetches), the
// choice between landing page, deep link, destination and fallback, and how a
// tracking link is written. It does not load links, record clicks or answer HTTP:
// package intake and the server do.
//
// Three rules hold throughout. What the affiliate put on the link comes back as it
// came, up to its limit. A player is never stranded by a fault in the link: an
// unknown landing page or a deep link that is not allowed leads to the offer. A
// link never leads anywhere but to the offer's own addresses and allowed hosts.
//
// Its integration is the contract's route /c/{link}.
package tracking
