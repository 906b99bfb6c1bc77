// Package presets has what is known of affiliates' trackers: the catalogue of
// presets, the dialects in which networks write placeholders, and the recognition
// of a pasted postback URL, in any dialect.
//
// It owns the catalogue, the dialects and the mapping of foreign names to our
// macros. It sends nothing, and does not check a template: package doctor does.
//
// The catalogue contains only what a vendor's own page or a third party confirms;
// each preset names the page. Money that a tracker counts as earned is {payout}, what
// the player paid is {amount}.
//
// # Recognising
//
// [Recognize] reads the dialect before it reads the URL: #s2# would be a fragment,
// %id% a bad escape, (x) the end of a sentence. So placeholders are found first,
// then the URL around them, then its parameters. A parameter is mapped by what the
// recognised tracker documents, else by its name, else by the placeholder's name,
// and is SURE only where the tracker's documentation says so or both names agree.
// The proposal is always valid in our macro language.
package presets
