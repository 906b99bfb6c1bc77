package doctor

import (
	"fmt"
	"regexp"
	"strings"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

// currencyCode has the form of ISO 4217's, in either case.
var currencyCode = regexp.MustCompile(`^(?:[A-Z]{3}|[a-z]{3})$`)

// fixedCurrency finds a fixed currency next to an amount that may be in another: pasted
// templates often have usd.
func (e *exam) fixedCurrency() {
	if !e.uses(macro.Amount, macro.Payout, macro.SumAmount, macro.SumPayout) {
		return
	}
	for _, p := range e.pieces {
		proposal, _ := presets.Propose(p.name)
		if !strings.HasPrefix(proposal, "{currency") || !currencyCode.MatchString(p.value) {
			continue
		}
		send := "{currency}"
		if p.value == strings.ToLower(p.value) {
			send = "{currency|lower}"
		}
		e.find(CodeFixedCurrency, Hint, p.at, fmt.Sprintf("The currency is always %s, whatever the currency of the amount is.", p.value),
			e.replacing(p.at, send, "Use "+send))
	}
}
