package inbound

import (
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var (
	email  = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$`)
	emails = regexp.MustCompile(`[^\s@"'=&]+@([^\s@"'=&]+)`)
	phone  = regexp.MustCompile(`^(?:\+|00| )\s?[1-9][0-9 ()./-]{6,18}[0-9]$`)
	iban   = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
)

// Names of personal data, without punctuation: whole ones, and what others end with.
var (
	personalNames = []string{
		"name", "firstname", "lastname", "surname", "fullname", "username", "playername", "customername", "mail", "tel", "telephone", "mobile",
		"phone", "msisdn", "address", "street", "city", "zip", "zipcode", "postcode", "postalcode", "birthday", "birthdate", "dateofbirth", "dob",
		"iban", "ip", "ipaddress", "userip", "playerip", "clientip", "customerip", "passport", "ssn", "cardnumber",
	}
	personalEnds = []string{
		"email", "firstname", "lastname", "surname", "fullname", "phone", "phonenumber", "mobilenumber", "msisdn", "address", "birthday", "birthdate",
		"dateofbirth", "iban", "passportnumber", "cardnumber",
	}
)

// personal reports whether a parameter that nobody asked for is personal data, by its name or by
// the shape of its value.
func personal(name, value string) bool {
	folded := fold(name)
	last := fold(name[strings.LastIndexAny(name, ".[")+1:])
	if slices.Contains(personalNames, folded) || slices.Contains(personalNames, last) {
		return true
	}
	for _, end := range personalEnds {
		if strings.HasSuffix(folded, end) {
			return true
		}
	}
	trimmed := strings.TrimSpace(value)
	if email.MatchString(trimmed) || phone.MatchString(value) || isIBAN(trimmed) {
		return true
	}
	_, err := netip.ParseAddr(trimmed)
	return err == nil
}

// isIBAN checks the digits of an IBAN too: other ids look like one.
func isIBAN(text string) bool {
	text = strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if !iban.MatchString(text) {
		return false
	}
	var digits strings.Builder
	for _, c := range text[4:] + text[:4] {
		if c >= 'A' {
			digits.WriteString(big.NewInt(int64(c - 'A' + 10)).String())
		} else {
			digits.WriteRune(c)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}
