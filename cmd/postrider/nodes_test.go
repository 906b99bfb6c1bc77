package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"postrider/account"
	"postrider/domain/commission"
	"postrider/internal/globalid"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// nodes is an installation of several processes over one database.
type nodes struct {
	serve, work []*App
	db          *pgtest.DB
	token       string // of the affiliate's
	scene       pgtest.Scene
	integration string
}

// workersOfNode is the concurrency of each worker; half of it at a tracker that is new to it.
const workersOfNode = 4

func newNodes(t *testing.T) *nodes {
	t.Helper()
	n := &nodes{db: pgtest.New(t), integration: "nodes"}
	key := secret.NewKey()
	for _, name := range []string{"serve", "work", "serve", "work"} {
		app := startNode(t, name, "--database-url="+n.db.URL, "--key="+key, "--allow-private-targets", fmt.Sprintf("--workers=%d", workersOfNode))
		if name == "serve" {
			n.serve = append(n.serve, app)
		} else {
			n.work = append(n.work, app)
		}
	}
	n.scene = pgtest.NewScene(t, n.db)
	user := pgtest.User(t, n.db, viewer.Affiliate, n.scene.Affiliate)
	u, err := n.db.Client().User.Get(pgtest.System(t), user)
	if err != nil {
		t.Fatal(err)
	}
	if _, n.token, err = n.serve[0].services.accounts.CreateTokenFor(pgtest.System(t), u.Email, account.NewToken{Name: "nodes"}); err != nil {
		t.Fatal(err)
	}
	err = n.db.Client().Integration.Create().SetKey(n.integration).SetName("Nodes").SetOfferID(n.scene.Offer).SetRequireToken(false).
		SetAllowedAddresses([]string{}).SetCreatedAt(pgtest.Now).Exec(pgtest.System(t))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// startNode runs one process of an installation until the test ends.
func startNode(t *testing.T, name string, flags ...string) *App {
	t.Helper()
	var grammar cli
	parser, err := kong.New(&grammar, kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{name, "--addr=127.0.0.1:0", "--data=" + t.TempDir()}, flags...)); err != nil {
		t.Fatal(err)
	}
	app := NewApp(&process{cfg: &grammar.Config, log: grammar.NewLogger(io.Discard)}, name)
	if err := app.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return app
}

// ask sends a GraphQL operation to one node.
func (n *nodes) ask(t *testing.T, node *App, query string, into any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, node.URL()+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+n.token)
	res, err := impatient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := struct {
		Data   json.RawMessage
		Errors []any
	}{}
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Errors) > 0 || bytes.Contains(text, []byte(`"userErrors":[{`)) {
		t.Fatalf("%s\n%s", query, text)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		t.Fatal(err)
	}
}

// impatient keeps no connections and follows no redirects.
var impatient = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// seenLive is a delivery as a subscriber gets it.
type seenLive struct {
	DeliveryID, State string
	Attempts          []any
}

// stream subscribes to deliveries on one node, over server-sent events as curl -N does.
func (n *nodes) stream(t *testing.T, node *App, subscription string) <-chan seenLive {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	body, err := json.Marshal(map[string]string{"query": subscription})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, node.URL()+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+n.token)
	res, err := impatient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan seenLive, 1000)
	var reading sync.WaitGroup
	reading.Go(func() {
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok || data == "" {
				continue
			}
			var event struct {
				Data struct {
					DeliveryUpdated struct{ Delivery *seenLive }
				}
			}
			if err := json.Unmarshal([]byte(data), &event); err != nil {
				t.Errorf("%s: %v", data, err)
				return
			}
			if d := event.Data.DeliveryUpdated.Delivery; d != nil {
				seen <- *d
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = res.Body.Close()
		reading.Wait()
	})
	pgtest.Until(t, time.Minute, "the node has a subscriber", node.services.hubs.Deliveries.Watched)
	return seen
}

// together is a tracker that answers only once several requests are in flight, and then all of
// them.
type together struct {
	mu    sync.Mutex
	here  int
	party int
	open  chan struct{}
	times map[string]int // by transaction
	ids   map[string]int // by delivery
}

func (s *together) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.times[r.URL.Query().Get("tx")]++
	s.ids[r.Header.Get("X-Postrider-Delivery")]++
	if s.here++; s.here == s.party {
		close(s.open)
	}
	s.mu.Unlock()
	select {
	case <-s.open:
	case <-r.Context().Done():
	}
	w.WriteHeader(http.StatusOK)
}

// Two processes that serve and two that work, on one database, are one installation: what is set
// up on one applies to the other, what is reported to both is one conversion, each delivery is
// sent once by either worker, and a subscriber on either node gets all of it.
func TestNodesAreOneInstallation(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	// More than one node may have in flight at a tracker that is new to it.
	tracker := &together{party: workersOfNode/2 + 1, open: make(chan struct{}), times: map[string]int{}, ids: map[string]int{}}
	sink := httptest.NewServer(tracker)
	t.Cleanup(sink.Close)
	var made struct {
		CreateCampaign struct {
			Campaign struct {
				ID   string
				Link struct{ Code string }
			}
		}
		CreatePostback struct{ Postbacks []struct{ ID string } }
	}
	n.ask(t, n.serve[0], fmt.Sprintf(`mutation {
		createCampaign(input: {name: "Both nodes", offerId: %q}) { campaign { id link { code } } userErrors { message } }
		createPostback(input: {scope: GLOBAL, goals: ["deposit"], urlTemplate: "%s/cb?tx={transaction_id}"}) { postbacks { id } userErrors { message } }
	}`, globalid.Int("Offer", n.scene.Offer), sink.URL), &made)
	link := made.CreateCampaign.Campaign.Link.Code

	clicks := []string{n.click(t, n.serve[0], link), n.click(t, n.serve[1], link)}
	const watch = "subscription { deliveryUpdated { delivery { deliveryId state attempts { statusCode } } } }"
	watchers := []<-chan seenLive{n.stream(t, n.serve[0], watch), n.stream(t, n.serve[1], watch)}
	const conversions = 60
	results := n.reportToBoth(t, clicks, conversions)
	if results["recorded"] != conversions || results["duplicate"] != conversions {
		t.Errorf("%d conversions, each reported to both nodes, were answered %v", conversions, results)
	}
	for i, events := range watchers {
		seen := map[string]bool{}
		late := time.After(time.Minute)
		for len(seen) < conversions {
			select {
			case d := <-events:
				if d.State == "DELIVERED" && len(d.Attempts) > 0 {
					seen[d.DeliveryID] = true
				}
			case <-late:
				t.Fatalf("a subscriber of node %d saw %d of %d deliveries", i, len(seen), conversions)
			}
		}
	}
	tracker.mu.Lock()
	defer tracker.mu.Unlock()
	if len(tracker.times) != conversions || len(tracker.ids) != conversions || tracker.here != conversions {
		t.Errorf("the tracker got %d requests of %d transactions and %d deliveries; want %d", tracker.here, len(tracker.times), len(tracker.ids), conversions)
	}
	for _, worker := range n.work {
		if n := attemptsOf(t, worker); n == 0 || n == conversions {
			t.Errorf("one worker made %v of the %d attempts: both were to", n, conversions)
		}
	}
}

// A change made on one node applies to the other at once, though that one had it cached.
func TestNodesForgetWhatOthersChange(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	first, second := n.serve[0], n.serve[1]
	n.click(t, second, n.scene.Link.Code) // now it is cached
	campaign := globalid.Int("Campaign", n.scene.Link.CampaignID)
	var ignored any
	n.ask(t, first, fmt.Sprintf(`mutation { updateCampaign(input: {id: %q, state: PAUSED}) { userErrors { message } } }`, campaign), &ignored)
	if got := status(t, first.URL()+"/c/"+n.scene.Link.Code); got != http.StatusGone {
		t.Errorf("the node of the change itself answers %d", got)
	}
	pgtest.Until(t, time.Minute, "the other node has heard that the campaign is paused", func() bool {
		return clickStatus(t, second, n.scene.Link.Code) == http.StatusGone
	})
	n.ask(t, second, fmt.Sprintf(`mutation { updateCampaign(input: {id: %q, state: ACTIVE}) { userErrors { message } } }`, campaign), &ignored)
	pgtest.Until(t, time.Minute, "the first node has heard that it goes on", func() bool {
		return clickStatus(t, first, n.scene.Link.Code) == http.StatusFound
	})

	sink := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { sink <- r.URL.RequestURI() }))
	t.Cleanup(server.Close)
	p := pgtest.Postback(t, n.db, n.scene.Affiliate, server.URL+"/old?tx={transaction_id}", pgtest.On(commission.GoalDeposit))
	report := func(node *App, tx string) string {
		n.report(t, node, globalid.Hex(n.scene.Click), tx)
		return <-sink
	}
	if got := report(second, "t1"); got != "/old?tx=t1" {
		t.Errorf("sent %s", got)
	}
	n.ask(t, first, fmt.Sprintf(`mutation { updatePostback(input: {id: %q, urlTemplate: "%s/new?tx={transaction_id}"}) { userErrors { message } } }`,
		p.GlobalID(), server.URL), &ignored)
	tries := 1
	pgtest.Until(t, time.Minute, "the other node reports by the new template", func() bool {
		tries++
		return report(second, fmt.Sprintf("t%d", tries)) == fmt.Sprintf("/new?tx=t%d", tries)
	})
}

// click clicks on a link and returns the click id that the operator got.
func (n *nodes) click(t *testing.T, node *App, link string) string {
	t.Helper()
	res, err := impatient.Do(browser(t, node.URL()+"/c/"+link))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound || to.Query().Get("cid") == "" {
		t.Fatalf("a click was answered %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	return to.Query().Get("cid")
}

func clickStatus(t *testing.T, node *App, link string) int {
	t.Helper()
	res, err := impatient.Do(browser(t, node.URL()+"/c/"+link))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// browser returns a request as a player's browser sends it.
func browser(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	return r
}

// report calls as the operator does, and returns the result.
func (n *nodes) report(t *testing.T, node *App, click, tx string) string {
	res, err := impatient.Get(fmt.Sprintf("%s/postback/%s?goal=deposit&amount=5&click_id=%s&transaction_id=%s", node.URL(), n.integration, click, tx))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	var answer struct{ Result string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Error(err)
	}
	return answer.Result
}

// reportToBoth reports each conversion to both nodes at once.
func (n *nodes) reportToBoth(t *testing.T, clicks []string, conversions int) map[string]int {
	t.Helper()
	results := map[string]int{}
	var mu sync.Mutex
	var calls sync.WaitGroup
	for i := range conversions {
		for _, node := range n.serve {
			calls.Go(func() {
				result := n.report(t, node, clicks[i%len(clicks)], fmt.Sprintf("tx%d", i))
				mu.Lock()
				defer mu.Unlock()
				results[result]++
			})
		}
	}
	calls.Wait()
	return results
}

// attemptsOf returns a process's own count of attempts.
func attemptsOf(t *testing.T, app *App) float64 {
	t.Helper()
	families, err := app.services.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() == "postrider_delivery_attempts_total" {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}
