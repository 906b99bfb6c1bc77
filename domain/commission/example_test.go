package commission_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
)

func ExampleParseAmount() {
	for _, text := range []string{"12,34", "1 234.50", "$12", "1,234"} {
		amount, err := commission.ParseAmount(text, "USD")
		if err != nil {
			fmt.Println(text, err)
			continue
		}
		fmt.Println(commission.FormatAmount(amount))
	}
	// Output:
	// 12.34
	// 1234.50
	// 12.00
	// 1,234 is ambiguous; write it with a decimal point, or without a separator, like 1234 or 1.234
}

func ExamplePayout() {
	deal := commission.Deal{Model: commission.RevShare, Percent: decimal.NewFromInt(35), Currency: "EUR"}
	revenue := decimal.RequireFromString("100.10")
	fmt.Println(commission.Payout(deal, commission.GoalNetRevenue, revenue, commission.Approved))
	// Output:
	// 35.04
}
