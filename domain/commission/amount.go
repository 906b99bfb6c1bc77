package commission

import (
	"errors"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// The most digits that an amount may have before and after its point.
const (
	maxWhole    = 15
	maxFraction = 8
)

var (
	errNoAmount  = errors.New("is not an amount; write it like 1234.50")
	errAmbiguous = errors.New("is ambiguous; write it with a decimal point, or without a separator, like 1234 or 1.234")
	errTooLarge  = errors.New("has too many digits; at most 15 before the point and 8 after it are accepted")
)

// ParseAmount reads an amount as operators write it: 1234.5, "12,34" (12.34),
// "1 234.50", "1.234,50", "$12", "12 EUR", -3. A comma that could separate
// thousands as well as decimals ("1,234") is refused: guessing wrong is wrong by
// the factor 1,000. The error continues a sentence that begins with the value.
func ParseAmount(s string) (decimal.Decimal, error) {
	digits, negative, err := stripAmount(s)
	if err != nil {
		return decimal.Decimal{}, err
	}
	whole, fraction, err := splitAmount(digits)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if len(strings.TrimLeft(whole, "0")) > maxWhole || len(fraction) > maxFraction {
		return decimal.Decimal{}, errTooLarge
	}
	d, err := decimal.NewFromString(whole + "." + fraction)
	if err != nil {
		return decimal.Decimal{}, errNoAmount
	}
	if negative {
		d = d.Neg()
	}
	return d, nil
}

// stripAmount takes off the sign, a currency before or after, and the spaces, and
// leaves digits and separators.
func stripAmount(s string) (digits string, negative bool, err error) {
	const longest = 64
	if len(s) > longest {
		return "", false, errTooLarge
	}
	s = strings.TrimSpace(s)
	s, negative, signed := cutSign(s)
	s = strings.TrimSpace(trimCurrency(s))
	if !signed {
		s, negative, _ = cutSign(s)
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return ' '
		}
		return r
	}, s)
	if s == "" || strings.Trim(s, "0123456789., ") != "" {
		return "", false, errNoAmount
	}
	if whole, _, _ := strings.Cut(s, " "); whole != s && !validGroups(strings.Split(integerPart(s), " ")) {
		return "", false, errNoAmount
	}
	return strings.ReplaceAll(s, " ", ""), negative, nil
}

func cutSign(s string) (rest string, negative, signed bool) {
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(s, minus); ok {
			return strings.TrimSpace(rest), true, true
		}
	}
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		return strings.TrimSpace(rest), false, true
	}
	return s, false, false
}

// trimCurrency takes one currency off: a symbol, or three letters.
func trimCurrency(s string) string {
	isCurrency := func(r rune) bool { return unicode.Is(unicode.Sc, r) || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' }
	for _, trimmed := range []string{strings.TrimLeftFunc(s, isCurrency), strings.TrimRightFunc(s, isCurrency)} {
		currency := strings.Replace(s, trimmed, "", 1)
		if currency == "" || trimmed == "" {
			continue
		}
		letters := strings.TrimFunc(currency, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
		if len(letters) == 0 || len(letters) == len("EUR") {
			return trimmed
		}
	}
	return s
}

// integerPart is what stands before a decimal separator that follows spaces.
func integerPart(s string) string {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	if at := strings.IndexAny(last, ".,"); at >= 0 {
		return s[:len(s)-len(last)+at]
	}
	return s
}

// splitAmount finds out which separator is the decimal one.
func splitAmount(s string) (whole, fraction string, err error) {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case points == 0 && commas == 0:
		return s, "0", nil
	case points > 0 && commas > 0:
		if strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ',') {
			return splitGrouped(s, ".", ",")
		}
		return splitGrouped(s, ",", ".")
	case points > 1:
		return ungroup(s, ".")
	case commas > 1:
		return ungroup(s, ",")
	case points == 1:
		whole, fraction, _ = strings.Cut(s, ".")
	default:
		whole, fraction, _ = strings.Cut(s, ",")
		if len(fraction) == 3 && len(whole) <= 3 && strings.Trim(whole, "0") != "" {
			return "", "", errAmbiguous
		}
	}
	if whole == "" && fraction == "" {
		return "", "", errNoAmount
	}
	return zeroIfEmpty(whole), zeroIfEmpty(fraction), nil
}

// splitGrouped reads an amount with both separators: the last is the decimal one.
func splitGrouped(s, decimalMark, groupMark string) (whole, fraction string, err error) {
	whole, fraction, _ = strings.Cut(s, decimalMark)
	if strings.Trim(fraction, "0123456789") != "" {
		return "", "", errNoAmount
	}
	whole, _, err = ungroup(whole, groupMark)
	return whole, zeroIfEmpty(fraction), err
}

// ungroup takes the thousands separators out of a whole number.
func ungroup(s, mark string) (whole, fraction string, err error) {
	groups := strings.Split(s, mark)
	if !validGroups(groups) {
		return "", "", errNoAmount
	}
	return strings.Join(groups, ""), "0", nil
}

// validGroups reports whether these are thousands: one to three digits, then three
// each.
func validGroups(groups []string) bool {
	for i, group := range groups {
		if len(group) > 3 || len(group) == 0 || i > 0 && len(group) != 3 || strings.Trim(group, "0123456789") != "" {
			return false
		}
	}
	return true
}

func zeroIfEmpty(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// FormatAmount writes an amount as macros and the API carry it: a plain decimal
// with two places, or more where it has more.
func FormatAmount(d decimal.Decimal) string {
	text := d.String() // without zeros at the end
	if at := strings.IndexByte(text, '.'); at >= 0 && len(text)-at-1 > 2 {
		return text
	}
	return d.StringFixed(2)
}

// AmountText is FormatAmount of an amount that there may be none of: empty for none.
func AmountText(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return FormatAmount(d.Decimal)
}

// SameAmount tells whether two amounts are equal, or both are none.
func SameAmount(a, b decimal.NullDecimal) bool {
	return a.Valid == b.Valid && a.Decimal.Equal(b.Decimal)
}
