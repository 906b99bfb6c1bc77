// Package macro is the macro language of postback and landing URLs: a URL
// template with placeholders in braces becomes the URL that is called.
//
//	https://tracker.example/postback?subid={param_1}&payout={payout|mul:0.85|round:2}
//
// It owns the names of the macros, the filters, the encoding of a value for its
// place, and the positions by which a template and its expansion are shown. It does
// not know where values come from (package intake collects them), nor whether a
// target may be called (package dispatch decides).
//
// # Grammar
//
//	template    = target { literal | "{{" | "}}" | placeholder } ;
//	target      = ( "http" | "https" ) "://" host [ ":" port ] ;        (* no macro, no credentials *)
//	placeholder = "{" name { "|" filter } "}" ;
//	name        = macro name or alias, in any case ;
//	filter      = filter name [ ":" argument ] ;
//	argument    = { character | "\" character } ;                       (* "\" takes "{", "}", "|", ",", "=" and "\" as they are *)
//	literal     = any character but "{", "}", spaces and control characters ;
//
// A template is at most [MaxTemplate] bytes. [Parse] reports every error it finds,
// in order, each with the byte offsets it is about.
//
// # Expansion
//
// Expansion is one pass from left to right: a value is never expanded
// again, so a value `{payout}` stays those eight characters. A macro without a
// value is empty. Filters chain from left to right; one that cannot use its input
// (mul on a word, format on what is no date) returns the empty text, so that a
// following default applies.
//
// # Encoding
//
// RFC 3986 with only the unreserved characters left as they are: letters, digits
// and "-._~". A space is %20. So a value can end neither its parameter, its path
// segment nor the URL, and decoding returns the value, byte for byte.
//
// A path segment that a value alone would turn into "." or ".." has its dots
// encoded twice (%252E), because servers resolve "%2E%2E" as they do "..".
//
// The filter raw leaves a value unchanged, for values that are already encoded.
// What it still encodes: whatever could start another parameter, segment or
// fragment in its place ("&", ";", "#", "/", "?", "\", and "=" in a parameter's
// name), what is not allowed in a URL at all (spaces, control characters,
// non-ASCII, quotes, braces), and a "%" that does not begin an escape.
//
// In literal text, what is not allowed in a URL is percent-encoded once, when the
// template is parsed; literal braces stay as they are in the query, where trackers
// expect them, and are encoded elsewhere, as net/http would do.
//
// # Limits
//
// A value is cut at [MaxValue] bytes, at a character's boundary, before its
// filters. An expansion is never cut: half a URL reports half a conversion. One
// longer than [MaxURL] is complete, and its sender fails it as too long.
package macro
