// Package commission knows what conversions are worth: the dictionary of goals, the
// lifecycle of a conversion, how an operator's amounts are read, and what a deal
// pays for one event.
//
// It does not know how conversions are recorded or attributed (package intake), nor
// which postbacks tell of them (package firing).
//
// Money is decimal from the first character read to the last one written, never
// floating point. Payouts are rounded once, at the end, to the places of their
// currency, half away from zero.
//
// It is specified on the product page: "Concepts", and "Facts that decide details".
package commission
