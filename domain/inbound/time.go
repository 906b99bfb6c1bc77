package inbound

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// number is a count of seconds, or of a part of them, as programs write it: a JSON number.
var number = regexp.MustCompile(`^[0-9]+(?:\.[0-9]*)?(?:[eE]\+?[0-9]{1,2})?$`)

// written is a time as programs write it: its date, hour, minute, second, fraction and offset.
// An escaped plus that nobody escaped is a space. What follows an offset is its name.
var written = regexp.MustCompile(
	`^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt]| +)(\d\d):?(\d\d)(?::?(\d\d)([.,]\d+)?)?` +
		`(?: ?(?:[Zz]|UTC|GMT)|( ?[+−-]| )(\d\d):?(\d\d)?(?: [A-Z]{1,5}| [+-]\d{2,4})?(?:\[[\w/+-]+\])?(?: m=[+-][\d.]+)?)$`)

// withoutOffset is a time that says no offset from UTC, or a date.
var withoutOffset = regexp.MustCompile(`^\d{4}-?\d\d-?\d\d(?:(?:[Tt]| +)\d\d:?\d\d.*)?$`)

// headerDates are the dates of HTTP and e-mail.
var headerDates = []string{"Mon, _2 Jan 2006 15:04:05 -0700", "Mon, _2 Jan 2006 15:04:05 GMT", "Mon, _2 Jan 2006 15:04:05 UTC"}

// ParseTime reads a time as programs write it: RFC 3339 and its usual spellings, a date of HTTP, or
// a Unix time, in seconds of at most 10 digits, milliseconds of 13, microseconds of 16 or
// nanoseconds of 19. A time without an offset is refused: it could be any of a day. The
// error is a sentence of its own.
func ParseTime(s string) (time.Time, error) {
	const longest = 80
	s = strings.TrimSpace(s)
	if len(s) > longest {
		return time.Time{}, fmt.Errorf("%.40q… is too long for a time", s)
	}
	at, ok := unixTime(s)
	if !ok {
		at, ok = writtenTime(s)
	}
	for _, layout := range headerDates {
		if !ok {
			parsed, err := time.Parse(layout, s)
			at, ok = parsed, err == nil
		}
	}
	switch {
	case ok:
		return at.UTC().Truncate(time.Microsecond), nil
	case withoutOffset.MatchString(s):
		return time.Time{}, fmt.Errorf("%q does not say its offset from UTC: write 2026-06-12T10:00:00Z or 2026-06-12T12:00:00+02:00", s)
	}
	return time.Time{}, fmt.Errorf("%q is neither RFC 3339 (2026-06-12T10:00:00Z) nor Unix seconds (1781258400) or milliseconds", s)
}

// unixTime reads the time since 1970: how many digits it has says in what.
func unixTime(s string) (time.Time, bool) {
	if !number.MatchString(s) {
		return time.Time{}, false
	}
	n, err := decimal.NewFromString(s)
	if err != nil {
		return time.Time{}, false
	}
	for _, unit := range []struct {
		from, digits int
		nanos        int32 // digits of nanoseconds in one
	}{{1, 10, 9}, {13, 13, 6}, {16, 16, 3}, {19, 19, 0}} {
		if whole := len(n.Truncate(0).String()); unit.from <= whole && whole <= unit.digits {
			nanos := n.Shift(unit.nanos).Truncate(0)
			seconds, rest := nanos.QuoRem(decimal.New(1, 9), 0)
			return time.Unix(seconds.IntPart(), rest.IntPart()), true
		}
	}
	return time.Time{}, false
}

// writtenTime reads a date and a time of day with their offset.
func writtenTime(s string) (time.Time, bool) {
	m := written.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	offset := "Z"
	if m[8] != "" {
		sign := strings.Replace(strings.TrimSpace(m[8]), "−", "-", 1)
		offset = cmp.Or(sign, "+") + m[9] + ":" + cmp.Or(m[10], "00")
	}
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprintf("%s-%s-%sT%s:%s:%s%s%s", m[1], m[2], m[3], m[4], m[5], cmp.Or(m[6], "00"), m[7], offset))
	return at, err == nil
}
