package macro

import (
	"errors"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// maxDigits bounds a number that filters calculate with, so that no value and no chain of
// factors makes one expansion expensive.
const maxDigits = 64

const maxPlaces = 8

// parseNumber parses a plain decimal: digits with at most one point, and a sign. There are no
// exponents: 1e999999999 is ten characters and a gigabyte of digits.
func parseNumber(s string) (decimal.Decimal, bool) {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s) > maxDigits || strings.Trim(s, "+-.0123456789") != "" {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

func prepareMul(argument string, _ bool) (func(string) string, error) {
	factor, ok := parseNumber(argument)
	if !ok {
		return nil, errors.New("needs a number to multiply by, such as mul:0.85")
	}
	return func(value string) string {
		d, ok := parseNumber(value)
		if !ok {
			return ""
		}
		return d.Mul(factor).String()
	}, nil
}

func prepareRound(argument string, _ bool) (func(string) string, error) {
	places, err := strconv.Atoi(argument)
	if err != nil || places < 0 || places > maxPlaces {
		return nil, errors.New("needs the number of places, 0 to 8, such as round:2")
	}
	return func(value string) string {
		d, ok := parseNumber(value)
		if !ok {
			return ""
		}
		return d.StringFixed(int32(places)) //nolint:gosec // maxPlaces at most
	}, nil
}

func cents(value string) string {
	d, ok := parseNumber(value)
	if !ok {
		return ""
	}
	return d.Shift(2).StringFixed(0)
}
