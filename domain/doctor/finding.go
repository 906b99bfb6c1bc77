package doctor

import (
	"io"

	"postrider/domain/macro"
	"postrider/internal/enum"
)

// Severity is how much a finding weighs.
type Severity string

// The severities. An error keeps a postback from being saved, the others do not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Hint    Severity = "hint"
)

// Severities lists every Severity, the heaviest first.
func Severities() []Severity { return []Severity{Error, Warning, Hint} }

// Values gives the texts, as every enumeration does.
func (Severity) Values() []string { return enum.Strings(Severities()) }

// MarshalGQL writes the GraphQL name, for example ERROR.
func (s Severity) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Severity) UnmarshalGQL(v any) error { return enum.Read(v, s, Severities()) }

// The codes of findings that are not the macro language's own (macro.Code…).
const (
	CodeOwnURL            = "own_url"             // our own tracking link or inbound URL
	CodeHostBlank         = "host_blank"          // the host is a stand-in
	CodeBlank             = "blank"               // something of the affiliate's own is not filled in
	CodeForeignToken      = "foreign_token"       // a placeholder of another dialect would go out as it is
	CodeFiller            = "filler"              // a word such as REPLACE stands where a value belongs
	CodeNoClickID         = "no_click_id"         // the tracker could not tell which click it was
	CodeOwnClickID        = "own_click_id"        // our click id where the tracker's belongs
	CodeParamNotInLink    = "param_not_in_link"   // a param that the tracking link does not carry
	CodeLinkToken         = "link_token"          // the tracking link has another tracker's token
	CodeLinkEmpty         = "link_without_params" // the tracking link carries no param at all
	CodeSecondQuestion    = "second_question_mark"
	CodeDoubleAmpersand   = "double_ampersand"
	CodeStrayAmpersand    = "stray_ampersand"
	CodeMissingEquals     = "missing_equals"
	CodeRepeatedParameter = "repeated_parameter"
	CodeNoGoal            = "no_goal"   // several goals, and nothing tells them apart
	CodeNoStatus          = "no_status" // several statuses, and nothing tells them apart
	CodeNoConversionID    = "no_conversion_id"
	CodePlayerAsID        = "player_as_transaction"
	CodePersonalData      = "personal_data"
	CodeMissingParameter  = "missing_parameter" // one that the tracker needs
	CodeNotAccepted       = "value_not_accepted"
	CodeStatusUnread      = "status_unread"    // the tracker counts whatever comes
	CodeSameURL           = "same_url"         // another postback fires it too
	CodeFixedCurrency     = "fixed_currency"   // one currency for whatever amount
	CodeNothingPaid       = "nothing_paid"     // no deal pays for any of its goals
	CodeFirstAlone        = "first_alone"      // it speaks of the first of several conversions
	CodeCrossedTrackers   = "crossed_trackers" // another tracker gets the same click ids
	CodeHTTP              = "http"             // the host answers https
	CodeHostNotFound      = "host_not_found"
	CodePrivateHost       = "private_host"
)

// Codes lists every code of a finding; the macro language's own come last.
func Codes() []string {
	return append([]string{
		CodeOwnURL, CodeHostBlank, CodeBlank, CodeForeignToken, CodeFiller, CodeNoClickID, CodeOwnClickID,
		CodeParamNotInLink, CodeLinkToken, CodeLinkEmpty, CodeSecondQuestion, CodeDoubleAmpersand,
		CodeStrayAmpersand, CodeMissingEquals, CodeRepeatedParameter, CodeNoGoal, CodeNoStatus, CodeNoConversionID,
		CodePlayerAsID, CodePersonalData, CodeMissingParameter, CodeNotAccepted, CodeStatusUnread, CodeSameURL,
		CodeFixedCurrency, CodeNothingPaid, CodeFirstAlone, CodeCrossedTrackers, CodeHTTP, CodeHostNotFound,
		CodePrivateHost,
	}, macro.Codes()...)
}

// Finding is one thing that is wrong, or could be better.
type Finding struct {
	Code     string
	Severity Severity
	Message  string // one sentence
	Start    int    // in UTF-16 code units of the template; -1 where it is about no place in it
	End      int
	Fix      *Fix // nil where only a person can fix it
}

// Fix is a change that takes a finding away.
type Fix struct {
	Label       string   // what it does, as on a button
	URLTemplate string   // the whole template, fixed
	Goals       []string // all goals, fixed; nil where they stay
}
