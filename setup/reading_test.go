package setup_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/auditentry"
	"postrider/setup"
)

// unchanged fails unless the last audited change of an entity changes nothing.
func (w *world) unchanged(rt *rapid.T, entity string) {
	last := w.client.AuditEntry.Query().Where(auditentry.Entity(entity)).Order(db.Desc(auditentry.FieldID)).FirstX(w.system)
	if last.Action != "update" || !reflect.DeepEqual(last.Before, last.After) {
		rt.Fatalf("saving what was read changed the %s:\n%v\n%v", entity, last.Before, last.After)
	}
}

func word(rt *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z][a-z0-9]{1,8}`).Draw(rt, label)
}

// An offer is read as it was saved, and saving what was read changes nothing.
func TestSavingAnOfferAsItIsChangesNothing(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		want := setup.OfferWish{
			Name: word(rt, "name"), Operator: word(rt, "operator"), Vertical: rapid.SampledFrom(commission.Verticals()).Draw(rt, "vertical"),
			State:          rapid.SampledFrom([]tracking.RunState{tracking.Active, tracking.Paused}).Draw(rt, "state"),
			DestinationURL: "https://golden.example/" + word(rt, "path") + "?cid={click_id}",
			FallbackURL:    rapid.SampledFrom([]string{"", "https://golden.example/closed"}).Draw(rt, "fallback"),
			DeepLinkHosts:  rapid.SliceOfN(rapid.SampledFrom([]string{"golden.example", "*.golden.example", "a-b.c"}), 0, 3).Draw(rt, "hosts"),
			Currency:       rapid.SampledFrom([]string{"EUR", "USD"}).Draw(rt, "currency"), AttributionWindowDays: rapid.SampledFrom([]int{0, 1, 3650}).Draw(rt, "window"),
			DailyCap: rapid.SampledFrom([]int{0, 1, 1_000_000}).Draw(rt, "cap"),
		}
		if rapid.Bool().Draw(rt, "qualifies") {
			want.Qualification = &commission.Qualification{
				Goals: []string{"ftd"}, MinDeposit: decimal.NewFromInt(int64(rapid.IntRange(0, 99).Draw(rt, "deposit"))), ClawbackDays: rapid.IntRange(0, 30).Draw(rt, "hold"),
			}
		}
		made, err := w.saveOffer(rt, want)
		w.must(err)
		var got setup.OfferWish
		_, err = w.setup.UpdateOffer(w.staff, made.ID, func(o *setup.OfferWish) { got = *o })
		w.must(err)
		w.unchanged(rt, "offer")
		if fmt.Sprintf("%+v", got.Qualification) != fmt.Sprintf("%+v", want.Qualification) {
			rt.Fatalf("it qualifies by %+v, want %+v", got.Qualification, want.Qualification)
		}
		got.Qualification, want.Qualification = nil, nil
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("it is\n%+v, want\n%+v", got, want)
		}
	})
}

// saveOffer creates an offer, or changes one.
func (w *world) saveOffer(rt *rapid.T, want setup.OfferWish) (*db.Offer, error) {
	become := func(o *setup.OfferWish) { *o = want }
	if id := rapid.SampledFrom([]int64{0, w.one.Offer, w.other.Offer}).Draw(rt, "offer"); id != 0 {
		return w.setup.UpdateOffer(w.staff, id, become)
	}
	return w.setup.CreateOffer(w.staff, become)
}

func TestSavingAIntegrationAsItIsChangesNothing(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		flag := func(label string) bool { return rapid.Bool().Draw(rt, label) }
		want := setup.IntegrationWish{
			Key: w.one.Integration.Key, Name: word(rt, "name"), OfferID: rapid.SampledFrom([]int64{w.one.Offer, w.other.Offer}).Draw(rt, "offer"),
			Enabled: flag("enabled"), TestMode: flag("test mode"), Platform: rapid.SampledFrom([]string{"generic", "affise"}).Draw(rt, "platform"), RequireHTTPS: flag("https"), RequireToken: flag("token"), RequireSignature: flag("signature"),
			SignatureHeader: rapid.SampledFrom([]string{"", "X-Golden"}).Draw(rt, "header"), TimestampName: rapid.SampledFrom([]string{"", "ts"}).Draw(rt, "timestamp"),
			TimestampWindow: rapid.SampledFrom([]int{0, 300}).Draw(rt, "window"), RateLimit: rapid.SampledFrom([]int{0, 50}).Draw(rt, "limit"),
			AllowedAddresses: rapid.SliceOfN(rapid.SampledFrom([]string{"203.0.113.0/24", "198.51.100.7", "2001:db8::/32"}), 0, 3).Draw(rt, "addresses"),
			Currency:         rapid.SampledFrom([]string{"", "EUR"}).Draw(rt, "currency"),
			ParameterMapping: rapid.MapOfN(rapid.SampledFrom(commission.Parameters()), rapid.Just("data.x"), 0, 3).Draw(rt, "parameters"),
			GoalMapping:      rapid.MapOfN(rapid.StringMatching(`[A-Z]{3}`), rapid.SampledFrom([]string{"ftd", "deposit"}), 0, 3).Draw(rt, "goals"),
			StatusMapping:    rapid.MapOfN(rapid.StringMatching(`[A-Z]{3}`), rapid.SampledFrom([]string{"approved", "rejected"}), 0, 3).Draw(rt, "statuses"),
			DefaultStatuses:  rapid.MapOfN(rapid.SampledFrom([]string{"*", "deposit", "ftd"}), rapid.SampledFrom([]string{"approved", "pending"}), 0, 3).Draw(rt, "no status"),
			TellApart:        flag("tell apart"),
		}
		_, err := w.setup.UpdateIntegration(w.staff, w.one.Integration.ID, func(s *setup.IntegrationWish) { *s, s.Key = want, "another" })
		w.must(err)
		var got setup.IntegrationWish
		_, err = w.setup.UpdateIntegration(w.staff, w.one.Integration.ID, func(s *setup.IntegrationWish) { got = *s })
		w.must(err)
		w.unchanged(rt, "integration")
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("it is\n%+v, want\n%+v", got, want)
		}
	})
}

// A goal of one's own is read as it was saved; of a built-in one, only the name and the
// trigger.
func TestSavingAGoalAsItIsChangesNothing(t *testing.T) {
	w := newWorld(t)
	own, err := w.setup.CreateGoal(w.staff, func(g *commission.Goal) { g.Key, g.Name, g.Trigger = "bonus_used", "Bonus used", "A bonus is used." })
	w.must(err)
	builtIn := w.client.Goal.Query().AllX(w.system)[1]
	rapid.Check(t, func(rt *rapid.T) {
		want := commission.Goal{
			Key: "another", Name: word(rt, "name"), Trigger: word(rt, "trigger"), TimestampStandard: word(rt, "standard"),
			OncePerPlayer: rapid.Bool().Draw(rt, "once"), Billable: rapid.Bool().Draw(rt, "billable"), Reversible: rapid.Bool().Draw(rt, "reversible"),
			Statuses:   rapid.SampledFrom([][]commission.Status{{commission.Approved}, commission.Statuses()}).Draw(rt, "statuses"),
			Parameters: rapid.SliceOfN(rapid.SampledFrom([]string{"amount", "currency"}), 0, 2).Draw(rt, "parameters"),
		}
		for _, before := range []int64{own.ID, builtIn.ID} {
			var was, got commission.Goal
			_, err := w.setup.UpdateGoal(w.staff, before, func(g *commission.Goal) { was = *g; *g = want })
			w.must(err)
			_, err = w.setup.UpdateGoal(w.staff, before, func(g *commission.Goal) { got = *g })
			w.must(err)
			w.unchanged(rt, "goal")
			expected := want
			expected.Key = was.Key
			if before == builtIn.ID {
				expected = was
				expected.Name, expected.Trigger = want.Name, want.Trigger
			}
			if !reflect.DeepEqual(got, expected) {
				rt.Fatalf("it is\n%+v, want\n%+v", got, expected)
			}
		}
	})
}
