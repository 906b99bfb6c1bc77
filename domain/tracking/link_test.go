package tracking_test

import (
	"fmt"
	"testing"

	"postrider/domain/tracking"
)

func TestLinkCodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		code := tracking.NewLinkCode()
		if !tracking.IsLinkCode(code) || seen[code] {
			t.Fatalf("%q is no new link code", code)
		}
		seen[code] = true
	}
	for _, wrong := range []string{"", "abc", "abcdefgO", "ABCDEFGH", "abcdefgh2", "../../xx", "abcdefg1"} {
		if tracking.IsLinkCode(wrong) {
			t.Errorf("%q passes for a link code", wrong)
		}
	}
}

func TestLinkURL(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]tracking.LinkOptions{
		"https://p.example/c/abcd2345":                                      {},
		"https://p.example/c/abcd2345?param_1={subid}":                      {Params: [3]string{"{subid}"}},
		"https://p.example/c/abcd2345?param_2=a%20b%26c%2Bd&param_3=%C3%A9": {Params: [3]string{"", "a b&c+d", "é"}},
		"https://p.example/c/abcd2345?param_1=%7Bsub%20id%7D":               {Params: [3]string{"{sub id}"}},
		"https://p.example/c/abcd2345?param_1={x}&lp=welcome&dl=https%3A%2F%2Fop.example%2Fa%3Fb%3D1": {
			Params: [3]string{"{x}"}, LandingPage: "welcome", DeepLink: "https://op.example/a?b=1",
		},
	} {
		if got := tracking.LinkURL("https://p.example/", "abcd2345", o); got != want {
			t.Errorf("the link of %+v is\n%s, want\n%s", o, got, want)
		}
	}
}

func TestIsToken(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"{subid}": true, "{{campaign.id}}": true, "${SUBID}": true, "[cid]": true, "#clickid#": true, "##CID##": true,
		"%clickid%": true, "__CID__": true, "{offer:name}": true,
		"": false, "subid": false, "{}": false, "{a b}": false, "{a}&x={b}": false, "{a": false, "%41%": false, "#": false, "{a}{b}": false,
	} {
		if got := tracking.IsToken(text); got != want {
			t.Errorf("%q is a token: %t, want %t", text, got, want)
		}
	}
}

func ExampleLinkURL() {
	fmt.Println(tracking.LinkURL("https://go.network.example", "k3v9x2pq", tracking.LinkOptions{
		Params: [3]string{"{subid}", "summer banner"}, LandingPage: "welcome",
	}))
	// Output:
	// https://go.network.example/c/k3v9x2pq?param_1={subid}&param_2=summer%20banner&lp=welcome
}
