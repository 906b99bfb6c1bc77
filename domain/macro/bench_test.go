package macro_test

import (
	"testing"

	"postrider/domain/macro"
)

// eight is a template of 300 characters with 8 macros.
const eight = "https://tracker.example/postback/network/17/campaigns/affiliate/register/conversion/v2" +
	"?cid={param_1}&txid={conversion_id}&payout={payout}&currency={currency}&status={status}&event={goal_id}" +
	"&sub_campaign={camp_name}&country={country}&token=7c1f0f7e2a9b4d5c8e6f3a2b1c0d9e8f7a6b5c4d&source=postrider&z=1"

func TestExpandAllocatesOnce(t *testing.T) {
	if len(eight) != 300 {
		t.Fatalf("the template has %d characters, want 300", len(eight))
	}
	parsed, values := mustParse(t, eight), macro.SampleValues()
	if n := testing.AllocsPerRun(100, func() { _ = parsed.Expand(values) }); n > 1 {
		t.Errorf("an expansion allocates %v times, want 1: the text it returns", n)
	}
	buffer := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { buffer = parsed.AppendExpand(buffer[:0], values) }); n > 0 {
		t.Errorf("an expansion into a buffer allocates %v times, want none", n)
	}
}

func BenchmarkExpand(b *testing.B) {
	parsed, values := mustParse(b, eight), macro.SampleValues()
	b.ReportAllocs()
	for b.Loop() {
		_ = parsed.Expand(values)
	}
}

func BenchmarkExpandWithFilters(b *testing.B) {
	parsed := mustParse(b, "https://t.example/?p={payout|mul:0.85|round:2}&d={date|unix}&g={goal_id|map:ftd=sale,*=lead}&s={status|upper}")
	values := macro.SampleValues()
	b.ReportAllocs()
	for b.Loop() {
		_ = parsed.Expand(values)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = mustParse(b, eight)
	}
}
