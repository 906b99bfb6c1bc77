package presets_test

import (
	"fmt"
	"testing"

	"postrider/domain/presets"
)

func ExampleRecognize() {
	r := presets.Recognize("Our postback: https://kt.traffic.io/6f1c/postback?subid=#s2#&payout=#price#, thanks")
	fmt.Println(r.Tracker.Name, "by", r.Network)
	for _, p := range r.Parameters {
		fmt.Println(p.Name, p.Value, p.Proposal, p.Confidence)
	}
	fmt.Println(r.URLTemplate)
	// Output:
	// Keitaro by CAKE
	// subid #s2# {param_1} sure
	// payout #price# {payout} sure
	// https://kt.traffic.io/6f1c/postback?subid={param_1}&payout={payout}
}

func ExamplePreset_For() {
	p := presets.PresetByKey("voluum")
	fmt.Println(p.For("ftd", map[string]string{"domain": "https://abcde.trackvol.com/"}))
	// Output: https://abcde.trackvol.com/postback?cid={param_1}&payout={payout}&txid={conversion_id}&et={goal_id}
}

func BenchmarkRecognize(b *testing.B) {
	for b.Loop() {
		presets.Recognize("Hi, ours is https://kt.traffic.io/6f1c/postback?subid={subid}&status={status}&payout={payout}&currency={currency}&tid={tid} as always")
	}
}
