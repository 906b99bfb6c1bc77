package intake_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/pgtest"
)

func (w *world) capCampaign(most int) {
	w.t.Helper()
	w.exec(`UPDATE campaigns SET daily_cap = nullif($2::bigint, 0) WHERE id = $1`, w.Link.CampaignID, most)
	w.in.Forget()
}

func (w *world) capOffer(most int) {
	w.t.Helper()
	w.exec(`UPDATE offers SET daily_cap = nullif($2::bigint, 0) WHERE id = $1`, w.Offer, most)
	w.in.Forget()
}

// cpa reports that a new player qualified.
func (w *world) cpa(n int) (*db.Conversion, string) {
	w.t.Helper()
	click := hex(pgtest.Click(w.t, w.d, w.Link))
	a := w.report(fmt.Sprintf("goal=cpa&click_id=%s&player_id=player-%d", click, n), intake.Recorded)
	return w.conversion(a), w.last().Reason
}

func TestWhatComesOverTheCapIsKeptAndPaysNothing(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(commission.GoalCPA))
	w.capCampaign(2)
	if a := w.clickOn(w.Link.Code, ""); a.ClickID.IsNil() {
		t.Errorf("a click while there is room: %+v", a)
	}
	for n := range 3 {
		c, reason := w.cpa(n)
		over := n == 2
		if pays := c.Payout.IsPositive(); pays == over || (c.CappedBy == "campaign") != over || strings.Contains(reason, "over the daily cap") != over {
			t.Errorf("the %d. pays %v, is capped by %q, and the log says %q", n+1, c.Payout, c.CappedBy, reason)
		}
		events, err := w.client.ConversionEvent.Query().All(w.ctx)
		w.must(err)
		if d := events[len(events)-1].Considered; over && (d[0].Fired || d[0].Rule != firing.OverCap) {
			t.Errorf("over the cap: %+v", d)
		}
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 2 {
		t.Errorf("%d were told, want two", n)
	}
	w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	if n := w.count(`SELECT count(*) FROM conversions WHERE capped_by <> ''`); n != 1 {
		t.Errorf("%d are over the cap: what pays nothing takes no place", n)
	}
	w.in.Forget() // as the notification of the full day does on every node
	if a := w.clickOn(w.Link.Code, ""); !a.ClickID.IsNil() || a.Route.Kind != tracking.Gone || a.NoClick == "" {
		t.Errorf("a click on what is full: %+v", a)
	}
	w.later(24 * time.Hour)
	if a := w.clickOn(w.Link.Code, ""); a.ClickID.IsNil() {
		t.Errorf("a click of the next day: %+v", a)
	}
	if c, _ := w.cpa(7); c.CappedBy != "" {
		t.Errorf("the next day's first is capped by %q", c.CappedBy)
	}
}

func TestTheOffersCapGivesTheCampaignsPlaceBack(t *testing.T) {
	w := setup(t)
	w.capCampaign(5)
	w.capOffer(1)
	w.cpa(1)
	if c, _ := w.cpa(2); c.CappedBy != "offer" {
		t.Errorf("it is capped by %q", c.CappedBy)
	}
	used, err := w.in.UsedOfCampaigns(w.ctx, []int64{w.Link.CampaignID})
	if w.must(err); used[w.Link.CampaignID] != 1 {
		t.Errorf("%d places of the campaign are used, want one", used[w.Link.CampaignID])
	}
	w.capOffer(0)
	if c, _ := w.cpa(3); c.CappedBy != "" {
		t.Errorf("without the offer's cap it is capped by %q", c.CappedBy)
	}
}

func TestWhatIsOverTheCapStaysSoWhateverBecomesOfIt(t *testing.T) {
	w := setup(t)
	w.capCampaign(1)
	w.cpa(1)
	c, _ := w.cpa(2)
	for _, status := range []commission.Status{commission.Rejected, commission.Approved} {
		_, err := w.in.Move(w.ctx, c.ID, intake.Move{To: status, Actor: commission.ByStaff})
		w.must(err)
	}
	again, err := w.client.Conversion.Get(w.ctx, c.ID)
	if w.must(err); !again.Payout.IsZero() || again.CappedBy != "campaign" {
		t.Errorf("approved again it pays %v and is capped by %q", again.Payout, again.CappedBy)
	}
}

func TestTheLastPlaceIsTakenOnce(t *testing.T) {
	const callers, most = 40, 7
	w := setup(t)
	w.capCampaign(most)
	nodes := []*intake.Intake{w.in, w.node()}
	var all sync.WaitGroup
	errs := make(chan error, callers)
	for n := range callers {
		click := hex(pgtest.Click(t, w.d, w.Link))
		all.Go(func() {
			_, err := nodes[n%2].Receive(t.Context(), w.get(fmt.Sprintf("goal=cpa&click_id=%s&player_id=p%d", click, n)))
			errs <- err
		})
	}
	all.Wait()
	for range callers {
		w.must(<-errs)
	}
	free := w.count(`SELECT count(*) FROM conversions WHERE capped_by = '' AND payout > 0`)
	if used := w.count(`SELECT coalesce(sum(used), 0) FROM cap_days`); free != most || used != most {
		t.Errorf("%d are paid and %d places are used, want %d", free, used, most)
	}
}

// A second conversion of a goal is not attributed to a click, whether or not the day's cap is
// full.
func TestAttributingASecondOneIsRefusedThoughTheCapIsFull(t *testing.T) {
	w := setup(t)
	click := pgtest.Click(t, w.d, w.Link)
	w.report("goal=cpa&click_id="+hex(click), intake.Recorded)
	lost := w.conversion(w.report("goal=cpa&player_id=somebody", intake.Unattributed))
	w.capOffer(1)
	w.exec(`INSERT INTO cap_days (kind, ref, day, used) VALUES ('offer', $1, $2, 1)`, w.Offer, w.clock().UTC().Format(time.DateOnly))
	w.exec(`UPDATE conversions SET player_id = NULL`) // so that it counts for the click
	err := w.in.Assign(t.Context(), lost.ID, intake.Assignment{ClickID: click, Actor: commission.ByStaff})
	if problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("%v", err)
	}
}
