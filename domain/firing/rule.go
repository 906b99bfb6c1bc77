package firing

// Rule names what decided over a postback. It is stored with the conversion and
// shown in its trace.
type Rule string

// The rules, in the order in which they are asked.
const (
	Unattributed   Rule = "unattributed"
	OtherAffiliate Rule = "affiliate"
	Deleted        Rule = "deleted"
	Disabled       Rule = "disabled"
	UnknownScope   Rule = "scope"
	OtherOffer     Rule = "offer"
	OtherCampaign  Rule = "campaign"
	OtherGoal      Rule = "goal"
	OtherStatus    Rule = "status"
	Unchanged      Rule = "unchanged" // the status is what it was: a tracker counts each call
	OverCap        Rule = "cap"       // the day's cap was reached: it pays nothing, and nobody is told
	Held           Rule = "held"      // matched; its delivery is made, and waits
	Matched        Rule = "matched"   // matched; its delivery is queued
)

// Fires reports whether a delivery comes of it: at once for Matched, and one that
// is held for Held, so that nothing is lost while a postback is on hold.
func (r Rule) Fires() bool { return r == Matched || r == Held }
