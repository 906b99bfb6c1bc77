package commission

import "slices"

// The parameters of an operator's call. An integration may call them otherwise.
const (
	ParamGoal        = "goal"
	ParamClickID     = "click_id"
	ParamPlayerID    = "player_id"
	ParamTransaction = "transaction_id"
	ParamAmount      = "amount"
	ParamCurrency    = "currency"
	ParamPayout      = "payout" // what the operator says that it pays
	ParamStatus      = "status"
	ParamOccurredAt  = "occurred_at"
	ParamTest        = "test"
	ParamToken       = "token"
	ParamSignature   = "signature"
)

var parameters = []string{
	ParamGoal, ParamClickID, ParamPlayerID, ParamTransaction, ParamAmount, ParamCurrency, ParamPayout, ParamStatus, ParamOccurredAt,
	ParamTest, ParamToken, ParamSignature,
}

// Parameters lists every parameter that a call may carry.
func Parameters() []string { return slices.Clone(parameters) }

// IsParameter reports whether a call may carry a parameter of this name.
func IsParameter(name string) bool { return slices.Contains(parameters, name) }
