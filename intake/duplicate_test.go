package intake_test

import (
	"fmt"
	"sync"
	"testing"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

func TestTheSameCallTwiceIsOneConversion(t *testing.T) {
	w := setup(t)
	for _, query := range []string{
		"goal=registration&click_id=" + w.click(),
		"goal=ftd&player_id=7&amount=50&click_id=" + w.click(),
		"goal=deposit&transaction_id=D1&amount=50&click_id=" + w.click(),
		"goal=deposit&transaction_id=D2&player_id=nobody",
		"goal=kyc&player_id=nobody",
		"goal=kyc&click_id=%7Bclick_id%7D",
		"goal=kyc&click_id=0197640b8a5e7c10b3f29d6e41c80a35",
	} {
		first := w.receive(w.get(query))
		again := w.receive(w.get(query))
		if again.Result != intake.Duplicate || again.ConversionID != first.ConversionID {
			t.Errorf("%s: %+v, then %+v", query, first, again)
		}
	}
	same := "goal=kyc&click_id=0197640B-8A5E-7C10-B3F2-9D6E41C80A35"
	if a := w.receive(w.get(same)); a.Result != intake.Duplicate {
		t.Errorf("the same unknown click in another spelling: %+v", a)
	}
}

func TestWhatIsNotTheSameIsAnotherConversion(t *testing.T) {
	w := setup(t)
	other := pgtest.Integration(t, w.d, pgtest.Offer(t, w.d, func(o *db.OfferCreate) { o.SetOperator("Another operator") }))
	w.report("goal=deposit&transaction_id=D1&player_id=7&click_id="+w.click(), intake.Recorded)
	w.report("goal=deposit&transaction_id=D2&player_id=7", intake.Recorded)
	w.report("goal=net_revenue&transaction_id=D1&player_id=7&amount=-3", intake.Recorded)
	w.report("goal=ftd&transaction_id=D1&player_id=7", intake.Recorded)
	w.report("goal=ftd&transaction_id=D2&player_id=7", intake.Duplicate) // a player has one first deposit
	c := w.get("")
	c.IntegrationKey, c.RawQuery = other.Key, "goal=deposit&transaction_id=D1&player_id=7&token="+other.Token
	if a := w.receive(c); a.Result != intake.Unattributed {
		t.Errorf("the same transaction of another operator: %+v", a)
	}
}

// An operator that never filled in its macro must not have all its players taken for one.
func TestPlayersBehindAMacroThatWasNeverFilledInStayApart(t *testing.T) {
	w := setup(t)
	for i := range 3 {
		w.report(fmt.Sprintf("goal=ftd&click_id=%%7Bclick_id%%7D&transaction_id=T%d", i), intake.Unattributed)
		w.report(fmt.Sprintf("goal=kyc&click_id=%%7Bclick_id%%7D&player_id=%d", i), intake.Unattributed)
	}
}

// A transaction id identifies a conversion more reliably than the player does.
func TestAChangeFindsTheConversionOfItsTransaction(t *testing.T) {
	w := setup(t)
	first := w.report("goal=ftd&transaction_id=A&player_id=1&click_id="+w.click(), intake.Recorded)
	second := w.report("goal=ftd&transaction_id=B&player_id=2", intake.Unattributed)
	a := w.report("goal=ftd&transaction_id=B&player_id=3&status=rejected", intake.Clash)
	if a.ConversionID != second.ConversionID {
		t.Errorf("%s clashed", a.ConversionID)
	}
	a = w.report("goal=ftd&transaction_id=B&player_id=2&status=rejected", intake.Updated)
	if a.ConversionID != second.ConversionID || a.ConversionID == first.ConversionID {
		t.Errorf("%s was changed", a.ConversionID)
	}
}

// Fifty reports of one conversion, concurrently and over two nodes.
func TestFiftyAtOnceAreOneConversion(t *testing.T) {
	for name, query := range map[string]string{
		"by transaction":     "goal=deposit&transaction_id=T1&amount=20&click_id=%s",
		"by click":           "goal=registration&click_id=%s",
		"by player":          "goal=ftd&player_id=7&amount=20&click_id=%s",
		"by both, at random": "",
	} {
		t.Run(name, func(t *testing.T) {
			w := setup(t)
			for _, goal := range []string{"registration", "ftd", "deposit"} {
				pgtest.Postback(t, w.d, w.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On(goal))
				pgtest.Postback(t, w.d, w.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On(goal), pgtest.ForCampaign(w.Link.CampaignID))
			}
			w.in.Forget()
			nodes := []*intake.Intake{w.in, w.node()}
			answers := make([]intake.Answer, 50)
			var together sync.WaitGroup
			start := make(chan struct{})
			for i := range answers {
				q := fmt.Sprintf(query, w.click())
				if query == "" {
					q = "goal=ftd&click_id=" + w.click()
					if i%3 > 0 {
						q += "&player_id=7"
					}
				}
				together.Go(func() {
					<-start
					var err error
					if answers[i], err = nodes[i%2].Receive(t.Context(), w.get(q)); err != nil {
						t.Error(err)
					}
				})
			}
			close(start)
			together.Wait()

			results := map[intake.Result]int{}
			for _, a := range answers {
				results[a.Result]++
				if a.ConversionID != answers[0].ConversionID {
					t.Errorf("two conversions: %s and %s", a.ConversionID, answers[0].ConversionID)
				}
			}
			if results[intake.Recorded] != 1 || results[intake.Duplicate] != 49 {
				t.Errorf("results %v", results)
			}
			for query, want := range map[string]int{
				`SELECT count(*) FROM conversions`:        1,
				`SELECT count(*) FROM conversion_events`:  1,
				`SELECT count(*) FROM deliveries`:         2,
				`SELECT count(*) FROM ` + queued:          2,
				`SELECT count(*) FROM received_postbacks`: 50,
			} {
				if n := w.count(query); n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
			}
		})
	}
}

// Concurrent status changes are applied one after the other, each from where the one before it
// left the conversion.
func TestChangesAtOnceFollowEachOther(t *testing.T) {
	w := setup(t)
	a := w.report("goal=ftd&click_id="+w.click(), intake.Recorded)
	nodes := []*intake.Intake{w.in, w.node()}
	var together sync.WaitGroup
	for i := range 20 {
		status := commission.Statuses()[i%4]
		together.Go(func() {
			if _, err := nodes[i%2].Receive(t.Context(), w.get("goal=ftd&status="+string(status)+"&click_id="+w.click())); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	at := commission.Status("")
	for i, e := range w.events(a) {
		if i > 0 && *e.PreviousStatus != at || e.Status == at {
			t.Errorf("step %d goes from %v to %s, after %s", i, *e.PreviousStatus, e.Status, at)
		}
		at = e.Status
	}
	if c := w.conversion(a); c.Status != at {
		t.Errorf("the conversion is %s, its last step %s", c.Status, at)
	}
}

// Concurrent calls on two nodes: each names what the other has locked.
func TestCallsThatCrossEachOtherAllComeThrough(t *testing.T) {
	w := setup(t)
	clicks := make([]string, 6)
	for i := range clicks {
		clicks[i] = hex(pgtest.Click(t, w.d, w.Link))
	}
	nodes := []*intake.Intake{w.in, w.node()}
	var together sync.WaitGroup
	for i := range 120 {
		query := fmt.Sprintf("goal=ftd&click_id=%s&player_id=p%d&transaction_id=t%d", clicks[i%6], (i*5)%7, (i*11)%13)
		together.Go(func() {
			if _, err := nodes[i%2].Receive(t.Context(), w.get(query)); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	for _, fault := range w.contradictions() {
		t.Error(fault)
	}
}
