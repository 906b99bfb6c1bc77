package intake_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

func TestAConversionIsAttributedByItsClickThenByItsPlayer(t *testing.T) {
	w := setup(t)
	second := pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetParam1("second") })

	byClick := w.conversion(w.report("goal=registration&player_id=7&click_id="+w.click(), intake.Recorded))
	if *byClick.AffiliateID != w.Affiliate || *byClick.ClickID != w.Click || *byClick.CampaignID != w.Link.CampaignID ||
		byClick.AttributedBy != "click" || byClick.PlayerID == nil {
		t.Errorf("by click: %+v", byClick)
	}
	byPlayer := w.conversion(w.report("goal=ftd&player_id=7", intake.Recorded))
	if *byPlayer.ClickID != w.Click || byPlayer.AttributedBy != "player" || *byPlayer.PlayerID != *byClick.PlayerID {
		t.Errorf("by player: %+v", byPlayer)
	}
	broken := w.conversion(w.report("goal=kyc&player_id=7&click_id={click_id}", intake.Recorded))
	if *broken.ClickID != w.Click || broken.AttributedBy != "player" || broken.ReportedClickID != "{click_id}" {
		t.Errorf("a click id that is none, of a known player: %+v", broken)
	}
	// A player stays bound to its first click; a click that is named counts nonetheless.
	named := w.conversion(w.report("goal=deposit&transaction_id=1&player_id=7&click_id="+globalid.Hex(second), intake.Recorded))
	if *named.ClickID != second || named.AttributedBy != "click" {
		t.Errorf("another click that was named: %+v", named)
	}
	later := w.conversion(w.report("goal=deposit&transaction_id=2&player_id=7", intake.Recorded))
	if *later.ClickID != w.Click {
		t.Errorf("the player has moved to its second click: %+v", later)
	}
}

func TestAPlayerIsBoundTheFirstTimeBothAreGiven(t *testing.T) {
	w := setup(t)
	w.report("goal=kyc&player_id=7", intake.Unattributed)
	w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	w.report("goal=ftd&player_id=7&click_id="+w.click(), intake.Recorded)
	w.report("goal=deposit&transaction_id=1&player_id=7", intake.Recorded)
	// What the click had reached, its player has reached.
	w.report("goal=registration&player_id=7", intake.Duplicate)
	w.report("goal=registration&player_id=7&click_id="+w.click(), intake.Duplicate)
	w.report("goal=ftd&click_id="+w.click(), intake.Duplicate)
	// Another player of the same click is another player.
	w.report("goal=ftd&player_id=8&click_id="+w.click(), intake.Recorded)
	if n := w.count(`SELECT count(*) FROM players`); n != 2 {
		t.Errorf("%d players", n)
	}
}

func TestWhatNobodyCanBeCreditedForIsKept(t *testing.T) {
	w := setup(t)
	otherOffer := pgtest.Offer(t, w.d, func(o *db.OfferCreate) { o.SetOperator("Another") })
	foreign := pgtest.Click(t, w.d, pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: otherOffer}))
	for query, why := range map[string]string{
		"goal=ftd&click_id=%7Bclick_id%7D":                       "is not a valid click id",
		"goal=ftd&click_id=0197640b8a5e7c10b3f29d6e41c80a35":     "there is no click",
		"goal=ftd&click_id=" + globalid.Hex(foreign):             "there is no click",
		"goal=ftd&player_id=unknown":                             "no click is known for this player",
		"goal=ftd&player_id=unknown2&click_id=%E2%82%AC%27--%22": "is not a valid click id",
	} {
		a := w.report(query, intake.Unattributed)
		c := w.conversion(a)
		if c.AffiliateID != nil || c.ClickID != nil || c.Payout != nil || c.AttributedBy != "" || c.OfferID != w.Offer {
			t.Errorf("%s: %+v", query, c)
		}
		if e := w.last(); !strings.Contains(e.Reason, why) {
			t.Errorf("%s: %q", query, e.Reason)
		}
		if events := w.events(a); len(events) != 1 || len(events[0].Considered) != 0 {
			t.Errorf("%s: %v", query, events)
		}
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 0 {
		t.Errorf("%d deliveries of conversions that are nobody's", n)
	}
}

func TestAClickOfTheOperatorsOtherOfferCountsForThatOffer(t *testing.T) {
	w := setup(t)
	other := pgtest.Offer(t, w.d)
	click := pgtest.Click(t, w.d, pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: other}))
	c := w.conversion(w.report("goal=cpa&click_id="+globalid.Hex(click), intake.Recorded))
	if c.OfferID != other || c.CampaignID != nil || c.Payout.String() != "120" {
		t.Errorf("%+v", c)
	}
}

func TestThePayoutIsTheDeals(t *testing.T) {
	w := setup(t)
	deal := func(affiliate int64, model commission.Model, amount, percent int64, lead string) {
		w.exec(`DELETE FROM deals WHERE offer_id = $1 AND affiliate_id IS NOT DISTINCT FROM nullif($2::bigint, 0)`, w.Offer, affiliate)
		c := w.client.Deal.Create().SetOfferID(w.Offer).SetModel(model).SetCurrency("EUR")
		if affiliate != 0 {
			c.SetAffiliateID(affiliate)
		}
		if amount != 0 {
			c.SetAmount(decimal.NewFromInt(amount))
		}
		if percent != 0 {
			c.SetPercent(decimal.NewFromInt(percent))
		}
		if lead != "" {
			c.SetLeadGoal(lead)
		}
		w.must(c.Exec(w.ctx))
		w.in.Forget()
	}
	n := 0
	paid := func(goal, amount string) string {
		n++
		click := globalid.Hex(pgtest.Click(t, w.d, w.Link))
		c := w.conversion(w.report("goal="+goal+"&amount="+amount+"&transaction_id="+click+"&click_id="+click, intake.Recorded))
		if c.Payout == nil || c.PayoutCurrency != "EUR" || c.DealID == nil {
			t.Fatalf("no payout: %+v", c)
		}
		return c.Payout.String()
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s pays %s, want %s", what, got, want)
		}
	}
	check("CPA for a qualified player", paid("cpa", "10"), "120")
	check("CPA for a deposit", paid("deposit", "10"), "0")
	deal(0, commission.CPL, 15, 0, "kyc")
	check("CPL for its lead", paid("kyc", ""), "15")
	check("CPL for another goal", paid("registration", ""), "0")
	deal(0, commission.RevShare, 0, 35, "")
	check("RevShare", paid("net_revenue", "100.01"), "35")
	check("RevShare of a loss", paid("net_revenue", "-10"), "-3.5")
	deal(w.Affiliate, commission.CPA, 500, 0, "")
	check("the affiliate's own deal", paid("cpa", ""), "500")
}
