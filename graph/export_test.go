package graph

// Unexported values, for external tests.
var (
	MaxDocument  = maxDocument
	MaxOperation = maxOperation
)

// MaxErrors is how many errors of a document validation looks for.
const MaxErrors = maxErrors

// TotalsOf adds up at most so many conversions.
var TotalsOf = totalsOf

// Limits are the numbers of docs/api-limits.md.
func Limits() map[string]int {
	return map[string]int{
		"bytes": maxRequest, "tokens": maxDocument.Tokens, "operations": maxDocument.Operations, "repetitions": maxDocument.Repetitions,
		"roots": maxOperation.Roots, "depth": maxOperation.Depth, "cost": maxOperation.Cost, "introspection": maxOperation.Introspection,
		"fragments": maxDocument.Fragments, "validated": maxDocument.Validated,
		"errors": maxErrors, "introspectionRate": strangersIntrospect,
		"concurrency": ofOneClient, "rate": Allowances{}.orDefault().Strangers,
	}
}

// SentTo names where postbacks to an endpoint go.
var SentTo = sentTo
