package limit

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/internal/problem"
)

// Exceeded is the error for a limit that an operation exceeds. Clients read it from the extensions
// of the error: {"code": "LIMIT_EXCEEDED", "limit": "cost", "max": 25000}.
type Exceeded struct {
	Limit   string // the limit's name, as in docs/api-limits.md
	Max     int    // the maximum
	Message string // a sentence with the maximum, and what to do about it
	Seconds int    // after which it may be tried again; zero if waiting does not help
}

// Error returns the message.
func (e Exceeded) Error() string { return e.Message }

// GraphQL returns the error as the API answers it.
func (e Exceeded) GraphQL() *gqlerror.Error {
	shown := &gqlerror.Error{Message: e.Message, Extensions: map[string]any{
		"code": string(problem.CodeLimitExceeded), "limit": e.Limit, "max": e.Max,
	}}
	if e.Seconds > 0 {
		shown.Extensions["retryAfter"] = e.Seconds
	}
	return shown
}

// after returns e with the seconds after which it may be tried again.
func (e *Exceeded) after(seconds int) *Exceeded {
	e.Seconds = seconds
	return e
}

func exceeded(limit string, most int, format string, args ...any) *Exceeded {
	return &Exceeded{Limit: limit, Max: most, Message: fmt.Sprintf(format, args...)}
}
