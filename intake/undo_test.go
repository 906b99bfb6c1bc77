package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/conversion"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/pgtest"
)

// rival is another affiliate of the scene's offer, with a click.
func (w *world) rival() (affiliate int64, click uuid.UUID) {
	w.t.Helper()
	affiliate = pgtest.Affiliate(w.t, w.d)
	return affiliate, pgtest.Click(w.t, w.d, pgtest.Campaign(w.t, w.d, pgtest.For{Affiliate: affiliate, Offer: w.Offer}))
}

func (w *world) attributeTo(id, click uuid.UUID) {
	w.t.Helper()
	w.must(w.in.Assign(w.t.Context(), id, intake.Assignment{ClickID: click, Reason: "by hand", Actor: commission.ByStaff}))
}

func (w *world) undo(id uuid.UUID) intake.Undone {
	w.t.Helper()
	out, err := w.in.Undo(w.t.Context(), id, intake.Undoing{Actor: commission.ByStaff})
	w.must(err)
	return out
}

func (w *world) byID(id uuid.UUID) *db.Conversion {
	w.t.Helper()
	c, err := w.client.Conversion.Get(w.ctx, id)
	w.must(err)
	return c
}

// paid returns what an affiliate is paid.
func (w *world) paid(affiliate int64) string {
	w.t.Helper()
	var sum decimal.Decimal
	w.must(w.d.SQL.QueryRowContext(w.t.Context(), `SELECT coalesce(sum(payout), 0) FROM conversions WHERE affiliate_id = $1`, affiliate).Scan(&sum))
	return sum.String()
}

func TestAnUndoneAttributionPaysNothingAndTheCallIsUnattributedAgain(t *testing.T) {
	w := setup(t)
	other, right := w.rival()
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa"))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Cancelled))
	pgtest.Postback(t, w.d, other, tracker, pgtest.On("cpa", commission.Pending, commission.Approved))
	const call = "goal=cpa&transaction_id=T1&click_id=%7Bclick_id%7D"
	first := w.conversion(w.report(call+"&status=pending", intake.Unattributed))
	w.report(call+"&status=approved", intake.Updated)
	w.attributeTo(first.ID, w.Click)
	if got := w.paid(w.Affiliate); got != "120" {
		t.Fatalf("attributed it pays %s", got)
	}

	out := w.undo(first.ID)
	was, again := w.byID(first.ID), w.byID(out.ReplacedBy)
	if was.Status != commission.Cancelled || !was.Payout.IsZero() || *was.AffiliateID != w.Affiliate || was.UndoneAt == nil || *was.ReplacedBy != again.ID {
		t.Errorf("taken back: %+v", was)
	}
	steps := w.events(intake.Answer{ConversionID: hex(first.ID)})
	if last := steps[len(steps)-1]; last.Reason != intake.TakenBack || *last.PreviousStatus != commission.Approved || last.AffiliateID == nil || last.Actor != "staff" {
		t.Errorf("the last step: %+v", last)
	}
	if again.AffiliateID != nil || again.Status != commission.Approved || *again.TransactionID != "T1" || again.Payout != nil || again.Origin != "operator" || !again.ReceivedAt.Equal(first.ReceivedAt) {
		t.Errorf("unattributed again: %+v", again)
	}
	var statuses []string
	for _, s := range w.events(intake.Answer{ConversionID: hex(again.ID)}) {
		statuses = append(statuses, fmt.Sprintf("%s %s", s.Status, s.Actor))
		if s.AffiliateID != nil || s.Macros["conversion_id"] != hex(again.ID) || s.Macros["param_1"] != "" {
			t.Errorf("a step of the one that stands for the call: %+v", s)
		}
	}
	if want := []string{"pending operator", "approved operator"}; !slices.Equal(statuses, want) {
		t.Errorf("its steps are %q, want %q", statuses, want)
	}
	if n := w.count(`SELECT count(*) FROM deliveries WHERE status = 'cancelled'`); n != 1 {
		t.Errorf("the tracker is told %d times", n)
	}
	if a := w.report(call+"&status=approved", intake.Duplicate); a.ConversionID != hex(again.ID) {
		t.Errorf("the same call again is %s", a.ConversionID)
	}

	w.attributeTo(again.ID, right)
	if a := w.report(call+"&status=approved", intake.Duplicate); a.ConversionID != hex(again.ID) {
		t.Errorf("the same call again, attributed: %s", a.ConversionID)
	}
	if mine, theirs := w.paid(w.Affiliate), w.paid(other); mine != "0" || theirs != "120" {
		t.Errorf("the first affiliate has %s, the right one %s", mine, theirs)
	}
	if n := w.count(fmt.Sprintf(`SELECT count(*) FROM deliveries WHERE affiliate_id = %d`, other)); n != 2 {
		t.Errorf("the right tracker is told of %d steps, want both", n)
	}
	if a := w.report(call+"&status=rejected", intake.Updated); a.ConversionID != hex(again.ID) {
		t.Errorf("a later status moves %s", a.ConversionID)
	}
	for _, fault := range w.contradictions() {
		t.Error(fault)
	}
}

func TestWhatCannotBeUndoneSaysWhy(t *testing.T) {
	w := setup(t)
	wants := func(id uuid.UUID, words string) {
		t.Helper()
		_, err := w.in.Undo(t.Context(), id, intake.Undoing{Actor: commission.ByStaff})
		if problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	byClick := w.conversion(w.report("goal=ftd&click_id="+w.click(), intake.Recorded))
	wants(byClick.ID, "attributed by its click, not by staff")
	lost := w.conversion(w.report("goal=kyc&transaction_id=K&click_id=%7Bclick_id%7D", intake.Unattributed))
	wants(lost.ID, "it is not attributed")
	w.attributeTo(lost.ID, w.Click)
	again := hex(w.undo(lost.ID).ReplacedBy)
	wants(lost.ID, "conversion "+again+" stands in its place")
	if _, err := w.in.Move(t.Context(), lost.ID, intake.Move{To: commission.Approved, Actor: commission.ByStaff}); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), again) {
		t.Errorf("approved again: %v", err)
	}
	err := w.in.Assign(t.Context(), lost.ID, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff})
	if problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), again) {
		t.Errorf("attributed again: %v", err)
	}
	if _, err := w.in.Undo(t.Context(), uuid.Must(uuid.NewV7()), intake.Undoing{}); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("none at all: %v", err)
	}
	lines, err := w.office().ImportStatuses(t.Context(), "conversion_id,status\n"+hex(lost.ID)+",approved\n", true, intake.Move{Actor: commission.ByStaff})
	if w.must(err); lines[0].Outcome != "refused" || !strings.Contains(lines[0].Message, "undone") {
		t.Errorf("a file: %+v", lines[0])
	}
}

// A player that was bound by the mistake is free again, and what came through it goes back too,
// with the CPA that it made.
func TestWhatFollowedFromTheMistakeIsTakenBackWithIt(t *testing.T) {
	w := setup(t)
	other, right := w.rival()
	w.asks(commission.Qualification{Goals: []string{"registration", "ftd"}, MinDeposit: decimal.NewFromInt(20), ClawbackDays: 1})
	registration := w.conversion(w.report("goal=registration&player_id=7", intake.Unattributed))
	w.attributeTo(registration.ID, w.Click)
	w.report("goal=ftd&transaction_id=F&amount=50&player_id=7", intake.Recorded)
	w.wantCPAs("through the player", "approved 120 postrider")
	w.later(100 * 24 * time.Hour) // long after the clawback

	cpa, err := w.client.Conversion.Query().Where(conversion.Goal(commission.GoalCPA)).Only(w.ctx)
	w.must(err)
	if _, err := w.in.Undo(t.Context(), cpa.ID, intake.Undoing{}); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("the CPA itself: %v", err)
	}
	preview, err := w.in.PreviewUndo(t.Context(), registration.ID)
	w.must(err)
	out := w.undo(registration.ID)
	w.wantCPAs("undone", "cancelled 0 postrider")
	if len(out.TakenBack) != 3 || w.paid(w.Affiliate) != "0" {
		t.Errorf("%d are taken back, and %s is paid", len(out.TakenBack), w.paid(w.Affiliate))
	}
	var shown []string
	for _, e := range preview.Ends {
		shown = append(shown, fmt.Sprintf("%s %s %s", w.byID(e.ID).Goal, e.Status, e.Payout.Decimal))
	}
	if want := []string{"registration cancelled 0", "ftd cancelled 0", "cpa cancelled 120"}; !slices.Equal(shown, want) {
		t.Errorf("the preview shows %q, want %q", shown, want)
	}
	again := w.report("goal=ftd&transaction_id=F&amount=50&player_id=7", intake.Duplicate)
	if c := w.conversion(again); c.AffiliateID != nil {
		t.Errorf("the player is still bound: %+v", c)
	}
	w.attributeTo(out.ReplacedBy, right)
	w.attributeTo(w.conversion(again).ID, right)
	if w.paid(other) != "120" || w.paid(w.Affiliate) != "0" {
		t.Errorf("the right affiliate has %s, the wrong one %s", w.paid(other), w.paid(w.Affiliate))
	}
	for _, fault := range w.contradictions() {
		t.Error(fault)
	}
}

// An operator's call that names both binds a player for good.
func TestAPlayerThatACallBoundToItsClickStaysBound(t *testing.T) {
	w := setup(t)
	lost := w.conversion(w.report("goal=kyc&player_id=7", intake.Unattributed))
	w.attributeTo(lost.ID, w.Click)
	w.report("goal=registration&player_id=7&click_id="+w.click(), intake.Recorded)
	through := w.report("goal=ftd&player_id=7", intake.Recorded)
	if out := w.undo(lost.ID); len(out.TakenBack) != 1 {
		t.Errorf("%d were taken back", len(out.TakenBack))
	}
	if c := w.conversion(through); c.UndoneAt != nil {
		t.Errorf("what came through the player: %+v", c)
	}
	w.report("goal=deposit&transaction_id=1&player_id=7", intake.Recorded)
}

func TestAnUndoneAttributionGivesItsPlacesBack(t *testing.T) {
	w := setup(t)
	first := w.conversion(w.report("goal=cpa&transaction_id=1&click_id=%7Bclick_id%7D", intake.Unattributed))
	w.attributeTo(first.ID, w.Click) // before there is a cap: it takes no place
	w.capCampaign(2)
	w.capOffer(2)
	w.report("goal=cpa&transaction_id=2&player_id=p&click_id="+hex(pgtest.Click(t, w.d, w.Link)), intake.Recorded)
	places := func(want int) {
		t.Helper()
		if n := w.count(`SELECT coalesce(sum(used), 0) FROM cap_days`); n != want {
			t.Errorf("%d places are taken, want %d", n, want)
		}
	}
	places(2)
	w.undo(first.ID)
	places(2)
	second := w.conversion(w.report("goal=cpa&transaction_id=3&player_id=q", intake.Unattributed))
	w.attributeTo(second.ID, w.Click)
	places(4)
	w.later(48 * time.Hour)
	w.undo(second.ID)
	places(2)
}

// One that is rejected already tells nobody again.
func TestUndoingWhatWasRejectedTellsNobodyTwice(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Rejected, commission.Cancelled), func(c *db.PostbackCreate) { c.SetSendCorrections(true) })
	lost := w.conversion(w.report("goal=cpa&transaction_id=1&click_id=%7Bclick_id%7D", intake.Unattributed))
	w.attributeTo(lost.ID, w.Click)
	_, err := w.in.Move(t.Context(), lost.ID, intake.Move{To: commission.Rejected, Actor: commission.ByStaff})
	w.must(err)
	again := w.byID(w.undo(lost.ID).ReplacedBy)
	if c := w.byID(lost.ID); c.Status != commission.Rejected || again.Status != commission.Rejected {
		t.Errorf("it is %s, and the one in its place %s", c.Status, again.Status)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

// The click that was a mistake is not proposed again, and the call's parameters still are.
func TestTheOneInItsPlaceIsProposedWhatTheCallSaid(t *testing.T) {
	w := setup(t)
	_, right := w.rival()
	lost := w.conversion(w.report("goal=kyc&player_id=7&sub9="+hex(right), intake.Unattributed))
	w.attributeTo(lost.ID, w.Click)
	again := w.undo(lost.ID).ReplacedBy
	w.attributeTo(again, w.Click)
	again = w.undo(again).ReplacedBy
	proposed, err := w.office().Propose(t.Context(), []uuid.UUID{again})
	if w.must(err); len(proposed[again]) != 1 || proposed[again][0].ClickID != right {
		t.Errorf("proposed: %+v", proposed[again])
	}
}

// expected is what became of one call, in the simplest way: it belongs to whom it was attributed
// last, and what was taken back pays nothing.
type expected struct {
	owner int // of the owners; -1 for nobody
	valid uuid.UUID
	gone  []uuid.UUID
}

func TestAnyRunOfAttributingAndUndoingKeepsTheSumsRight(t *testing.T) {
	w := setup(t)
	other, _ := w.rival()
	owners := []int64{w.Affiliate, other}
	links := []pgtest.Link{w.Link, pgtest.Campaign(t, w.d, pgtest.For{Affiliate: other, Offer: w.Offer})}
	for _, id := range owners {
		pgtest.Postback(t, w.d, id, tracker, pgtest.On("cpa"))
		pgtest.Postback(t, w.d, id, tracker, pgtest.On("cpa", commission.Rejected, commission.Cancelled))
	}
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; DELETE FROM cap_days; DELETE FROM players; DELETE FROM river_job`)
		most := rapid.SampledFrom([]int{0, 1, 2}).Draw(rt, "cap")
		w.capOffer(most)
		calls := map[string]*expected{}
		for range rapid.IntRange(1, 14).Draw(rt, "steps") {
			transaction := rapid.SampledFrom([]string{"t1", "t2", "t3"}).Draw(rt, "transaction")
			known := calls[transaction]
			switch what := rapid.SampledFrom([]string{"call", "attribute", "undo"}).Draw(rt, "what"); {
			case what == "call" || known == nil:
				a, err := w.in.Receive(t.Context(), w.get("goal=cpa&click_id=none&transaction_id="+transaction))
				if err != nil {
					rt.Fatal(err)
				}
				if known == nil {
					calls[transaction] = &expected{owner: -1, valid: uuid.FromStringOrNil(a.ConversionID)}
				} else if a.Result != intake.Duplicate || a.ConversionID != hex(known.valid) {
					rt.Fatalf("%s again: %+v, and %s is the valid one", transaction, a, known.valid)
				}
			case what == "attribute":
				owner := rapid.IntRange(0, 1).Draw(rt, "owner")
				err := w.in.Assign(t.Context(), known.valid, intake.Assignment{ClickID: pgtest.Click(t, w.d, links[owner]), Actor: commission.ByStaff})
				if (err == nil) != (known.owner == -1) {
					rt.Fatalf("attributing %s of %d: %v", transaction, known.owner, err)
				}
				if err == nil {
					known.owner = owner
				}
			default:
				out, err := w.in.Undo(t.Context(), known.valid, intake.Undoing{Actor: commission.ByStaff})
				if (err == nil) != (known.owner >= 0) {
					rt.Fatalf("undoing %s of %d: %v", transaction, known.owner, err)
				}
				if err == nil {
					known.gone, known.valid, known.owner = append(known.gone, known.valid), out.ReplacedBy, -1
				}
			}
			w.wantCalls(rt, owners, most, calls)
		}
	})
}

// wantCalls compares the tables with the calls: with a cap, as many as it has room for are paid.
func (w *world) wantCalls(rt *rapid.T, owners []int64, most int, calls map[string]*expected) {
	rows, err := w.client.Conversion.Query().All(w.ctx)
	if err != nil {
		rt.Fatal(err)
	}
	byID := map[uuid.UUID]*db.Conversion{}
	total, given := decimal.Zero, 0
	for _, c := range rows {
		byID[c.ID] = c
		if c.Payout != nil {
			total = total.Add(*c.Payout)
		}
	}
	known := 0
	for _, s := range calls {
		known += 1 + len(s.gone)
		c := byID[s.valid]
		if s.owner == -1 && c.AffiliateID != nil || s.owner >= 0 && *c.AffiliateID != owners[s.owner] || c.Status != commission.Approved {
			rt.Errorf("the valid one: %+v, owner %d", c, s.owner)
		}
		if s.owner >= 0 {
			given++
		}
		for _, id := range s.gone {
			if c := byID[id]; c.Status != commission.Cancelled || !c.Payout.IsZero() {
				rt.Errorf("taken back: %+v", c)
			}
		}
	}
	if known != len(rows) {
		rt.Errorf("%d conversions, by the reference %d", len(rows), known)
	}
	if most == 0 && !total.Equal(decimal.NewFromInt(int64(120*given))) {
		rt.Errorf("the payouts come to %s, and %d are attributed", total, given)
	}
	paid := w.count(`SELECT count(*) FROM conversions WHERE payout > 0`)
	if used := w.count(`SELECT coalesce(sum(used), 0) FROM cap_days`); most > 0 && (used != paid || used > most) {
		rt.Errorf("%d places of %d are taken, and %d are paid", used, most, paid)
	}
	for _, fault := range w.contradictions() {
		rt.Error(fault)
	}
}

// Of two that undo at once, one does; what attributes and calls meanwhile comes before or after.
func TestUndoingAtOnceHappensOnce(t *testing.T) {
	w := setup(t)
	nodes := []*intake.Intake{w.in, w.node()}
	_, right := w.rival()
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Cancelled))
	for i := range 8 {
		call := fmt.Sprintf("goal=cpa&transaction_id=R%d&click_id=none", i)
		lost := w.conversion(w.report(call, intake.Unattributed))
		w.attributeTo(lost.ID, w.Click)
		results := make([]error, 4)
		var together sync.WaitGroup
		start := make(chan struct{})
		for n := range results {
			together.Go(func() {
				<-start
				switch n {
				case 0, 1:
					_, results[n] = nodes[n].Undo(t.Context(), lost.ID, intake.Undoing{Actor: commission.ByStaff})
				case 2:
					results[n] = nodes[0].Assign(t.Context(), lost.ID, intake.Assignment{ClickID: right, Actor: commission.ByStaff})
				default:
					a, err := nodes[1].Receive(t.Context(), w.get(call))
					if results[n] = err; err == nil && a.Result != intake.Duplicate {
						results[n] = fmt.Errorf("the call again: %+v", a)
					}
				}
			})
		}
		close(start)
		together.Wait()
		if (results[0] == nil) == (results[1] == nil) || results[3] != nil || problem.CodeOf(results[2]) != problem.CodeConflict {
			t.Errorf("undone %v and %v, attributed %v, called %v", results[0], results[1], results[2], results[3])
		}
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM conversions`:                                     16,
		`SELECT count(*) FROM conversions WHERE affiliate_id IS NULL`:          8,
		`SELECT count(*) FROM deliveries WHERE status = 'cancelled'`:           8,
		`SELECT coalesce(sum(payout), 0)::int FROM conversions`:                0,
		`SELECT count(DISTINCT replaced_by) FROM conversions`:                  8,
		`SELECT count(*) FROM conversion_events WHERE reason LIKE '%mistake%'`: 8,
	} {
		if n := w.count(query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}

// Attributing the one in its place and undoing it race: whoever is first, the two agree.
func TestAttributingAndUndoingAtOnceFollowEachOther(t *testing.T) {
	w := setup(t)
	nodes := []*intake.Intake{w.in, w.node()}
	undone := map[bool]int{}
	for i := range 10 {
		lost := w.conversion(w.report(fmt.Sprintf("goal=cpa&transaction_id=A%d&player_id=p%d", i, i), intake.Unattributed))
		click := pgtest.Click(t, w.d, w.Link)
		var attributed, taken error
		var together sync.WaitGroup
		together.Go(func() {
			attributed = nodes[0].Assign(t.Context(), lost.ID, intake.Assignment{ClickID: click, Actor: commission.ByStaff})
		})
		together.Go(func() {
			_, taken = nodes[1].Undo(t.Context(), lost.ID, intake.Undoing{Actor: commission.ByStaff})
		})
		together.Wait()
		undone[taken == nil]++
		if attributed != nil || taken != nil && !strings.Contains(taken.Error(), "not attributed") {
			t.Errorf("attributed %v, undone %v", attributed, taken)
		}
	}
	if n := w.count(`SELECT coalesce(sum(payout), 0)::int FROM conversions`); n != 120*undone[false] {
		t.Errorf("%d is paid, and %v", n, undone)
	}
	for _, fault := range w.contradictions() {
		t.Error(fault)
	}
}
