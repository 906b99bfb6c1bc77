package inbound

import (
	"io"
	"regexp"

	"postrider/internal/enum"
)

// Cause is why a call did not simply report a new conversion, as one of a closed set: what calls
// are counted and found by. Empty where nothing was wrong.
type Cause string

// The causes.
const (
	NoID           Cause = "no_id"            // an id is missing: of click and player, or of a transaction that its goal needs
	MacroNotFilled Cause = "macro_not_filled" // the operator's platform sent a macro in the place of its value
	UnknownClick   Cause = "unknown_click"    // the click id is none of ours
	OtherOperator  Cause = "other_operator"   // the click led to another operator
	OutsideWindow  Cause = "outside_window"   // the click is older than the offer's attribution window
	NoClickBound   Cause = "no_click_bound"   // the player came without a click, and none is known for it
	Repeat         Cause = "repeat"           // the same again
	Differs        Cause = "clash"            // a known event, and something in it differs, which changes nothing
	OverCap        Cause = "over_cap"         // recorded, and pays nothing: a daily cap was reached
	Overtaken      Cause = "overtaken"        // older than what is known of the conversion
	Reversal       Cause = "reversal"         // it took a conversion back: rejected or cancelled
	BadSignature   Cause = "bad_signature"    // the signature, or its time, is missing or wrong
	BadToken       Cause = "bad_token"        // the token is missing or wrong
	BadAddress     Cause = "bad_address"      // from an address that may not call, or to a wrong one: http, or a key that no integration has
	RateLimited    Cause = "rate_limited"     // more calls than the integration takes
	BadField       Cause = "bad_field"        // a parameter, the body or the method cannot be used; also a status that cannot follow
	UnmappedGoal   Cause = "unmapped_goal"    // nobody has mapped the word for its goal
	UnmappedStatus Cause = "unmapped_status"  // nobody has mapped the word for its status
)

// Causes lists every Cause, as a person looks for them.
func Causes() []Cause {
	return []Cause{
		NoID, MacroNotFilled, UnknownClick, OtherOperator, OutsideWindow, NoClickBound, Repeat, Differs, OverCap, Overtaken, Reversal,
		BadSignature, BadToken, BadAddress, RateLimited, BadField, UnmappedGoal, UnmappedStatus,
	}
}

// Values gives the database values, for ent.
func (Cause) Values() []string { return enum.Strings(Causes()) }

// MarshalGQL writes the GraphQL name, for example NO_ID.
func (c Cause) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL reads the GraphQL name.
func (c *Cause) UnmarshalGQL(v any) error { return enum.Read(v, c, Causes()) }

// macroLeft is what a macro begins with, in the notations of the usual platforms.
var macroLeft = regexp.MustCompile(`[{\[<%#$]\s*[\pL_]`)

// Unfilled reports whether a value that means nothing has the look of a macro that was not filled in.
func Unfilled(value string) bool { return macroLeft.MatchString(value) }
