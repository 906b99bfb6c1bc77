package intake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/backoffice"
	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/pgtest"
)

func TestProposals(t *testing.T) {
	w := setup(t)
	second := pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetParam1("kx81hq2z") })
	w.report("goal=deposit&transaction_id=T-9&click_id="+hex(second), intake.Recorded)
	elsewhere := pgtest.Offer(t, w.d, func(c *db.OfferCreate) { c.SetOperator("Somebody else") })
	foreign := pgtest.Click(t, w.d, pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: elsewhere}))
	orphan := func(query string) uuid.UUID { return w.conversion(w.report(query, intake.Unattributed)).ID }
	early := orphan("goal=kyc&player_id=7")
	w.report("goal=registration&player_id=7&click_id="+w.click(), intake.Recorded)
	cases := map[uuid.UUID]string{
		early: "same_player",
		orphan("goal=ftd&player_id=1&transaction_id=1&click_id=%7Bclick_id%7D&sub2=" + w.click()): "click_elsewhere",
		orphan("goal=ftd&player_id=2&transaction_id=T-9"):                                         "same_transaction",
		orphan("goal=ftd&player_id=3&transaction_id=3&subid=kx81hq2z"):                            "param_elsewhere",
		orphan("goal=ftd&player_id=4&transaction_id=4&sub2=" + hex(foreign)):                      "",
		orphan("goal=ftd&player_id=5&transaction_id=5&sub2=nothing-at-all"):                       "",
	}
	var ids []uuid.UUID
	for id := range cases {
		ids = append(ids, id)
	}
	proposals, err := w.office().Propose(t.Context(), ids)
	w.must(err)
	for id, want := range cases {
		var got string
		if p := proposals[id]; len(p) > 0 {
			got = string(p[0].Kind)
		}
		if got != want {
			t.Errorf("proposed by %q, want %q: %+v", got, want, proposals[id])
		}
	}
	all := []backoffice.ProposalKind{backoffice.ClickElsewhere, backoffice.SamePlayer, backoffice.SameTransaction, backoffice.ParamElsewhere}
	for _, c := range []struct {
		dry  bool
		want int
	}{{true, 4}, {false, 4}, {false, 0}} {
		n, err := w.office().AssignByRule(t.Context(), ids, all, c.dry, intake.Assignment{Actor: commission.ByStaff})
		if err != nil || n != c.want {
			t.Errorf("dry %t: %d attributed, want %d; %v", c.dry, n, c.want, err)
		}
	}
}

// wantPreviewed compares what a preview said with what an assignment did.
func (w *world) wantPreviewed(p intake.AssignmentPreview, c *db.Conversion, events []*db.ConversionEvent) {
	w.t.Helper()
	if int64(p.AffiliateID) != *c.AffiliateID || int64(p.OfferID) != c.OfferID || int64(p.CampaignID) != *c.CampaignID ||
		!p.Payout.Valid || !p.Payout.Decimal.Equal(*c.Payout) || p.PayoutCurrency != c.PayoutCurrency || p.CappedBy != c.CappedBy {
		w.t.Errorf("previewed %+v, became %+v", p, c)
	}
	var happened []intake.AssignmentDecision
	for _, e := range events {
		for _, d := range e.Considered {
			happened = append(happened, intake.AssignmentDecision{Decision: d, Status: e.Status})
		}
	}
	if !slices.Equal(p.Considered, happened) {
		w.t.Errorf("previewed %+v, decided %+v", p.Considered, happened)
	}
}

func TestWhatIsAttributedLaterFiresWhatWouldHaveFired(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Pending))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Approved))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Rejected))
	a := w.report("goal=cpa&player_id=1&transaction_id=1&status=pending&amount=5", intake.Unattributed)
	w.report("goal=cpa&player_id=1&transaction_id=1&status=approved", intake.Updated)
	id := w.conversion(a).ID
	if err := w.in.Assign(t.Context(), id, intake.Assignment{ClickID: uuid.Must(uuid.NewV7()), Actor: commission.ByStaff}); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("a click that there is not: %v", err)
	}
	preview, err := w.in.PreviewAssign(t.Context(), id, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff})
	w.must(err)
	if c := w.conversion(a); c.AffiliateID != nil || len(w.events(a)) != 2 || w.count(`SELECT count(*) FROM deliveries`) != 0 || w.count(`SELECT count(*) FROM river_job`) != 0 {
		t.Errorf("a preview changed something: %+v", c)
	}
	w.must(w.in.Assign(t.Context(), id, intake.Assignment{ClickID: w.Click, Reason: "it came in sub2", Actor: commission.ByStaff}))
	if _, err := w.in.PreviewAssign(t.Context(), id, intake.Assignment{ClickID: w.Click}); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("a preview of what is attributed: %v", err)
	}
	if err := w.in.Assign(t.Context(), id, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff}); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("a second time: %v", err)
	}
	c := w.conversion(a)
	if *c.AffiliateID != w.Affiliate || *c.ClickID != w.Click || c.AttributedBy != "staff" || c.Payout.String() != "120" {
		t.Errorf("%+v", c)
	}
	w.wantPreviewed(preview, c, w.events(a)[2:])
	events := w.events(a)
	if len(events) != 4 || events[1].AffiliateID != nil || events[1].Macros["param_1"] != "" {
		t.Errorf("what was taken for nobody has changed: %+v", events)
	}
	if first, second := events[2], events[3]; first.Macros["payout"] != "120.00" || second.Macros["previous_status"] != "pending" || second.Macros["param_1"] == "" ||
		*second.AffiliateID != w.Affiliate || !strings.HasSuffix(second.Reason, "it came in sub2") || second.Actor != "staff" {
		t.Errorf("what was taken for its owner: %+v", events)
	}
	if n := w.count(`SELECT count(DISTINCT status) * 10 + count(*) FROM deliveries`); n != 22 {
		t.Errorf("%d, want two deliveries of two statuses", n)
	}
	if n := w.count(`SELECT count(*) FROM deliveries WHERE follows = (status = 'approved')`); n != 2 {
		t.Error("the later step may overtake the earlier one")
	}
	if found := w.contradictions(); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	w.report("goal=registration&player_id=1", intake.Recorded) // the player is bound now
	b := w.report("goal=cpa&player_id=2&transaction_id=2", intake.Unattributed)
	w.exec(`UPDATE players SET click_id = NULL`)
	w.must(w.in.Assign(t.Context(), w.conversion(b).ID, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff}))
}
