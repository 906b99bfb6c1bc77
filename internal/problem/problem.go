// Package problem is the one kind of error that Postrider shows to clients.
//
// It owns the few codes an error can have, and the split between what a user may read (Message,
// Field) and what only the log may contain (Cause). It does not know HTTP or GraphQL: server and
// graph each map a code in one place.
//
// Rules:
//   - An error that is not an *Error is internal; From makes it one.
//   - The text of an internal error never leaves the process: PublicMessage
//     returns a fixed sentence for it.
//   - Only internal errors are logged as errors (LogLevel); the others are the
//     caller's to fix.
package problem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"postrider/internal/enum"
)

// Code is the kind of a problem. Clients switch on it, so a code is never renamed. GraphQL's enum
// ErrorCode has the same values.
type Code string

// The codes of what the caller asked for, or of us.
const (
	CodeInvalid         Code = "INVALID"
	CodeNotFound        Code = "NOT_FOUND"
	CodeConflict        Code = "CONFLICT"
	CodeForbidden       Code = "FORBIDDEN"
	CodeUnauthenticated Code = "UNAUTHENTICATED"
	CodeRateLimited     Code = "RATE_LIMITED"
	CodeLimitExceeded   Code = "LIMIT_EXCEEDED"
	CodeInternal        Code = "INTERNAL"
	CodeStaleCursor     Code = "STALE_CURSOR" // begin the feed anew
)

// The codes of a request that is no operation that could be executed. The first three have the
// names that GraphQL's clients know.
const (
	CodeParseFailed            Code = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed       Code = "GRAPHQL_VALIDATION_FAILED"
	CodePersistedQueryNotFound Code = "PERSISTED_QUERY_NOT_FOUND"
	CodeBadRequest             Code = "BAD_REQUEST"
	CodeMethodNotAllowed       Code = "METHOD_NOT_ALLOWED"
	CodeUnsupportedMediaType   Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeRequestTimeout         Code = "REQUEST_TIMEOUT"
	CodeStreamRequired         Code = "STREAM_REQUIRED"
)

// Codes returns all codes.
func Codes() []Code {
	return []Code{
		CodeInvalid, CodeNotFound, CodeConflict, CodeForbidden, CodeUnauthenticated, CodeRateLimited, CodeLimitExceeded, CodeInternal,
		CodeStaleCursor,
		CodeParseFailed, CodeValidationFailed, CodePersistedQueryNotFound, CodeBadRequest, CodeMethodNotAllowed,
		CodeUnsupportedMediaType, CodeRequestTimeout, CodeStreamRequired,
	}
}

// MarshalGQL writes the code for GraphQL.
func (c Code) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL reads a code from GraphQL.
func (c *Code) UnmarshalGQL(v any) error { return enum.Read(v, c, Codes()) }

// internalMessage is the public message of every internal error.
const internalMessage = "Something went wrong on our side. It has been logged."

// Error is a problem with a code, a message for users and a cause for the log.
type Error struct {
	Code    Code
	Field   []string // path of the invalid input, outermost first; empty if it is none
	Message string   // public: a sentence with what is wrong and how to fix it
	Span    *Span    // the part of the field's text that is wrong; nil if there is none
	Cause   error    // never shown; nil if there is none
}

// Span is a part of a text: from the UTF-16 code unit Start up to, and without, End.
type Span struct{ Start, End int }

// Error returns the text for the log: field, message and cause.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Field) > 0 {
		b.WriteString(strings.Join(e.Field, "."))
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Cause != nil {
		if e.Message != "" {
			b.WriteString(": ")
		}
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// PublicMessage returns what a user may read.
func (e *Error) PublicMessage() string {
	if e.Code == CodeInternal {
		return internalMessage
	}
	return e.Message
}

// LogLevel returns error for internal problems and info for all others.
func (e *Error) LogLevel() slog.Level {
	if e.Code == CodeInternal {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// WithCause returns a copy of e that wraps cause.
func (e *Error) WithCause(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Within returns a copy of e that is about a part of its field's text.
func (e *Error) Within(start, end int) *Error {
	c := *e
	c.Span = &Span{start, end}
	return &c
}

// At returns a copy of e with prefix before its field path: the problem of {amount} at
// ("conversions", "3") is the problem of {conversions.3.amount}.
func (e *Error) At(prefix ...string) *Error {
	c := *e
	c.Field = append(append([]string{}, prefix...), e.Field...)
	return &c
}

// Invalid is for an invalid input at field (a path with dots, or empty for the whole input).
func Invalid(field, format string, args ...any) *Error {
	return build(CodeInvalid, field, format, args)
}

// NotFound is for what does not exist, or not for this viewer: the two look the same.
func NotFound(format string, args ...any) *Error { return build(CodeNotFound, "", format, args) }

// NotFoundAt is NotFound for what an input at field names.
func NotFoundAt(field, format string, args ...any) *Error {
	return build(CodeNotFound, field, format, args)
}

// Conflict is for an input at field that is valid by itself but collides with existing data.
func Conflict(field, format string, args ...any) *Error {
	return build(CodeConflict, field, format, args)
}

// StaleCursor is for a cursor of a feed of changes that cannot go on from it: begin it anew.
func StaleCursor(format string, args ...any) *Error {
	return build(CodeStaleCursor, "after", format, args)
}

// Forbidden is for a known viewer that may not do this.
func Forbidden(format string, args ...any) *Error { return build(CodeForbidden, "", format, args) }

// Unauthenticated is for a request that is not signed in, or has wrong credentials.
func Unauthenticated(format string, args ...any) *Error {
	return build(CodeUnauthenticated, "", format, args)
}

// RateLimited is for a caller that is too fast.
func RateLimited(format string, args ...any) *Error { return build(CodeRateLimited, "", format, args) }

// Internal wraps an error that is our own fault. The message is for the log.
func Internal(cause error, format string, args ...any) *Error {
	e := build(CodeInternal, "", format, args)
	e.Cause = cause
	return e
}

// From returns err as a problem: nil for nil, the first *Error in its chain, and an internal one
// around everything else. Context that callers wrapped around the *Error with fmt.Errorf is for
// the log only and stays in err.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: CodeInternal, Message: "unexpected error", Cause: err}
}

// CodeOf returns the code of err: empty for nil, internal for an err that is not an *Error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// Join returns problems as one error, which All splits again; nil if there are none.
func Join(problems []*Error) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// All splits an error made by errors.Join: one problem for each part.
func All(err error) []*Error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // the chain is walked by hand here
		return []*Error{e}
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Error
		for _, part := range joined.Unwrap() {
			all = append(all, All(part)...)
		}
		return all
	}
	return []*Error{From(err)}
}

// Log writes err once, at the level of its code. A cancelled request is not a fault and is logged
// at debug.
func Log(ctx context.Context, log *slog.Logger, msg string, err error, args ...any) {
	if err == nil {
		return
	}
	level := From(err).LogLevel()
	if errors.Is(err, context.Canceled) {
		level = slog.LevelDebug
	}
	log.Log(ctx, level, msg, append(args, "code", string(CodeOf(err)), "error", err.Error())...)
}

func build(code Code, field, format string, args []any) *Error {
	e := &Error{Code: code, Message: fmt.Sprintf(format, inWords(args)...)}
	if field != "" {
		e.Field = strings.Split(field, ".")
	}
	return e
}
