package macro

import (
	"crypto/md5" //nolint:gosec // trackers ask for it; nothing here relies on it
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func prepareDefault(argument string, given bool) (func(string) string, error) {
	if !given {
		return nil, errors.New("needs the text to send instead, such as default:none")
	}
	fallback := unescape(argument)
	return func(value string) string {
		if value == "" {
			return fallback
		}
		return value
	}, nil
}

func prepareMap(argument string, _ bool) (func(string) string, error) {
	replacements := map[string]string{}
	other, hasOther := "", false
	pairs, ok := readPairs(argument)
	if !ok {
		return nil, errors.New("needs pairs such as map:registration=lead,ftd=sale,*=other")
	}
	for _, p := range pairs {
		if p.Any {
			other, hasOther = p.To, true
			continue
		}
		if _, twice := replacements[p.From]; twice {
			return nil, fmt.Errorf("has two replacements for %q", p.From)
		}
		replacements[p.From] = p.To
	}
	return func(value string) string {
		if to, ok := replacements[value]; ok {
			return to
		}
		if hasOther {
			return other
		}
		return value
	}, nil
}

// Pair is one replacement of the filter map.
type Pair struct {
	From, To string
	Any      bool // it is for every value that no other pair is for; From is empty
}

// readPairs reads the argument of map; false if it has something else than pairs.
func readPairs(argument string) (pairs []Pair, ok bool) {
	for rest, more := argument, true; more; {
		var pair string
		pair, rest, more = cutUnescaped(rest, ',')
		from, to, ok := cutUnescaped(pair, '=')
		if !ok {
			return nil, false
		}
		if from == "*" {
			pairs = append(pairs, Pair{To: unescape(to), Any: true})
		} else {
			pairs = append(pairs, Pair{From: unescape(from), To: unescape(to)})
		}
	}
	return pairs, true
}

const mapFilter = "map"

// ReadMap returns the replacements of a filter as [Slot.Filters] has it; false if it is not map.
func ReadMap(filter string) (pairs []Pair, ok bool) {
	name, argument, _ := strings.Cut(filter, ":")
	if !strings.EqualFold(name, mapFilter) {
		return nil, false
	}
	return readPairs(argument)
}

// WriteMap writes replacements as the filter map, for a placeholder.
func WriteMap(pairs []Pair) string {
	written := make([]string, len(pairs))
	for i, p := range pairs {
		from := "*"
		if !p.Any {
			from = escape(p.From)
		}
		written[i] = from + "=" + escape(p.To)
	}
	return mapFilter + ":" + strings.Join(written, ",")
}

// escape writes text so that unescape reads it.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`\,=|{}*`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func prepareLimit(argument string, _ bool) (func(string) string, error) {
	most, err := strconv.Atoi(argument)
	if err != nil || most < 1 || most > MaxValue {
		return nil, fmt.Errorf("needs the number of characters, 1 to %d, such as limit:32", MaxValue)
	}
	return func(value string) string {
		n := 0
		for i := range value {
			if n == most {
				return value[:i]
			}
			n++
		}
		return value
	}, nil
}

func sha256Hex(value string) string {
	if value == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

func md5Hex(value string) string {
	if value == "" {
		return ""
	}
	sum := md5.Sum([]byte(value)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}
