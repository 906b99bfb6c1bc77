package commission

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

//go:embed currencies.txt
var currencyTable string

// places has the decimal places of every known currency by its code, numbered the codes by
// their numbers in ISO 4217.
var places, numbered = readCurrencies(currencyTable)

func readCurrencies(table string) (places map[string]int32, numbered map[string]string) {
	places, numbered = map[string]int32{}, map[string]string{}
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] == "#" {
			continue
		}
		places[f[0]] = int32(f[2][0] - '0')
		numbered[f[1]] = f[0]
	}
	delete(numbered, "-")
	return places, numbered
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

// IsCurrency reports whether a code is one of ISO 4217, or of a coin that is known.
func IsCurrency(code string) bool {
	_, ok := places[code]
	return ok
}

// MaxCurrency is the most characters of a currency's code.
const MaxCurrency = 12

// code is what the code of a currency looks like that is not known.
var code = regexp.MustCompile(fmt.Sprintf(`^[A-Z0-9]{2,%d}$`, MaxCurrency))

// Unit is a currency as it is written, alone or beside an amount: a code, a number of ISO 4217,
// or a sign, which several currencies may share. The zero Unit says nothing.
type Unit struct {
	Text  string   // as it was written
	Codes []string // the currencies that it can be
	Usual bool     // alone, it is the first of Codes
	Shift int32    // how far the point of the amount moves: -3 for mBTC
}

// part is another name of a currency, or of a part of it.
type part struct {
	code  string
	shift int32
}

var parts = map[string]part{
	"RUR": {"RUB", 0}, "XBT": {"BTC", 0},
	"MBTC": {"BTC", -3}, "UBTC": {"BTC", -6}, "ΜBTC": {"BTC", -6}, // a capital mu
	"MBCH": {"BCH", -3}, "UBCH": {"BCH", -6}, "ΜBCH": {"BCH", -6},
	"MLTC": {"LTC", -3}, "ULTC": {"LTC", -6}, "ΜLTC": {"LTC", -6},
}

// onNetwork is a stablecoin with the network that it was sent on, which is not its value.
var onNetwork = regexp.MustCompile(`^(USDT|USDC|DAI|BUSD)[-_ .:/(]?(?:TRC-?20|ERC-?20|BEP-?20|BSC|TRON|TRX|ETH|SOL|POLYGON|TON)\)?$`)

// ReadUnit reads a currency in any case. It is false for what cannot be one; a code that is
// not known can be.
func ReadUnit(s string) (Unit, bool) {
	u := Unit{Text: strings.TrimSpace(s), Usual: true}
	if of, ok := signs[strings.ToLower(strings.TrimSuffix(u.Text, "."))]; ok {
		u.Codes, u.Usual = strings.Fields(of.codes), of.usual
		return u, true
	}
	word := strings.ToUpper(u.Text)
	if m := onNetwork.FindStringSubmatch(word); m != nil {
		word = m[1]
	}
	if p, ok := parts[word]; ok {
		word, u.Shift = p.code, p.shift
	} else if digits(word) {
		word = numbered[word]
	}
	u.Codes = []string{word}
	return u, code.MatchString(word)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// IsZero reports whether the unit says nothing.
func (u Unit) IsZero() bool { return len(u.Codes) == 0 }

// Agree returns what two units mean together, one beside an amount and one stated as its
// currency; it fails if they cannot both be right.
func (u Unit) Agree(stated Unit) (Unit, error) {
	switch {
	case u.IsZero():
		return stated, nil
	case stated.IsZero():
		return u, nil
	}
	both := slices.DeleteFunc(slices.Clone(u.Codes), func(code string) bool { return !slices.Contains(stated.Codes, code) })
	if len(both) == 0 || u.Shift != stated.Shift {
		return Unit{}, fmt.Errorf("says %.40q, and the currency is %.40q: leave one of them out", u.Text, stated.Text)
	}
	return Unit{Text: u.Text, Codes: both, Usual: u.Usual || stated.Usual || len(both) == 1, Shift: u.Shift}, nil
}

// Code returns the currency of a unit; the default currency if it is one of those that the
// unit can be, or if the unit says nothing.
func (u Unit) Code(byDefault string) (string, error) {
	switch {
	case u.IsZero(), slices.Contains(u.Codes, byDefault):
		return byDefault, nil
	case u.Usual:
		return u.Codes[0], nil
	}
	const most = 4
	can := strings.Join(u.Codes[:min(most, len(u.Codes))], ", ")
	if len(u.Codes) > most {
		can += " and others"
	}
	if byDefault != "" {
		can += ", and the default currency is " + byDefault
	}
	return "", fmt.Errorf("%q can be %s: give the code", u.Text, can)
}

// ParseCurrency reads the code of a currency in any case. It need not be known.
func ParseCurrency(s string) (code string, ok bool) {
	u, ok := ReadUnit(s)
	if !ok || !u.Usual || u.Shift != 0 {
		return "", false
	}
	return u.Codes[0], true
}

// KnownCurrency reads the code of a currency in any case that amounts of ours are in: a known
// one. The error is a sentence by itself.
func KnownCurrency(s string) (string, error) {
	u, ok := ReadUnit(s)
	switch {
	case !ok || !IsCurrency(u.Codes[0]):
		return "", fmt.Errorf("%.40q is not the code of a known currency: give one of ISO 4217 or of a coin, such as EUR or USDT", s)
	case u.Shift != 0:
		return "", fmt.Errorf("%.40q is a part of %s: give %s", s, u.Codes[0], u.Codes[0])
	}
	return u.Code("")
}

// sign is what a sign of a currency can be.
type sign struct {
	codes string
	usual bool // alone, it is the first
}

const dollars = "USD CAD AUD NZD HKD SGD MXN TWD ARS CLP COP BMD BSD BBD BZD BND FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD UYU DOP CVE"

// signs has the signs and short words of currencies, in lower case, without a point at the end.
var signs = map[string]sign{
	"$": {dollars, false}, "us$": {"USD", true}, "ca$": {"CAD", true}, "c$": {"CAD NIO", false}, "a$": {"AUD", true}, "au$": {"AUD", true},
	"nz$": {"NZD", true}, "hk$": {"HKD", true}, "s$": {"SGD", true}, "nt$": {"TWD", true}, "mx$": {"MXN", true}, "r$": {"BRL", true},
	"€": {"EUR", true}, "£": {"GBP EGP FKP GIP LBP SDG SHP SSP SYP", true}, "¥": {"JPY CNY", false}, "￥": {"JPY CNY", false},
	"kr": {"SEK NOK DKK ISK", false}, "zł": {"PLN", true}, "kč": {"CZK", true}, "ft": {"HUF", true}, "lei": {"RON MDL", false}, "лв": {"BGN KGS", false},
	"₽": {"RUB", true}, "руб": {"RUB BYN", false}, "₴": {"UAH", true}, "грн": {"UAH", true}, "₸": {"KZT", true}, "₺": {"TRY", true}, "₼": {"AZN", true}, "₾": {"GEL", true},
	"₹": {"INR", true}, "rs": {"INR PKR LKR NPR MUR SCR", false}, "₨": {"PKR INR LKR NPR MUR SCR", false}, "৳": {"BDT", true}, "₫": {"VND", true}, "฿": {"THB", true},
	"₱": {"PHP CUP", true}, "rp": {"IDR", true}, "rm": {"MYR", true}, "₩": {"KRW KPW", true}, "₮": {"MNT USDT", false}, "₭": {"LAK", true}, "៛": {"KHR", true},
	"r": {"ZAR", true}, "₦": {"NGN", true}, "₵": {"GHS", true}, "₪": {"ILS", true}, "﷼": {"IRR OMR QAR SAR YER", false}, "₡": {"CRC SVC", true}, "₲": {"PYG", true},
	"s/": {"PEN", true}, "fr": {"CHF", true}, "₿": {"BTC", true}, "ξ": {"ETH", true}, "ð": {"DOGE", true}, "ł": {"LTC", true},
}
