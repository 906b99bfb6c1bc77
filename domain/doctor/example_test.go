package doctor_test

import (
	"fmt"
	"testing"

	"postrider/domain/doctor"
)

func ExampleCheck() {
	for _, f := range doctor.Check(doctor.Question{
		Template:     "https://kt.traffic.io/6f1c/postback?subid={param_2}&&status=sale",
		TrackingLink: "https://links.example/c/k7m2xq9d?param_1={subid}",
	}) {
		fmt.Println(f.Severity, f.Code, f.Start, f.End)
		fmt.Println(f.Fix.URLTemplate)
	}
	// Output:
	// warning param_not_in_link 42 51
	// https://kt.traffic.io/6f1c/postback?subid={param_1}&&status=sale
	// warning double_ampersand 51 53
	// https://kt.traffic.io/6f1c/postback?subid={param_2}&status=sale
}

func BenchmarkCheck(b *testing.B) {
	q := doctor.Question{
		Template:     "http://kt.traffic.io/6f1c/postback?subid={clickid}&&status={status}&payout=REPLACE&to=a@b.example&x=#s2#&y=[z]&tid={player_id}",
		TrackingLink: "https://links.example/c/k7m2xq9d?param_1={subid}", Goals: []string{"registration", "ftd", "deposit"}, Repeating: []string{"deposit"},
	}
	for b.Loop() {
		doctor.Check(q)
	}
}
