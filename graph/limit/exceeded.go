package limit

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Code is the code of an operation that exceeds a limit, in extensions.code.
const Code = "limit_exceeded"

// Exceeded is the error for a limit that an operation exceeds. Clients read it from the extensions
// of the error: {"code": "limit_exceeded", "limit": "cost", "max": 25000}.
type Exceeded struct {
	Limit   string // the limit's name, as in docs/api-limits.md
	Max     int    // the maximum
	Message string // a sentence with the maximum, and what to do about it
}

// Error returns the message.
func (e Exceeded) Error() string { return e.Message }

// GraphQL returns the error as the API answers it.
func (e Exceeded) GraphQL() *gqlerror.Error {
	return &gqlerror.Error{Message: e.Message, Extensions: map[string]any{"code": Code, "limit": e.Limit, "max": e.Max}}
}

func exceeded(limit string, most int, format string, args ...any) *Exceeded {
	return &Exceeded{Limit: limit, Max: most, Message: fmt.Sprintf(format, args...)}
}
