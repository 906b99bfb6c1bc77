package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// sink is a tracker that remembers the last request line.
type sink struct {
	*httptest.Server

	mu   sync.Mutex
	line string
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.line = r.RequestURI
	}))
	t.Cleanup(s.Close)
	return s
}

// last returns the URL of the last request.
func (s *sink) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.URL + s.line
}

// everyMacro is a template's query with each macro of a single conversion.
func everyMacro() string {
	var pairs []string
	for _, m := range macro.All() {
		if !m.Aggregates {
			pairs = append(pairs, fmt.Sprintf("%s={%s}", m.Name, m.Name))
		}
	}
	return strings.Join(pairs, "&")
}

// For every goal, deal and kind of draft: preview and simulation show the URL that a tracker
// receives from a test fire.
func TestWhatIsShownIsWhatIsSent(t *testing.T) {
	t.Parallel()
	a, tracker := newAPI(t), newSink(t)
	s := pgtest.NewScene(t, a.db)
	d := decimal.RequireFromString
	goals, err := a.db.Client().Goal.Query().All(pgtest.System(t))
	must(t, err)
	link := fmt.Sprintf("%s/c/%s?param_1={subid}&param_2=fixed", publicURL, s.Link.Code)
	for name, c := range map[string]struct {
		deal func(*db.DealCreate)
		pays map[string]string // by goal; 0.00 for the others
	}{
		"none":     {nil, nil},
		"CPA":      {func(c *db.DealCreate) { c.SetModel(commission.CPA).SetAmount(d("90")).SetAffiliateID(s.Affiliate) }, map[string]string{"cpa": "90.00"}},
		"CPL":      {func(c *db.DealCreate) { c.SetModel(commission.CPL).SetAmount(d("4.5")).SetLeadGoal("kyc") }, map[string]string{"kyc": "4.50"}},
		"RevShare": {func(c *db.DealCreate) { c.SetModel(commission.RevShare).SetPercent(d("40")) }, map[string]string{"net_revenue": "10.20"}},
		"Hybrid":   {func(c *db.DealCreate) { c.SetModel(commission.Hybrid).SetAmount(d("60")).SetPercent(d("20")) }, map[string]string{"cpa": "60.00", "net_revenue": "5.10"}},
	} {
		_, err := a.db.SQL.ExecContext(t.Context(), `DELETE FROM deals`)
		must(t, err)
		if c.deal != nil {
			row := a.db.Client().Deal.Create().SetOfferID(s.Offer).SetCurrency("EUR").SetCreatedAt(pgtest.Now)
			c.deal(row)
			must(t, row.Exec(pgtest.System(t)))
		}
		// A user for each deal: tests are limited by user.
		token := a.affiliate(t, s.Affiliate)
		for _, g := range goals {
			pays := c.pays[g.Key]
			if pays == "" {
				pays = "0.00"
			}
			draft := vars{"urlTemplate": tracker.URL + "/pb?" + everyMacro(), "goals": []string{"deposit", g.Key}, "scope": "CAMPAIGN", "campaignId": globalid.Int("Campaign", s.Link.CampaignID)}
			for _, through := range []any{link, nil} {
				sent := a.isSentAsShown(t, token, tracker, vars{"p": draft, "g": g.Key, "l": through})
				if sent.Get("goal_id") != g.Key || sent.Get("payout") != pays || sent.Get("status") != "approved" || sent.Get("camp_id") != fmt.Sprint(s.Link.CampaignID) || (sent.Get("param_2") == "fixed") != (through != nil) {
					t.Errorf("%s, %s: sent %v, want a payout of %s", name, g.Key, sent, pays)
				}
			}
		}
	}
}

// isSentAsShown compares the three for one goal, and returns the query that the tracker received. A
// simulation needs a link.
func (a *api) isSentAsShown(t *testing.T, token who, tracker *sink, v vars) url.Values {
	t.Helper()
	preview := a.ask(t, token, `query($p: PostbackInput!, $g: String!, $l: String) { previewPostback(postback: $p, goal: $g, trackingLink: $l) { url } }`, v).at(t, "previewPostback", "url")
	fired := a.ask(t, token, `mutation($p: PostbackInput!, $g: String!, $l: String) { testPostback(input: {postback: $p, goal: $g, trackingLink: $l}) { test { url } userErrors { message } } }`, v)
	sent := tracker.last()
	if preview != sent {
		t.Errorf("%s\nthe preview shows %v\nthe tracker received %s", fired.body, preview, sent)
	}
	if v["l"] != nil {
		const simulate = `query($p: PostbackInput!, $g: String!, $l: String!) { simulatePostback(postback: $p, goal: $g, trackingLink: $l) { simulation { postbacks { url } } userErrors { message } } }`
		if simulated := a.ask(t, token, simulate, v).at(t, "simulatePostback", "simulation", "postbacks", 0, "url"); simulated != sent {
			t.Errorf("the simulation shows %v\nthe tracker received %s", simulated, sent)
		}
	}
	u, err := url.Parse(sent)
	must(t, err)
	return u.Query()
}
