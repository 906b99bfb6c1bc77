package intake_test

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/domain/platforms"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

// sent is one call of a platform: the words that it puts into the macros for goal and status.
type sent struct {
	goal, status       string // its words
	wantGoal, wantWord string // ours
}

// callsOf returns every combination of words of a template at one of its URLs.
func callsOf(p *platforms.Template, u platforms.URL) []sent {
	macro := map[string]string{}
	for _, m := range p.Macros {
		macro[m.Parameter] = m.Text
	}
	goals := map[string]string{"registration": "registration", "ftd": "ftd"} // ours are always understood
	maps.Copy(goals, p.Goals)
	if u.Goal != "" {
		goals = map[string]string{u.Goal: u.Goal}
	}
	statuses := map[string]string{"": "approved"}
	if _, ok := macro[commission.ParamStatus]; ok {
		maps.Copy(statuses, map[string]string{"approved": "approved", "pending": "pending", "rejected": "rejected"})
		maps.Copy(statuses, p.Statuses)
	}
	var all []sent
	for word, goal := range goals {
		if u.Goal == "" && macro[commission.ParamGoal] == macro[commission.ParamStatus] { // one macro says both
			if status, ok := p.Statuses[word]; ok {
				all = append(all, sent{word, word, goal, status})
			}
			continue
		}
		for status, ours := range statuses {
			all = append(all, sent{word, status, goal, ours})
		}
	}
	return all
}

// query returns the query of a URL as the platform calls it: with values in the place of its macros.
func query(p *platforms.Template, u platforms.URL, values map[string]string) string {
	of := map[string]string{}
	for _, m := range p.Macros {
		name := m.Parameter
		if theirs := p.Names[name]; theirs != "" {
			name = theirs
		}
		of[name] = values[m.Parameter]
	}
	_, text, _ := strings.Cut(u.URL, "?")
	pairs := strings.Split(text, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if value, ok := of[name]; ok {
			pairs[i] = name + "=" + url.QueryEscape(value)
		}
	}
	return strings.Join(pairs, "&")
}

// What each template has the operator enter is recorded once the platform has filled it in: with
// the goal, the status, the click and the amount that its words mean.
func TestWhatTemplatesHandOverIsRecorded(t *testing.T) {
	w := setup(t)
	for _, p := range platforms.Templates() {
		inlet := pgtest.Integration(t, w.d, w.Offer, func(c *db.IntegrationCreate) {
			c.SetPlatform(p.Key).SetParameterMapping(of(p.Names)).SetGoalMapping(of(p.Goals)).SetStatusMapping(of(p.Statuses))
		})
		w.in = w.node()
		for _, u := range p.URLs(platforms.Call{Endpoint: "https://x.example/postback/" + inlet.Key, Token: inlet.Token, Names: p.Names}) {
			for _, s := range callsOf(p, u) {
				w.takesTemplate(p, inlet, u, s)
			}
		}
	}
}

func of(words map[string]string) map[string]string {
	if words == nil {
		return map[string]string{}
	}
	return words
}

func (w *world) takesTemplate(p *platforms.Template, inlet pgtest.Inlet, u platforms.URL, s sent) {
	w.t.Helper()
	click := pgtest.Click(w.t, w.d, w.Link)
	raw := query(p, u, map[string]string{
		"goal": s.goal, "status": s.status, "click_id": hex(click), "player_id": "p-" + hex(click), "transaction_id": "t-" + hex(click), "amount": "25.50",
		"currency": "EUR", "payout": "12.50", "occurred_at": decimalOf(pgtest.Now.Unix()),
	})
	a := w.receive(inbound.Call{IntegrationKey: inlet.Key, Method: "GET", RawQuery: raw, Address: netip.MustParseAddr("198.51.100.7")})
	if a.Result != intake.Recorded {
		w.t.Errorf("%s: %s: %+v", p.Key, raw, a)
		return
	}
	c := w.conversion(a)
	if c.Goal != s.wantGoal || string(c.Status) != s.wantWord || c.ClickID == nil || *c.ClickID != click {
		w.t.Errorf("%s: %s: a %s that is %s, of the click %v", p.Key, raw, c.Goal, c.Status, c.ClickID)
	}
	says := slices.ContainsFunc(p.Macros, func(m platforms.Macro) bool { return m.Parameter == commission.ParamAmount })
	if says != (c.Amount != nil && c.Amount.Equal(decimal.RequireFromString("25.50"))) {
		w.t.Errorf("%s: %s: the amount is %v", p.Key, raw, c.Amount)
	}
}
