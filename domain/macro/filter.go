package macro

import (
	"errors"
	"strings"
)

// Filter describes one filter.
type Filter struct {
	Name    string
	Usage   string // how it is written in a placeholder
	Meaning string // one sentence
	Example string // a placeholder and its result
}

// filter is a Filter with its implementation. prepare parses the argument once, when the
// template is parsed; the function that it returns runs for every expansion.
type filter struct {
	Filter
	prepare func(argument string, given bool) (func(string) string, error)
}

// call is one filter of one slot.
type call struct {
	source string // as written
	apply  func(string) string
}

// rawFilter changes the encoding instead of the value, so it has no apply.
const rawFilter = "raw"

var filters = []filter{
	{Filter{"mul", "mul:0.85", "Multiplies a number exactly; empty if the value is not a number.", "{amount|mul:0.85} → 21.675"}, prepareMul},
	{Filter{"round", "round:2", "Rounds a number to 0 to 8 decimal places, half away from zero, with trailing zeros.", "{amount|mul:0.85|round:2} → 21.68"}, prepareRound},
	{Filter{"cents", "cents", "Converts an amount to cents, as an integer.", "{amount|cents} → 2550"}, plain(cents)},
	{Filter{"default", "default:none", "The value to send if the macro is empty.", "{param_2|default:none} → none"}, prepareDefault},
	{Filter{"unix", "unix", "Converts a time to Unix seconds; empty if the value is not a time.", "{date|unix} → 1781258400"}, plain(unixSeconds)},
	{Filter{"format", "format:2006-01-02 15:04:05", "Formats a time in UTC; write the layout for 2 January 2006, 15:04:05. Empty if the value is not a time.", "{date|format:02.01.2006} → 12.06.2026"}, prepareFormat},
	{Filter{"map", "map:ftd=sale,*=other", "Replaces whole values; * matches every other value, which is otherwise kept.", "{goal_id|map:registration=lead,ftd=sale,*=other} → sale"}, prepareMap},
	{Filter{"upper", "upper", "Converts to upper case.", "{status|upper} → APPROVED"}, plain(strings.ToUpper)},
	{Filter{"lower", "lower", "Converts to lower case.", "{currency|lower} → eur"}, plain(strings.ToLower)},
	{Filter{"trim", "trim", "Removes spaces at both ends.", "{param_1|trim}"}, plain(strings.TrimSpace)},
	{Filter{"limit", "limit:32", "Keeps at most this many characters from the start.", "{user_agent|limit:32}"}, prepareLimit},
	{Filter{"sha256", "sha256", "The SHA-256 hash of the value in hex; an empty value stays empty.", "{param_1|sha256}"}, plain(sha256Hex)},
	{Filter{"md5", "md5", "The MD5 hash of the value in hex; an empty value stays empty.", "{param_1|md5}"}, plain(md5Hex)},
	{Filter{rawFilter, rawFilter, "No URL encoding, for a value that is already encoded; it still cannot add a parameter, a path segment or a host.", "{param_1|raw}"}, plain(nil)},
}

// Filters lists every filter.
func Filters() []Filter {
	out := make([]Filter, len(filters))
	for i, f := range filters {
		out[i] = f.Filter
	}
	return out
}

func findFilter(name string) (filter, bool) {
	for _, f := range filters {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return filter{}, false
}

func nearestFilter(name string) string {
	names := make([]string, len(filters))
	for i, f := range filters {
		names[i] = f.Name
	}
	return nearest(name, names)
}

// plain returns a prepare for a filter without an argument.
func plain(apply func(string) string) func(string, bool) (func(string) string, error) {
	return func(_ string, given bool) (func(string) string, error) {
		if given {
			return nil, errors.New("takes no argument")
		}
		return apply, nil
	}
}

// unescape resolves the backslashes of an argument.
func unescape(argument string) string {
	if !strings.Contains(argument, `\`) {
		return argument
	}
	var b strings.Builder
	for i := 0; i < len(argument); i++ {
		if argument[i] == '\\' && i+1 < len(argument) {
			i++
		}
		b.WriteByte(argument[i])
	}
	return b.String()
}

// cutUnescaped cuts s at the first sep that no backslash precedes.
func cutUnescaped(s string, sep byte) (before, after string, found bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case sep:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
