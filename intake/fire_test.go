package intake_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/outbox"
	"postrider/pgtest"
)

const tracker = "https://tracker.example/?c={param_1}"

func TestAGlobalAnOffersAndACampaignsPostbackFireThree(t *testing.T) {
	w := setup(t)
	otherOffer := pgtest.Offer(t, w.d)
	otherCampaign := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: w.Offer})
	stranger := pgtest.Affiliate(t, w.d)
	make := func(options ...func(*db.PostbackCreate)) int64 {
		return pgtest.Postback(t, w.d, w.Affiliate, tracker, options...).ID
	}
	want := map[int64]firing.Rule{
		make():                         firing.Matched,
		make(pgtest.ForOffer(w.Offer)): firing.Matched,
		make(pgtest.ForCampaign(w.Link.CampaignID)):              firing.Matched,
		make(pgtest.ForOffer(otherOffer)):                        firing.OtherOffer,
		make(pgtest.ForCampaign(otherCampaign.CampaignID)):       firing.OtherCampaign,
		make(pgtest.On(commission.GoalFTD)):                      firing.OtherGoal,
		make(pgtest.On("registration", commission.Pending)):      firing.OtherStatus,
		make(func(p *db.PostbackCreate) { p.SetEnabled(false) }): firing.Disabled,
	}
	pgtest.Postback(t, w.d, stranger, tracker)
	make(func(p *db.PostbackCreate) { p.SetDeletedAt(pgtest.Now) })

	a := w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	considered := w.events(a)[0].Considered
	if len(considered) != len(want) {
		t.Errorf("%d were considered, want %d", len(considered), len(want))
	}
	for _, d := range considered {
		if d.Rule != want[int64(d.PostbackID)] || d.Fired != (d.Rule == firing.Matched) || d.Reason == "" {
			t.Errorf("postback %d: %+v, want %s", d.PostbackID, d, want[int64(d.PostbackID)])
		}
	}
	deliveries, err := w.client.Delivery.Query().All(w.ctx)
	w.must(err)
	for _, d := range deliveries {
		if want[*d.PostbackID] != firing.Matched || d.State != outbox.Queued || d.AffiliateID != w.Affiliate || d.Attempt != 0 ||
			d.Endpoint != "https://tracker.example:443" || *d.ClickID != w.Click || d.QueuedAt == nil || d.DueAt != nil {
			t.Errorf("%+v", d)
		}
	}
	if jobs := w.count(`SELECT count(*) FROM river_job WHERE kind = 'deliver' AND state = 'available'`); len(deliveries) != 3 || jobs != 1 || w.count(`SELECT count(*) FROM `+queued) != 3 {
		t.Errorf("%d deliveries with %d jobs, want three in one: they go to the same endpoint", len(deliveries), jobs)
	}
}

func TestAStatusFiresThePostbacksThatAskForIt(t *testing.T) {
	w := setup(t)
	approved := pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("ftd")).ID
	reversals := pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("ftd", commission.Rejected, commission.Cancelled)).ID
	click := "&click_id=" + w.click()
	fired := func() map[int64]int {
		n := map[int64]int{}
		all, err := w.client.Delivery.Query().All(w.ctx)
		w.must(err)
		for _, d := range all {
			n[*d.PostbackID]++
		}
		return n
	}
	for _, step := range []struct {
		status              string
		result              intake.Result
		approved, reversals int
	}{
		{"pending", intake.Recorded, 0, 0},
		{"approved", intake.Updated, 1, 0},
		{"approved", intake.Duplicate, 1, 0},
		{"rejected", intake.Updated, 1, 1},
		{"cancelled", intake.Updated, 1, 2},
		{"approved", intake.Updated, 2, 2},
	} {
		w.report("goal=ftd&status="+step.status+click, step.result)
		if n := fired(); n[approved] != step.approved || n[reversals] != step.reversals {
			t.Errorf("after %s: %v, want %+v", step.status, n, step)
		}
	}
}

func TestDeliveriesCommitWithTheConversionOrNotAtAll(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker)
	w.queue.fails = true
	call := w.get("goal=registration&player_id=1&click_id=" + w.click())
	if _, err := w.in.Receive(t.Context(), call); err == nil || !strings.Contains(err.Error(), errQueue.Error()) {
		t.Fatalf("err %v", err)
	}
	for _, table := range []string{"conversions", "conversion_events", "deliveries", "river_job", "players", "received_postbacks"} {
		if n := w.count(`SELECT count(*) FROM ` + table); n != 0 {
			t.Errorf("%d rows stayed in %s", n, table)
		}
	}
	w.queue.fails = false
	if a := w.receive(call); a.Result != intake.Recorded {
		t.Errorf("called again: %+v", a)
	}
	if n := w.count(`SELECT count(*) FROM deliveries d JOIN ` + queued + ` ON q ->> 'id' = d.id::text AND q ->> 'attempt' = '0'`); n != 1 {
		t.Errorf("%d deliveries have their job", n)
	}
}

func TestACallerThatGivesUpLeavesNothingBehind(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.in.Receive(ctx, w.get("goal=registration&click_id="+w.click())); err == nil {
		t.Error("no error")
	}
	if n := w.count(`SELECT count(*) FROM conversions`); n != 0 {
		t.Errorf("%d conversions", n)
	}
}

func TestTheMacrosSayWhatWasSoThen(t *testing.T) {
	w := setup(t)
	click := pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetParam1("abc d&é+1").SetParam2("{payout}").SetParam3("3") })
	w.exec(`UPDATE clicks SET landing_page_id = (SELECT id FROM landing_pages WHERE offer_id = $1)`, w.Offer)
	a := w.report("goal=ftd&player_id=their-7&transaction_id=TX-1&amount=25.5&currency=SEK&click_id="+hex(click), intake.Recorded)
	c := w.conversion(a)
	got := w.events(a)[0].Macros
	offer, err := w.client.Offer.Get(w.ctx, w.Offer)
	w.must(err)
	campaign, err := w.client.Campaign.Get(w.ctx, w.Link.CampaignID)
	w.must(err)
	want := map[string]string{
		"date": c.OccurredAt.UTC().Format("2006-01-02T15:04:05Z"), "timestamp": "1781258400", "amount": "25.50", "payout": "0.00",
		"currency": "SEK", "player_id": hex(*c.PlayerID), "camp_id": decimalOf(campaign.ID), "camp_name": campaign.Name,
		"offer_id": decimalOf(offer.ID), "offer_name": offer.Name, "aff_id": decimalOf(w.Affiliate), "goal_name": "FTD",
		"goal_id": "ftd", "status": "approved", "click_id": hex(click), "conversion_id": a.ConversionID, "transaction_id": "TX-1",
		"param_1": "abc d&é+1", "param_2": "{payout}", "param_3": "3", "country": "DE", "landing_page": "welcome",
		"user_agent": "Mozilla/5.0 (Linux; Android 15)", "referrer": "https://bets.example/top-10",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("{%s} is %q, want %q", name, got[name], value)
		}
	}
	for name, value := range got {
		if strings.Contains(value, "their-7") {
			t.Errorf("{%s} tells the operator's id of the player", name)
		}
		if _, known := want[name]; !known {
			t.Errorf("{%s} is %q", name, value)
		}
	}
}

func TestAHeldPostbacksDeliveriesWait(t *testing.T) {
	w := setup(t)
	p := pgtest.Postback(t, w.d, w.Affiliate, tracker, func(c *db.PostbackCreate) { c.SetHoldReason("GONE") })
	a := w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	if d := w.events(a)[0].Considered[0]; d.Rule != firing.Held || !d.Fired {
		t.Errorf("%+v", d)
	}
	d, err := w.client.Delivery.Query().Only(w.ctx)
	w.must(err)
	if d.State != outbox.Held || *d.Reason != string(outbox.PostbackHeld) || d.QueuedAt != nil || w.count(`SELECT count(*) FROM river_job`) != 0 {
		t.Errorf("%+v", d)
	}
	// Resumed, but this node is not yet notified: a delivery held now would wait forever.
	w.exec(`UPDATE postbacks SET hold_reason = NULL WHERE id = $1`, p.ID)
	a = w.report("goal=registration&click_id="+hex(pgtest.Click(t, w.d, w.Link)), intake.Recorded)
	if d := w.events(a)[0].Considered[0]; d.Rule != firing.Matched {
		t.Errorf("%+v", d)
	}
	if n := w.count(`SELECT count(*) FROM deliveries WHERE state = 'queued'`); n != 1 {
		t.Errorf("%d deliveries are queued", n)
	}
}

func TestACallThatFailsTakesNoOtherWithIt(t *testing.T) {
	w := setup(t)
	w.queue.poison = "https://poison.example:443"
	pgtest.Postback(t, w.d, w.Affiliate, tracker)
	pgtest.Postback(t, w.d, w.Affiliate, "https://poison.example/", pgtest.On("ftd"))
	calls := make([]inbound.Call, 30)
	for i := range calls {
		goal := "registration"
		if i%10 == 3 {
			goal = "ftd"
		}
		calls[i] = w.get("goal=" + goal + "&click_id=" + hex(pgtest.Click(t, w.d, w.Link)))
	}
	var together sync.WaitGroup
	for i, call := range calls {
		together.Go(func() {
			a, err := w.in.Receive(t.Context(), call)
			if i%10 == 3 {
				if err == nil || !strings.Contains(err.Error(), errQueue.Error()) {
					t.Errorf("call %d: %+v, %v", i, a, err)
				}
			} else if err != nil || a.Result != intake.Recorded {
				t.Errorf("call %d: %+v, %v", i, a, err)
			}
		})
	}
	together.Wait()
	if n := w.count(`SELECT count(*) FROM conversions`); n != 27 {
		t.Errorf("%d conversions", n)
	}
	for _, fault := range w.contradictions() {
		t.Error(fault)
	}
}
