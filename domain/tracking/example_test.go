package tracking_test

import (
	"fmt"
	"net/http"

	"postrider/domain/macro"
	"postrider/domain/tracking"
)

func ExampleLink_Route() {
	destination, err := macro.ParseFor("https://operator.example/join?btag={click_id}", macro.Clicks)
	if err != nil {
		panic(err)
	}
	link := tracking.Link{
		Offer: tracking.Active, Campaign: tracking.Active,
		Destination: destination, DeepLinkHosts: []string{"*.operator.example"},
	}
	click := tracking.Read(tracking.Request{Method: http.MethodGet, RawQuery: "param_1=abc&dl=https://slots.operator.example/book?x=1"})
	var values macro.Values
	values.Set(macro.ClickID, "0197640b8a5e7c10b3f29d6e41c80a35")
	route := link.Route(click, &values)
	fmt.Println(click.Params[0], route.Kind)
	fmt.Println(route.URL)
	// Output:
	// abc deep_link
	// https://slots.operator.example/book?x=1&btag=0197640b8a5e7c10b3f29d6e41c80a35
}
