package limit

import (
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Invalid is what a validation panics with when it has found the maximum number of errors: those,
// and last a note that there may be more. A rule has no other way to end the walk.
type Invalid gqlerror.List

// Rules returns the rules of GraphQL for one validation, which stops at most errors: each error
// compares every name that may have been meant, so a document with nothing else takes a hundred
// times as long as a valid one. (graphql-js stops at 100.)
func Rules(most int) *rules.Rules {
	var found Invalid
	bounded := rules.NewRules()
	for name, rule := range rules.NewDefaultRules().GetInner() {
		bounded.AddRule(name, func(observers *core.Events, add core.AddErrFunc) {
			rule(observers, func(options ...core.ErrorOption) {
				if len(found) == most {
					panic(append(found, exceeded("errors", most, "the document has more than %d errors: these are the first", most).GraphQL()))
				}
				e := &gqlerror.Error{Rule: name}
				for _, option := range options {
					option(e)
				}
				found = append(found, e)
				add(options...)
			})
		})
	}
	return bounded
}
