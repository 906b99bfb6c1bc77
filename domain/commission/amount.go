package commission

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// The most digits that an amount has before its point, those that are kept after it, and the
// longest text that is read.
const (
	maxWhole    = 15
	maxFraction = 8
	longest     = 255
)

var (
	errNoAmount  = errors.New("is not an amount; write it like 1234.50")
	errAmbiguous = errors.New("is ambiguous; write it with a decimal point, or without a separator, like 1234 or 1.234")
	errTooLarge  = errors.New("has too many digits; at most 15 before the point are accepted")
)

// errUnit is what is wrong with an amount of a unit that is no currency.
func errUnit(text string) error {
	return fmt.Errorf("says %.40q, which is no currency that is known; write it like 1234.50, and its currency apart", text)
}

// Sum is an amount as it is written: a number, and the currency that stands with it.
type Sum struct {
	Amount  decimal.Decimal // to 8 places, in the unit
	Unit    Unit            // zero if none stands with it
	Rounded bool            // it was written with more places
}

// ReadAmount reads an amount as people and programs write it: 1234.5, "12,34" (12.34),
// "1 234.50", "1.234,50", "12,34,567", 1.5e3, "$12", "12 EUR", -3. More than 8 places are
// rounded, half away from zero. A comma that could separate thousands as well as decimals
// ("1,234") is refused: guessing wrong is wrong by the factor 1,000. The error continues a
// sentence that begins with the value.
func ReadAmount(s string) (Sum, error) {
	if len(s) > longest {
		return Sum{}, errTooLarge
	}
	number, exponent, units, negative, err := takeApart(s)
	if err != nil {
		return Sum{}, err
	}
	whole, fraction, err := splitAmount(number)
	if err != nil {
		return Sum{}, err
	}
	sum := Sum{}
	if sum.Amount, sum.Rounded, err = scaled(whole, fraction, exponent); err != nil {
		return Sum{}, err
	}
	if negative {
		sum.Amount = sum.Amount.Neg()
	}
	sum.Unit, err = readUnits(units)
	return sum, err
}

// In returns the amount of a sum and its currency: what stands with the amount and what is
// stated as its currency must agree; the default currency is that of a sum without either.
func (s Sum) In(stated Unit, byDefault string) (decimal.Decimal, string, error) {
	unit, err := s.Unit.Agree(stated)
	if err != nil {
		return decimal.Decimal{}, "", err
	}
	code, err := unit.Code(byDefault)
	if err == nil && stated.IsZero() && !s.Unit.IsZero() && !IsCurrency(code) {
		err = errUnit(s.Unit.Text)
	}
	return s.Amount.Shift(unit.Shift).Round(maxFraction), code, err
}

// ParseAmount reads an amount of a currency: another one may not stand with it. Of no
// currency, it is a plain number.
func ParseAmount(s, currency string) (decimal.Decimal, error) {
	sum, err := ReadAmount(s)
	if err != nil || sum.Unit.IsZero() {
		return sum.Amount, err
	}
	if currency == "" {
		return decimal.Decimal{}, fmt.Errorf("says %.40q, and is to be a plain number", sum.Unit.Text)
	}
	stated, ok := ReadUnit(currency)
	if !ok { // it is refused itself
		return sum.Amount, nil
	}
	amount, _, err := sum.In(stated, "")
	return amount, err
}

// ParsePercent reads a percentage, with its sign or without.
func ParsePercent(s string) (decimal.Decimal, error) {
	return ParseAmount(strings.TrimSuffix(strings.TrimSpace(s), "%"), "")
}

// number is digits with separators, and the exponent of a program.
var number = regexp.MustCompile(`^([0-9., ]*)(?:[eE]([+-]?[0-9]+))?`)

// takeApart takes off the sign, and a currency before and after the number.
func takeApart(s string) (digits, exponent string, units [2]string, negative bool, err error) {
	s = strings.TrimSpace(strings.Map(plainSpace, s))
	s, negative, signed := cutSign(s)
	units[0], s = cutUnit(s)
	if !signed {
		s, negative, _ = cutSign(s)
	}
	m := number.FindStringSubmatch(s)
	units[1] = strings.TrimSpace(s[len(m[0]):])
	digits, exponent = strings.TrimSpace(m[1]), m[2]
	if exponent != "" && m[1] != digits || strings.Trim(digits, "., ") == "" {
		return "", "", units, false, errNoAmount
	}
	if whole, _, _ := strings.Cut(digits, " "); whole != digits && !validGroups(strings.Split(integerPart(digits), " ")) {
		return "", "", units, false, errNoAmount
	}
	return strings.ReplaceAll(digits, " ", ""), exponent, units, negative, nil
}

// plainSpace makes a space of every separator of thousands that can be nothing else.
func plainSpace(r rune) rune {
	if unicode.IsSpace(r) || r == '\'' || r == '’' {
		return ' '
	}
	return r
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

// cutUnit takes off what stands before a number. A point that follows letters is theirs:
// "Rs.500".
func cutUnit(s string) (unit, rest string) {
	at := strings.IndexAny(s, "0123456789+-−")
	if at < 0 {
		return "", s
	}
	before := s[:at]
	if n := len(before); n > 0 && (before[n-1] == '.' || before[n-1] == ',') {
		if last, _ := utf8.DecodeLastRuneInString(before[:n-1]); !unicode.IsLetter(last) {
			at--
		}
	}
	return strings.TrimSpace(s[:at]), s[at:]
}

// readUnits reads the currency before an amount and the one after it, which agree.
func readUnits(texts [2]string) (Unit, error) {
	var both Unit
	for i, text := range texts {
		if text == "" {
			continue
		}
		if strings.ContainsAny(text, "0123456789+-−.,") && !strings.ContainsFunc(text, unicode.IsLetter) {
			return Unit{}, errNoAmount
		}
		u, ok := readUnitBeside(text, i == 0)
		if !ok {
			return Unit{}, errUnit(text)
		}
		var err error
		if both, err = both.Agree(u); err != nil {
			return Unit{}, err
		}
	}
	return both, nil
}

// readUnitBeside reads the currency beside an amount: a code, a sign, or both ("USD$"). A code
// before it does not end in a point: "USD.50" would be 50 or 0.50.
func readUnitBeside(text string, before bool) (Unit, bool) {
	if strings.ContainsAny(text, "0123456789") {
		return Unit{}, false
	}
	if u, ok := ReadUnit(text); ok {
		return u, true
	}
	if !before {
		text = strings.TrimSuffix(text, ".")
	}
	letters := strings.TrimFunc(text, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
	u, ok := ReadUnit(letters)
	if letters == text || !ok {
		return u, ok && letters != ""
	}
	symbol, ok := ReadUnit(strings.Replace(text, letters, "", 1))
	if !ok {
		return Unit{}, false
	}
	u, err := u.Agree(symbol)
	return u, err == nil
}

// scaled multiplies a number by a power of ten, and rounds it to the places that are kept.
func scaled(whole, fraction, exponent string) (d decimal.Decimal, rounded bool, err error) {
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return decimal.Decimal{}, false, nil
	}
	places := len(fraction)
	if exponent != "" {
		const most = 2 * longest // beyond which any number is too large, or nothing
		n, err := strconv.Atoi(exponent)
		if err != nil || n > most || n < -most {
			n = most
			if strings.HasPrefix(exponent, "-") {
				n = -most
			}
		}
		places -= n
	}
	switch size := len(digits) - places; { // its digits before the point
	case size > maxWhole:
		return d, false, errTooLarge
	case size < -maxFraction:
		return d, true, nil
	}
	exact, err := decimal.NewFromString(digits + "e" + strconv.Itoa(-places))
	if err != nil {
		return d, false, errNoAmount
	}
	if d = exact.Round(maxFraction); d.NumDigits()+int(d.Exponent()) > maxWhole {
		return d, false, errTooLarge
	}
	return d, !d.Equal(exact), nil
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
	if !validGroups(groups) && (mark != "," || !indianGroups(groups)) {
		return "", "", errNoAmount
	}
	return strings.Join(groups, ""), "0", nil
}

// validGroups reports whether these are thousands: one to three digits, then three
// each.
func validGroups(groups []string) bool {
	for i, group := range groups {
		if len(group) > 3 || i > 0 && len(group) != 3 || !digits(group) {
			return false
		}
	}
	return true
}

// indianGroups reports whether these are grouped as in India: 12,34,567.
func indianGroups(groups []string) bool {
	last := len(groups) - 1
	for i, group := range groups {
		if i < last && len(group) != 2 && (i > 0 || len(group) != 1) || i == last && len(group) != 3 || !digits(group) {
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
