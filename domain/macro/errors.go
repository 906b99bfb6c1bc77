package macro

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The codes of an Error.
const (
	CodeTooLong          = "too_long"
	CodeNotAbsolute      = "not_absolute"
	CodeInvalidHost      = "invalid_host"
	CodeInvalidPort      = "invalid_port"
	CodeCredentials      = "credentials"
	CodeMacroBeforePath  = "macro_before_path"
	CodeUnknownMacro     = "unknown_macro"
	CodeUnavailableMacro = "unavailable_macro"
	CodeUnknownFilter    = "unknown_filter"
	CodeBadArgument      = "bad_argument"
	CodeUnbalancedBrace  = "unbalanced_brace"
	CodeSpace            = "space"
	CodeControl          = "control_character"
	CodeInvalidText      = "invalid_text"
)

// Codes lists every code of an Error.
func Codes() []string {
	return []string{
		CodeTooLong, CodeNotAbsolute, CodeInvalidHost, CodeInvalidPort, CodeCredentials, CodeMacroBeforePath,
		CodeUnknownMacro, CodeUnavailableMacro, CodeUnknownFilter, CodeBadArgument, CodeUnbalancedBrace,
		CodeSpace, CodeControl, CodeInvalidText,
	}
}

// Error is one fault of a template, at the bytes Start to End of it.
type Error struct {
	Code    string // one of the Code constants
	Message string // one sentence for the person who wrote the template
	Start   int
	End     int
}

// Error returns the message with its position.
func (e Error) Error() string {
	return fmt.Sprintf("at %d: %s", e.Start, e.Message)
}

// Errors are all the faults of one template, in order of position. It is the type of the error
// that Parse and ParseFor return.
type Errors []Error

// Error returns all messages, one after the other.
func (e Errors) Error() string {
	messages := make([]string, len(e))
	for i, one := range e {
		messages[i] = one.Error()
	}
	return strings.Join(messages, "; ")
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Error) int { return cmp.Compare(a.Start, b.Start) })
}

// UTF16Offset converts a byte offset into s to the number of UTF-16 code units before it,
// which is how JavaScript and the GraphQL API count. An offset inside a character counts as
// that character's start, one past the end as the end.
func UTF16Offset(s string, byteOffset int) int {
	units := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if i+size > byteOffset {
			return units
		}
		units++
		if r > 0xFFFF {
			units++
		}
		i += size
	}
	return units
}
