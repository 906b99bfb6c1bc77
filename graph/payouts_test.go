package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// What a goal pays is said by the deals in force for the viewer, where the postback fires.
func TestEachGoalSaysWhatItPays(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.NewScene(t, a.db)
	leads := pgtest.Offer(t, a.db)
	own := func(c *db.DealCreate) {
		c.SetAffiliateID(s.Affiliate).SetModel(commission.Hybrid).SetAmount(decimal.NewFromInt(90)).SetPercent(decimal.NewFromInt(35))
	}
	for offer, change := range map[int64]func(*db.DealCreate){
		s.Offer: own,
		leads: func(c *db.DealCreate) {
			c.SetAffiliateID(s.Affiliate).SetModel(commission.CPL).SetAmount(decimal.NewFromInt(9))
		},
	} {
		row := a.db.Client().Deal.Create().SetOfferID(offer).SetCurrency("EUR").SetCreatedAt(pgtest.Now)
		change(row)
		must(t, row.Exec(pgtest.System(t)))
	}
	offer := func(id int64) string { return globalid.Int("Offer", id) }
	for name, c := range map[string]struct {
		who      who
		postback vars
		want     string
	}{
		"one's own deal":     {a.affiliate(t, s.Affiliate), vars{}, fmt.Sprintf("cpa 90.00 %d own, net_revenue 35%% %d own", s.Offer, s.Offer)},
		"the default":        {a.affiliate(t, other.Affiliate), vars{}, fmt.Sprintf("cpa 120.00 %d", other.Offer)},
		"an offer":           {a.affiliate(t, s.Affiliate), vars{"scope": "OFFER", "offerId": offer(leads)}, fmt.Sprintf("registration 9.00 %d own", leads)},
		"another's view":     {a.affiliate(t, other.Affiliate), vars{"scope": "OFFER", "offerId": offer(leads)}, fmt.Sprintf("cpa 120.00 %d", leads)},
		"a campaign":         {a.affiliate(t, s.Affiliate), vars{"scope": "CAMPAIGN", "campaignId": globalid.Int("Campaign", s.Link.CampaignID)}, fmt.Sprintf("cpa 90.00 %d own, net_revenue 35%% %d own", s.Offer, s.Offer)},
		"another's campaign": {a.affiliate(t, other.Affiliate), vars{"scope": "CAMPAIGN", "campaignId": globalid.Int("Campaign", s.Link.CampaignID)}, ""},
		"without links":      {a.affiliate(t, pgtest.Affiliate(t, a.db)), vars{}, fmt.Sprintf("cpa 120.00 %d, cpa 120.00 %d, cpa 120.00 %d", s.Offer, other.Offer, leads)},
	} {
		res := a.ask(t, c.who, `query($p: PostbackInput!) { goalPayouts(postback: $p) { goal { key } payouts { own percent amount { amount currency } offer { id } } } }`, vars{"p": c.postback})
		var said []string
		for _, g := range res.at(t, "goalPayouts").([]any) {
			g := g.(map[string]any)
			for _, p := range g["payouts"].([]any) {
				p := p.(map[string]any)
				pays := fmt.Sprint(p["percent"], "%")
				if amount, ok := p["amount"].(map[string]any); ok {
					pays = amount["amount"].(string)
				}
				parsed, _ := globalid.Parse(p["offer"].(map[string]any)["id"].(string))
				id, _ := parsed.Int()
				text := fmt.Sprintf("%s %s %d", g["goal"].(map[string]any)["key"], pays, id)
				if p["own"] == true {
					text += " own"
				}
				said = append(said, text)
			}
		}
		if got := strings.Join(said, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// The doctor knows the deals and last month's numbers of whoever asks.
func TestTheDoctorKnowsWhatIsPaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	last := time.Date(pgtest.Now.Year(), pgtest.Now.Month()-1, 15, 0, 0, 0, 0, time.UTC)
	for goal, payout := range map[string]int64{"ftd": 0, "cpa": 1200} {
		s.Conversion(t, a.db, func(c *db.ConversionCreate) {
			id, err := uuid.NewV7AtTime(last)
			must(t, err)
			c.SetID(id).SetGoal(goal).SetStatus(commission.Approved).SetPayout(decimal.NewFromInt(payout)).SetPayoutCurrency("EUR")
		})
	}
	token := a.affiliate(t, s.Affiliate)
	lint := func(postback vars) map[string]any {
		t.Helper()
		postback["urlTemplate"] = "https://kt.trk.io/in?c={param_1}&p={payout}&g={goal_id}&t={conversion_id}"
		res := a.ask(t, token, `query($p: PostbackInput!) { lintPostback(postback: $p) { code message fix { label goals } } }`, vars{"p": postback})
		for _, f := range res.at(t, "lintPostback").([]any) {
			if f := f.(map[string]any); f["code"] == "NOTHING_PAID" {
				return f
			}
		}
		return nil
	}
	f := lint(vars{"goals": []string{"registration", "ftd"}})
	if f == nil || f["message"] != "Your deals pay nothing for the chosen goals: last month's 1 FTD conversion would have shown €0 in your tracker, with CPA €1,200; add CPA." {
		t.Fatalf("%v", f)
	}
	if fix := f["fix"].(map[string]any); fix["label"] != "Add CPA" || !slices.Equal(fix["goals"].([]any), []any{"registration", "ftd", "cpa"}) {
		t.Errorf("its fix is %v", fix)
	}
	if f := lint(vars{"goals": []string{"cpa"}}); f != nil {
		t.Errorf("of what pays: %v", f)
	}
	saved := pgtest.Postback(t, a.db, s.Affiliate, "https://kt.trk.io/in?c={param_1}", pgtest.On("ftd"))
	if f := lint(vars{"id": saved.GlobalID()}); f == nil || f["fix"] != nil {
		t.Errorf("of a saved one, whose goal cannot be added to: %v", f)
	}
	pgtest.Postback(t, a.db, s.Affiliate, "https://kt.trk.io/other?c={param_1}", pgtest.On("cpa"))
	if f := lint(vars{"id": saved.GlobalID()}); f != nil {
		t.Errorf("another postback tells this tracker of what pays: %v", f)
	}
}
