package macro

import (
	"crypto/md5" //nolint:gosec // trackers ask for it; nothing here relies on it
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
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
	for rest, more := argument, true; more; {
		var pair string
		pair, rest, more = cutUnescaped(rest, ',')
		from, to, ok := cutUnescaped(pair, '=')
		if !ok {
			return nil, errors.New("needs pairs such as map:registration=lead,ftd=sale,*=other")
		}
		if from == "*" {
			other, hasOther = unescape(to), true
			continue
		}
		if _, twice := replacements[unescape(from)]; twice {
			return nil, fmt.Errorf("has two replacements for %q", unescape(from))
		}
		replacements[unescape(from)] = unescape(to)
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
