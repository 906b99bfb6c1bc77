package commission_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"25.50": "25.5", "0": "0", "7": "7", "007": "7", ".5": "0.5", "5.": "5", " 12 ": "12", "+3": "3",
		"12,34": "12.34", "0,5": "0.5", "1234,5": "1234.5", "0,125": "0.125", "1234,567": "1234.567", "12,3456": "12.3456",
		"33.333333333333336": "33.33333333", "0.30000000000000004": "0.3", "100.000000000": "100", "19.999999999999996": "20", "-0.000000005": "-0.00000001",
		"0.1000000000000000055511151231257827021181583404541015625": "0.1", "1.123456789": "1.12345679", "1e-20": "0", "0.0000000000001": "0",
		"1.5e3": "1500", "0E-8": "0", "1E3": "1000", "1e5": "100000", "1E-5": "0.00001", "1.2345678E7": "12345678", "1,5e+3": "1500", "-2e0": "-2", "0e999999999": "0",
		"1,00,000.50": "100000.5", "12,34,567": "1234567", "1,23,456": "123456", "-₹1,00,00,000": "-10000000", "99,99,999,": "",
		"1.234": "1.234", "1,234.50": "1234.5", "1.234,50": "1234.5", "1,234,567": "1234567", "1.234.567": "1234567",
		"12,345,678.9": "12345678.9", "1 234.50": "1234.5", "1 234 567,89": "1234567.89", "1\u00a0234,50": "1234.5", "1\u202f234": "1234",
		"1'234.50": "1234.5", "1’234": "1234",
		"$12": "12", "€ 12,50": "12.5", "12 €": "12", "12.50EUR": "12.5", "EUR 12.50": "12.5", "US$12": "12",
		"50USDT": "50", "usd50": "50", "$50 USD": "50", "USD$50": "50", "Rs.500": "500", "500 kr.": "500", "1e3 EUR": "1000", "1E3EUR": "1000", "5 ETH": "5", "$.50": "0.5",
		"-3": "-3", "- 3": "-3", "−3": "-3", "-$12": "-12", "$-12": "-12", "-12,50 €": "-12.5",
		"999999999999999.12345678": "999999999999999.12345678",

		"": "", " ": "", "x": "", "1e999999999": "", "-1e99999999999999999999": "", "1e16": "", "1,234e3": "", "1 e5": "", "1e": "", "1e5e5": "", "999999999999999.999999999": "", "0x10": "", "NaN": "", "Infinity": "", "--3": "", "3-": "", "$": "", "EUR": "",
		"1,234": "", "12,345": "", "999,999": "", // could be thousands
		"1,2,3": "", "1,234,56": "", "123,45,678": "", "1,00,00": "", "1,00.000": "", "1.23.456": "", "1,234.5.6": "", "1.2,3.4": "", "1 23": "", "12 3456": "", "1, 5": "", "1..5": "",
		"€50 USD": "", "USD 50 CAD": "", "£5$": "", "USD.50": "", "12 E1R": "", "50 and more": "", "(12)": "", "12%": "", "1\x002": "", "١٢": "",
		"1000000000000000": "", strings.Repeat("9", 100): "",
	} {
		sum, err := commission.ReadAmount(text)
		got := sum.Amount
		switch {
		case want == "" && err == nil:
			t.Errorf("%q is read as %s, want it refused", text, got)
		case want != "" && err != nil:
			t.Errorf("%q is refused (%v), want %s", text, err, want)
		case want != "" && got.String() != want:
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, seed := range []string{"12,34", "1 234.50", "$-1'000", "1.234.567,8", "€", "1e9", "1e999999999", "12,34,567", "50 usdt", "USD$ 5e-3", "Rs.500"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sum, err := commission.ReadAmount(text)
		if err != nil {
			return
		}
		amount := sum.Amount
		if amount.Exponent() < -8 || amount.Exponent() > 15 || amount.Abs().GreaterThanOrEqual(decimal.New(1, 15)) {
			t.Fatalf("%q is read as %s", text, amount)
		}
		written := commission.FormatAmount(amount)
		again, err := commission.ParseAmount(written, "")
		if err != nil || !again.Equal(amount) {
			t.Fatalf("%q is read as %s, written as %q, and that read as %s, %v", text, amount, written, again, err)
		}
	})
}

func TestFormatAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"25.5": "25.50", "7": "7.00", "0": "0.00", "-0.1": "-0.10", "1.2345": "1.2345", "1.500": "1.50", "100": "100.00",
	} {
		if got := commission.FormatAmount(decimal.RequireFromString(text)); got != want {
			t.Errorf("%s is written %q, want %q", text, got, want)
		}
	}
}

func TestAmountsSurviveWritingAndReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := decimal.New(rapid.Int64Range(-1e15+1, 1e15-1).Draw(t, "digits"), rapid.Int32Range(-8, 0).Draw(t, "exponent"))
		again, err := commission.ParseAmount(commission.FormatAmount(amount), "")
		if err != nil || !again.Equal(amount) {
			t.Fatalf("%s comes back as %s, %v", amount, again, err)
		}
	})
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{"EUR": "2.68", "JPY": "3", "KWD": "2.675", "XXX": "2.68", "": "2.68"} {
		if got := commission.Round(decimal.RequireFromString("2.675"), currency).String(); got != want {
			t.Errorf("2.675 %s is rounded to %s, want %s", currency, got, want)
		}
	}
	for text, want := range map[string]string{
		"EUR": "EUR", " eur ": "EUR", "€": "EUR", "usdt": "USDT", "USDT-TRC20": "USDT", "usdttrc20": "USDT", "840": "USD", "978": "EUR", "036": "AUD", "532": "XCG",
		"RUR": "RUB", "XBT": "BTC", "EURO": "EURO", "pepe2": "PEPE2", "us$": "USD", "zł": "PLN",
		"": "", "E": "", "E R": "", "$": "", "kr": "", "mBTC": "", "μBTC": "", "123": "", "36": "", "50": "", "50.00": "", "EUR,USD": "", "ЕUR": "", strings.Repeat("A", 13): "",
	} {
		if code, ok := commission.ParseCurrency(text); ok != (want != "") || ok && code != want {
			t.Errorf("%q is the currency %q, %t", text, code, ok)
		}
	}
}

func TestPayout(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	cpa := commission.Deal{Model: commission.CPA, Amount: d("120"), Currency: "EUR"}
	cpl := commission.Deal{Model: commission.CPL, Amount: d("4.5"), Currency: "EUR"}
	cplOfKYC := commission.Deal{Model: commission.CPL, Amount: d("9"), LeadGoal: "kyc", Currency: "EUR"}
	share := commission.Deal{Model: commission.RevShare, Percent: d("35"), Currency: "EUR"}
	yen := commission.Deal{Model: commission.RevShare, Percent: d("35"), Currency: "JPY"}
	hybrid := commission.Deal{Model: commission.Hybrid, Amount: d("50"), Percent: d("20"), Currency: "EUR"}
	for _, c := range []struct {
		name   string
		deal   commission.Deal
		goal   string
		amount string
		status commission.Status
		want   string
	}{
		{"CPA pays for a qualified player", cpa, "cpa", "0", "approved", "120"},
		{"and shows it while pending", cpa, "cpa", "0", "pending", "120"},
		{"but not when rejected", cpa, "cpa", "0", "rejected", "0"},
		{"nor when cancelled", cpa, "cpa", "0", "cancelled", "0"},
		{"nor in a status that nobody knows", cpa, "cpa", "0", "maybe", "0"},
		{"CPA does not pay for a deposit", cpa, "ftd", "100", "approved", "0"},
		{"nor of revenue", cpa, "net_revenue", "100", "approved", "0"},
		{"CPL pays for a registration", cpl, "registration", "0", "approved", "4.5"},
		{"and for nothing else", cpl, "kyc", "0", "approved", "0"},
		{"CPL pays for the lead that was agreed", cplOfKYC, "kyc", "0", "approved", "9"},
		{"RevShare pays of revenue", share, "net_revenue", "100.10", "approved", "35.04"},
		{"of a loss too", share, "net_revenue", "-100.10", "approved", "-35.04"},
		{"not of deposits", share, "deposit", "100", "approved", "0"},
		{"in whole yen", yen, "net_revenue", "1001", "approved", "350"},
		{"Hybrid pays the fixed part", hybrid, "cpa", "0", "approved", "50"},
		{"and the share", hybrid, "net_revenue", "10", "approved", "2"},
		{"no deal pays nothing", commission.Deal{}, "cpa", "10", "approved", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := commission.Payout(c.deal, c.goal, d(c.amount), c.status); got.String() != c.want {
				t.Errorf("it pays %s, want %s", got, c.want)
			}
		})
	}
}

func TestDealValidate(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	for _, c := range []struct {
		deal  commission.Deal
		valid bool
	}{
		{commission.Deal{Model: commission.CPA, Amount: d("1"), Currency: "EUR"}, true},
		{commission.Deal{Model: commission.RevShare, Percent: d("100"), Currency: "EUR"}, true},
		{commission.Deal{Model: commission.Hybrid, Amount: d("1"), Percent: d("1"), Currency: "EUR"}, true},
		{commission.Deal{Model: commission.Hybrid, Amount: d("1"), Currency: "EUR"}, false},
		{commission.Deal{Model: commission.CPL, Amount: d("-1"), Currency: "EUR"}, false},
		{commission.Deal{Model: commission.RevShare, Percent: d("101"), Currency: "EUR"}, false},
		{commission.Deal{Model: commission.CPA, Amount: d("1")}, false},
		{commission.Deal{}, false},
	} {
		if err := c.deal.Validate(); (err == nil) != c.valid {
			t.Errorf("%+v is valid: %v, want %t", c.deal, err, c.valid)
		}
	}
}

func TestCanMove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to commission.Status
		move     commission.Move
	}{
		{"pending", "approved", commission.Approval},
		{"pending", "rejected", commission.Rejection},
		{"pending", "cancelled", commission.Cancellation},
		{"approved", "rejected", commission.Reversal},
		{"approved", "cancelled", commission.Reversal},
		{"rejected", "approved", commission.Reinstating},
		{"cancelled", "approved", commission.Reinstating},
		{"approved", "pending", commission.Reopening},
		{"rejected", "cancelled", commission.Correction},
		{"pending", "pending", ""},
		{"approved", "maybe", ""},
		{"maybe", "approved", ""},
		{"unknown", "approved", commission.Mapping},
		{"unknown", "cancelled", commission.Mapping},
		{"approved", "unknown", ""},
		{"unknown", "unknown", ""},
	} {
		move, why := commission.CanMove(c.from, c.to)
		if move != c.move || (why == "") != (c.move != "") {
			t.Errorf("from %s to %s is %q (%s), want %q", c.from, c.to, move, why, c.move)
		}
	}
	once := commission.Goal{Key: "bonus_used", Statuses: []commission.Status{"pending", "approved", "rejected"}}
	if _, why := once.CanMove("approved", "rejected"); why == "" {
		t.Error("a goal that cannot be reversed is")
	}
	if _, why := once.CanMove("pending", "cancelled"); why == "" {
		t.Error("a goal goes into a status that it does not know")
	}
	if move, why := once.CanMove("pending", "rejected"); move != commission.Rejection || why != "" {
		t.Errorf("a rejection is %q, %s", move, why)
	}
}

func TestBuiltInGoals(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, g := range commission.BuiltInGoals() {
		keys = append(keys, g.Key)
		if !commission.GoalKey.MatchString(g.Key) || g.Name == "" || g.Trigger == "" || g.TimestampStandard == "" || len(g.Statuses) == 0 {
			t.Errorf("the goal is %+v", g)
		}
	}
	if got := strings.Join(keys, " "); got != "registration kyc ftd deposit cpa net_revenue" {
		t.Errorf("the goals are %s", got)
	}
}

func TestParseStatus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"approved": true, "cancelled": true, "Approved": false, "paid": false, "": false} {
		if status, ok := commission.ParseStatus(text); ok != want || string(status) != text {
			t.Errorf("%q is read as %q, %t", text, status, ok)
		}
	}
}
