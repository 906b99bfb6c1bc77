package macro_test

import (
	"errors"
	"fmt"

	"postrider/domain/macro"
)

func ExampleParse() {
	_, err := macro.Parse("https://tracker.example/postback?cid={clickid}&payout={payout|mul:x}")
	if faults, ok := errors.AsType[macro.Errors](err); ok {
		for _, e := range faults {
			fmt.Printf("%d-%d %s: %s\n", e.Start, e.End, e.Code, e.Message)
		}
	}
	// Output:
	// 37-46 unknown_macro: There is no macro {clickid}; did you mean {click_id}?
	// 62-67 bad_argument: The filter mul needs a number to multiply by, such as mul:0.85.
}

func ExampleTemplate_Expand() {
	template, err := macro.Parse("https://tracker.example/postback?cid={param_1}&payout={payout|mul:0.85|round:2}&type={goal_id|map:ftd=sale,*=lead}")
	if err != nil {
		panic(err)
	}
	var values macro.Values
	values.Set(macro.Param1, "abc d&é+1")
	values.Set(macro.Payout, "120.00")
	values.Set(macro.GoalID, "ftd")
	fmt.Println(template.Expand(&values))
	fmt.Println(template.Endpoint())
	// Output:
	// https://tracker.example/postback?cid=abc%20d%26%C3%A9%2B1&payout=102.00&type=sale
	// https://tracker.example:443
}

func ExampleTemplate_ExpandSpans() {
	template, err := macro.Parse("https://tracker.example/?s={status|upper}")
	if err != nil {
		panic(err)
	}
	url, spans := template.ExpandSpans(macro.SampleValues())
	for _, s := range spans {
		fmt.Printf("%s: %q at %d-%d became %q\n", s.Macro, s.Value, s.TemplateStart, s.TemplateEnd, url[s.URLStart:s.URLEnd])
	}
	// Output:
	// status: "APPROVED" at 27-41 became "APPROVED"
}
