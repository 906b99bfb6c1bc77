package commission_test

import (
	"slices"
	"testing"

	"postrider/domain/commission"
)

// The contract's parameters of an operator's call, all of them.
func TestParametersOfACall(t *testing.T) {
	t.Parallel()
	want := []string{
		"amount", "click_id", "currency", "goal", "occurred_at", "payout", "player_id", "signature", "status", "test", "token", "transaction_id",
	}
	if got := slices.Sorted(slices.Values(commission.Parameters())); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, name := range want {
		if !commission.IsParameter(name) {
			t.Errorf("%s is none", name)
		}
	}
	if commission.IsParameter("param_1") {
		t.Error("param_1 is a click's")
	}
}
