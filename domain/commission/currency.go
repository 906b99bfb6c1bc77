package commission

import (
	"strings"

	"github.com/shopspring/decimal"
)

// places lists the currencies of ISO 4217 that do not have two decimal places.
var places = map[string]int32{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Places is how many decimal places the currency has, 2 for one that is not known.
func Places(currency string) int32 {
	if n, ok := places[currency]; ok {
		return n
	}
	return 2
}

// Round rounds to the currency's places, half away from zero.
func Round(amount decimal.Decimal, currency string) decimal.Decimal {
	return amount.Round(Places(currency))
}

// ParseCurrency reads an ISO 4217 code in any case. Only its form is checked.
func ParseCurrency(s string) (code string, ok bool) {
	code = strings.ToUpper(strings.TrimSpace(s))
	return code, len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
