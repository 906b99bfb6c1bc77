package commission_test

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
)

// settled reads an amount and what is stated as its currency, as a call's are read.
func settled(amount, currency, byDefault string) string {
	sum, err := commission.ReadAmount(amount)
	if err != nil {
		return err.Error()
	}
	stated := commission.Unit{}
	if currency != "" {
		var ok bool
		if stated, ok = commission.ReadUnit(currency); !ok {
			return "no currency"
		}
	}
	d, code, err := sum.In(stated, byDefault)
	if err != nil {
		return err.Error()
	}
	return d.String() + " " + code
}

func TestTheCurrencyOfASum(t *testing.T) {
	t.Parallel()
	for given, want := range map[[3]string]string{
		{"50", "", "EUR"}:         "50 EUR",
		{"50 EUR", "", "USD"}:     "50 EUR",
		{"USD50", "usd", "EUR"}:   "50 USD",
		{"50", "840", "EUR"}:      "50 USD",
		{"€50", "978", "USD"}:     "50 EUR",
		{"$50", "CAD", "EUR"}:     "50 CAD",
		{"$50", "", "AUD"}:        "50 AUD",
		{"50", "$", "AUD"}:        "50 AUD",
		{"50 kr", "", "NOK"}:      "50 NOK",
		{"¥50", "CNY", "EUR"}:     "50 CNY",
		{"£50", "", "EUR"}:        "50 GBP",
		{"£50", "EGP", "EUR"}:     "50 EGP",
		{"$50 CAD", "", "EUR"}:    "50 CAD",
		{"50 mBTC", "", "EUR"}:    "0.05 BTC",
		{"50", "μBTC", "EUR"}:     "0.00005 BTC",
		{"50 mBTC", "mbtc", ""}:   "0.05 BTC",
		{"50 PEPE", "pepe", ""}:   "50 PEPE",
		{"50", "PEPE", "EUR"}:     "50 PEPE",
		{"50 RUR", "RUB", "EUR"}:  "50 RUB",
		{"50 EUR", "USD", "EUR"}:  `says "EUR", and the currency is "USD": leave one of them out`,
		{"€50", "$", "EUR"}:       `says "€", and the currency is "$": leave one of them out`,
		{"50 mBTC", "BTC", "BTC"}: `says "mBTC", and the currency is "BTC": leave one of them out`,
		{"50", "a b", "EUR"}:      "no currency",
	} {
		if got := settled(given[0], given[1], given[2]); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
	for given, want := range map[[3]string][]string{ // both halves are named
		{"$50", "", "EUR"}:      {`"$"`, "USD", "EUR"},
		{"50 cents", "", "USD"}: {`"cents"`},
		{"50%", "", "USD"}:      {`"%"`},
		{"kr 50", "", "DOGE"}:   {"SEK", "DOGE"},
		{"₮5", "", ""}:          {"USDT", "MNT"},
	} {
		got := settled(given[0], given[1], given[2])
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%q: %s, which does not say %s", given, got, part)
			}
		}
	}
}

func TestAmountsOfOurs(t *testing.T) {
	t.Parallel()
	for given, fine := range map[[2]string]bool{
		{"50", "EUR"}: true, {"50 €", "EUR"}: true, {"$50", "CAD"}: true, {"50", ""}: true, {"50 EUR", "no such thing"}: true,
		{"50 EUR", "USD"}: false, {"€50", "USDT"}: false, {"50 EUR", ""}: false, {"50 mBTC", "BTC"}: false, {"35%", "EUR"}: false,
	} {
		if d, err := commission.ParseAmount(given[0], given[1]); (err == nil) != fine || fine && d.IntPart() != 50 {
			t.Errorf("%q: %s, %v", given, d, err)
		}
	}
	for text, want := range map[string]string{"35": "35", "35 %": "35", "12,5%": "12.5", "35 EUR": "", "%": "", "35%%": ""} {
		if d, err := commission.ParsePercent(text); (err == nil) != (want != "") || want != "" && d.String() != want {
			t.Errorf("%q %%: %s, %v", text, d, err)
		}
	}
}

func TestKnownCurrency(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"eur": "EUR", "usdt": "USDT", "BTC": "BTC", "€": "EUR", "PEPE": "", "ZZZ": "", "mBTC": "", "$": "", "": "", "EURO": "",
	} {
		if code, err := commission.KnownCurrency(text); code != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", text, code, err)
		}
	}
	for code, places := range map[string]int32{"JPY": 0, "KWD": 3, "CLF": 4, "BTC": 8, "USDT": 6, "EUR": 2, "PEPE": 2} {
		if got := commission.Places(code); got != places {
			t.Errorf("%s has %d places, want %d", code, got, places)
		}
	}
}

// plain is a number as programs write it.
var plain = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)

// reference rounds a number of programs half away from zero to 8 places, by fractions; false
// if it is too large.
func reference(text string) (*big.Rat, bool) {
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false
	}
	scaled := new(big.Rat).Mul(new(big.Rat).Abs(exact), big.NewRat(100_000_000, 1))
	twice := new(big.Int).Add(new(big.Int).Lsh(scaled.Num(), 1), scaled.Denom())
	units := twice.Div(twice, new(big.Int).Lsh(scaled.Denom(), 1)) // floor(x + 1/2)
	rounded := new(big.Rat).SetFrac(units, big.NewInt(100_000_000))
	if exact.Sign() < 0 {
		rounded.Neg(rounded)
	}
	return rounded, new(big.Rat).Abs(rounded).Cmp(new(big.Rat).SetInt64(1e15)) < 0
}

func TestNumbersAreReadAsFractionsAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`-?[0-9]{1,17}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?`),
			rapid.StringMatching(`[+-]?[0-9]{1,3}\.[0-9]{8}5`), // halves
			rapid.StringMatching(`-?0?\.0{6,10}[1-9][0-9]?`),
			rapid.StringMatching(`[1-9](\.[0-9])?[eE]-[789]`),
			rapid.Map(rapid.Float64Range(-1e16, 1e16), func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }),
			rapid.Map(rapid.Float64Range(-1, 1), func(f float64) string { return strconv.FormatFloat(f, 'f', 60, 64) }),
		).Filter(plain.MatchString).Draw(t, "number")
		want, fits := reference(text)
		sum, err := commission.ReadAmount(text)
		if (err == nil) != fits || fits && sum.Amount.Rat().Cmp(want) != 0 {
			t.Fatalf("%s is read as %s, %v, want %s", text, sum.Amount, err, want.FloatString(9))
		}
		exact, _ := new(big.Rat).SetString(text)
		if fits && sum.Rounded != (exact.Cmp(want) != 0) {
			t.Fatalf("%s: rounded is %t", text, sum.Rounded)
		}
	})
}

// spellings are ways to write an amount of a currency.
var spellings = []func(number, code string) (amount, currency string){
	func(n, c string) (string, string) { return n, c },
	func(n, c string) (string, string) { return n, strings.ToLower(c) },
	func(n, c string) (string, string) { return n + " " + c, "" },
	func(n, c string) (string, string) { return c + n, "" },
	func(n, c string) (string, string) { return " " + strings.ToLower(c) + " " + n, c },
	func(n, c string) (string, string) { return strings.Replace(n, ".", ",", 1) + "000" + c, "" },
	func(n, c string) (string, string) { return n + "e0 " + c, c },
	func(n, c string) (string, string) { return strings.Replace(n, ".", "", 1) + "E-2", c },
	func(n, c string) (string, string) { return indian(n), c },
	func(n, c string) (string, string) { return n + "000000000", " " + c + " " },
}

// indian groups an amount with two places by two after the first three.
func indian(n string) string {
	sign := ""
	if strings.HasPrefix(n, "-") {
		sign, n = "-", n[1:]
	}
	whole, fraction, _ := strings.Cut(n, ".")
	groups := []string{whole[max(len(whole)-3, 0):]}
	for whole = whole[:max(len(whole)-3, 0)]; whole != ""; whole = whole[:max(len(whole)-2, 0)] {
		groups = slices.Insert(groups, 0, whole[max(len(whole)-2, 0):])
	}
	return sign + strings.Join(groups, ",") + "." + fraction
}

func TestEverySpellingOfASumIsTheSameSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := decimal.New(rapid.Int64Range(-1e12, 1e12).Draw(t, "cents"), -2).StringFixed(2)
		code := rapid.SampledFrom([]string{"EUR", "USD", "JPY", "USDT", "BTC", "TRX", "ALL", "SEK"}).Draw(t, "currency")
		want := settled(number, code, "GBP")
		i := rapid.IntRange(0, len(spellings)-1).Draw(t, "spelling")
		amount, currency := spellings[i](number, code)
		if got := settled(amount, currency, "GBP"); got != want {
			t.Fatalf("%q %q is %s, want %s", amount, currency, got, want)
		}
	})
}

func FuzzReadUnit(f *testing.F) {
	for _, seed := range []string{"EUR", "$", "usdt-trc20", "μBTC", "840", "USD$", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := commission.ReadUnit(text)
		if !ok {
			return
		}
		for _, code := range u.Codes {
			if again, ok := commission.ParseCurrency(code); !ok || again != code || len(code) > commission.MaxCurrency {
				t.Fatalf("%q can be %q, which is read as %q", text, code, again)
			}
		}
		if both, err := u.Agree(u); err != nil || !slices.Equal(both.Codes, u.Codes) {
			t.Fatalf("%q does not agree with itself: %v", text, err)
		}
	})
}
