package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/ent/db"
	"postrider/graph"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

func TestTheEchoTrackerHasAName(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ publicURL, endpoint, want string }{
		"our own":               {"https://links.example", "https://links.example:443", "Echo tracker"},
		"our own by its port":   {"http://127.0.0.1:8080", "http://127.0.0.1:8080", "Echo tracker"},
		"our own, written so":   {"https://Links.Example:443/", "https://links.example:443", "Echo tracker"},
		"another host":          {"https://links.example", "https://tracker.example:443", "tracker.example"},
		"another port":          {"http://127.0.0.1:8080", "http://127.0.0.1:9090", "127.0.0.1:9090"},
		"another scheme":        {"https://links.example", "http://links.example:80", "links.example"},
		"a host below our own":  {"https://links.example", "https://pb.links.example:443", "pb.links.example"},
		"one that begins alike": {"https://links.example", "https://links.example.net:443", "links.example.net"},
	} {
		if got := graph.SentTo(tc.publicURL, tc.endpoint); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// Wherever it is said where a postback goes, its own host stays beside the name.
func TestAPostbackToTheEchoTrackerSaysSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	to := func(address, endpoint string) (string, who) {
		postback := pgtest.Postback(t, a.db, s.Affiliate, address)
		pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, postback, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued).SetEndpoint(endpoint) })
		return postback.GlobalID(), a.session(t, a.user(t, viewer.Affiliate, s.Affiliate).Email)
	}
	echo, owner := to(publicURL+"/echo/k3y?c={param_1}", "https://links.example:443")
	other, _ := to("https://tracker.example/?c={param_1}", "https://tracker.example:443")
	for id, want := range map[string]string{
		echo:  `{"host":"links.example","sentTo":"Echo tracker","endpoint":{"address":"https://links.example:443","sentTo":"Echo tracker"}}`,
		other: `{"host":"tracker.example","sentTo":"tracker.example","endpoint":{"address":"https://tracker.example:443","sentTo":"tracker.example"}}`,
	} {
		if res := a.ask(t, owner, fmt.Sprintf(`{ node(id: %q) { ... on Postback { host sentTo endpoint { address sentTo } } } }`, id), nil); !strings.HasPrefix(res.body, `{"data":{"node":`+want+`},`) {
			t.Errorf("postback: %s", res.body)
		}
	}
	res := a.ask(t, owner, `{ deliveries { edges { node { postback { sentTo } sentTo } } } }`, nil)
	if want := `{"data":{"deliveries":{"edges":[{"node":{"postback":{"sentTo":"tracker.example"},"sentTo":"tracker.example"}},{"node":{"postback":{"sentTo":"Echo tracker"},"sentTo":"Echo tracker"}}]}},`; !strings.HasPrefix(res.body, want) {
		t.Errorf("deliveries: %s", res.body)
	}
}
