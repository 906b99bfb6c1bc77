package commission

import "regexp"

// The keys of the goals that are built in.
const (
	GoalRegistration = "registration"
	GoalKYC          = "kyc"
	GoalFTD          = "ftd"
	GoalDeposit      = "deposit"
	GoalCPA          = "cpa"
	GoalNetRevenue   = "net_revenue"
)

// Goal is an entry of the event dictionary.
type Goal struct {
	Key               string
	Name              string
	Trigger           string // what the player does
	OncePerPlayer     bool   // otherwise once per transaction
	Billable          bool   // a deal can pay for it
	Reversible        bool   // an approved one can be rejected or cancelled
	Statuses          []Status
	Parameters        []string // names of the operator's call that it may carry beside goal and click or player
	TimestampStandard string   // what its time means and how it is written
}

// GoalKey is what a goal's key looks like.
var GoalKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// BuiltInGoals is the dictionary that every installation begins with, in the order
// of a player's life.
func BuiltInGoals() []Goal {
	const utc = "when it happened at the operator, UTC; RFC 3339 or Unix seconds"
	return []Goal{
		{
			Key: GoalRegistration, Name: "Registration", Trigger: "The player opens an account at the operator.",
			OncePerPlayer: true, Billable: true, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamOccurredAt, ParamStatus}, TimestampStandard: utc,
		},
		{
			Key: GoalKYC, Name: "KYC approved", Trigger: "The operator has verified who the player is.",
			OncePerPlayer: true, Billable: false, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamOccurredAt, ParamStatus}, TimestampStandard: utc,
		},
		{
			Key: GoalFTD, Name: "FTD", Trigger: "The player's first deposit has arrived.",
			OncePerPlayer: true, Billable: true, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamTransaction, ParamAmount, ParamCurrency, ParamOccurredAt, ParamStatus}, TimestampStandard: utc,
		},
		{
			Key: GoalDeposit, Name: "Deposit", Trigger: "A deposit of the player has arrived; each has a transaction id.",
			OncePerPlayer: false, Billable: false, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamTransaction, ParamAmount, ParamCurrency, ParamOccurredAt, ParamStatus}, TimestampStandard: utc,
		},
		{
			Key: GoalCPA, Name: "CPA", Trigger: "The player meets everything that the offer asks of a qualified player.",
			OncePerPlayer: true, Billable: true, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamTransaction, ParamAmount, ParamCurrency, ParamOccurredAt, ParamStatus}, TimestampStandard: "when the last condition was met, UTC; RFC 3339 or Unix seconds",
		},
		{
			Key: GoalNetRevenue, Name: "NGR", Trigger: "The operator reports what it earned from the player in a period; it can be negative.",
			OncePerPlayer: false, Billable: true, Reversible: true, Statuses: Statuses(),
			Parameters: []string{ParamTransaction, ParamAmount, ParamCurrency, ParamOccurredAt, ParamStatus}, TimestampStandard: "the end of the period, UTC; RFC 3339 or Unix seconds",
		},
	}
}
