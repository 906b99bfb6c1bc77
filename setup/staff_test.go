package setup_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/platforms"
	"postrider/ent/db"
	"postrider/ent/db/deal"
	"postrider/ent/db/goal"
	"postrider/ent/db/integrationsecret"
	"postrider/ent/db/trackinglink"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

func TestStaffMakeAnOfferWithEverybodysLinks(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreateOffer(w.staff, func(o *setup.OfferWish) {
		o.Name, o.Operator, o.Vertical, o.Currency = " Golden Reels ", "Golden", commission.Casino, "eur"
		o.DestinationURL, o.DeepLinkHosts = "https://golden.example/?cid={click_id}", []string{"*.Golden.example"}
		o.Qualification = &commission.Qualification{Goals: []string{"ftd"}, ClawbackDays: 14}
	})
	w.must(err)
	if made.Name != "Golden Reels" || made.Currency != "EUR" || made.DeepLinkHosts[0] != "*.golden.example" || made.Qualification.ClawbackDays != 14 {
		t.Errorf("%+v", made)
	}
	n, err := w.client.TrackingLink.Query().Where(trackinglink.OfferID(made.ID)).Count(w.system)
	if affiliates := w.client.Affiliate.Query().CountX(w.system); err != nil || n != affiliates {
		t.Errorf("%d links for %d affiliates; %v", n, affiliates, err)
	}
	changed, err := w.setup.UpdateOffer(w.staff, made.ID, func(o *setup.OfferWish) { o.AttributionWindowDays, o.Qualification = 60, &commission.Qualification{} })
	w.must(err)
	if *changed.AttributionWindowDays != 60 || changed.Qualification != nil || changed.Name != made.Name {
		t.Errorf("%+v", changed)
	}
	log := w.audit("offer")
	if len(log) != 2 || log[0].Before != nil || log[1].Before["qualification"] == nil || log[1].UserID == nil {
		t.Errorf("%+v", log)
	}
}

func TestWhatIsWrongWithAnOfferIsSaidByField(t *testing.T) {
	w := newWorld(t)
	_, err := w.setup.UpdateOffer(w.staff, w.one.Offer, func(o *setup.OfferWish) {
		o.Name, o.Operator, o.Currency, o.DestinationURL, o.FallbackURL = "", strings.Repeat("x", 300), "euro", "ftp://x", "https://x y"
		o.DeepLinkHosts, o.AttributionWindowDays = []string{"https://a.example"}, -1
		o.Qualification = &commission.Qualification{Goals: []string{"nothing"}, WithinDays: -1}
	})
	got := fields(t, err)
	slices.Sort(got)
	got = slices.Compact(got)
	want := []string{"attributionWindowDays", "currency", "deepLinkHosts", "destinationUrl", "fallbackUrl", "name", "operator", "qualification", "qualification.goals"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestADealFollowsTheOneBefore(t *testing.T) {
	w := newWorld(t)
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	make := func(owner int64, from, to time.Time) (*db.Deal, error) {
		return w.setup.CreateDeal(w.staff, setup.DealWish{OfferID: ids.Offer(w.one.Offer), Deal: commission.Deal{
			AffiliateID: ids.Affiliate(owner), Model: commission.Hybrid, Amount: decimal.NewFromInt(80), Percent: decimal.NewFromInt(25), Currency: "EUR", From: from, To: to,
			TierBy: commission.ByCount, Tiers: []commission.Tier{{From: decimal.NewFromInt(10), Amount: decimal.NewFromInt(100), Percent: decimal.NewFromInt(30)}},
		}})
	}
	_, err := make(0, time.Time{}, time.Time{})
	if problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("a second deal for always: %v", err)
	}
	next, err := make(0, july, time.Time{})
	w.must(err)
	first := w.client.Deal.Query().Where(deal.OfferID(w.one.Offer), deal.AffiliateIDIsNil(), deal.IDNEQ(next.ID)).OnlyX(w.system)
	if first.ValidTo == nil || !first.ValidTo.Equal(july) || len(next.Tiers) != 1 || next.ValidTo != nil {
		t.Errorf("the first ends %v, the next is %+v", first.ValidTo, next)
	}
	if _, err := make(0, july.AddDate(0, -1, 0), july.AddDate(0, 1, 0)); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("a deal across two: %v", err)
	}
	own, err := make(w.one.Affiliate, july, july.AddDate(1, 0, 0))
	w.must(err)
	ended, err := w.setup.EndDeal(w.staff, own.ID, new(july.AddDate(0, 2, 0)))
	w.must(err)
	if !ended.ValidTo.Equal(july.AddDate(0, 2, 0)) {
		t.Errorf("it ends %s", ended.ValidTo)
	}
	if _, err := w.setup.EndDeal(w.staff, own.ID, nil); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("it ends before it begins: %v", err)
	}
	if n := len(w.audit("deal")); n != 4 {
		t.Errorf("%d entries of the audit log, want 4", n)
	}
}

func TestTheDictionaryGrows(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreateGoal(w.staff, func(g *commission.Goal) {
		g.Key, g.Name, g.Trigger, g.Parameters = "bonus_used", "Bonus used", "The player uses a bonus.", []string{"amount"}
	})
	w.must(err)
	if made.BuiltIn || made.Position != 7 || !made.OncePerPlayer {
		t.Errorf("%+v", made)
	}
	_, err = w.setup.CreateGoal(w.staff, func(g *commission.Goal) { g.Key, g.Name, g.Trigger = "bonus_used", "x", "x" })
	if problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("the same key again: %v", err)
	}
	ftd := w.client.Goal.Query().Where(goal.Key(commission.GoalFTD)).OnlyX(w.system)
	changed, err := w.setup.UpdateGoal(w.staff, ftd.ID, func(g *commission.Goal) {
		g.Name, g.Key, g.OncePerPlayer, g.Statuses = "First deposit", "x", false, nil
	})
	w.must(err)
	if changed.Name != "First deposit" || changed.Key != ftd.Key || !changed.OncePerPlayer || len(changed.Statuses) != 4 {
		t.Errorf("a built-in goal became %+v", changed)
	}
	_, err = w.setup.CreateGoal(w.staff, func(g *commission.Goal) {
		g.Key, g.Statuses, g.Parameters = "Bonus!", []commission.Status{"rejected"}, []string{"a b"}
	})
	if got := fields(t, err); !slices.Equal(got, []string{"name", "key", "trigger", "statuses", "parameters"}) {
		t.Errorf("%q", got)
	}
}

func TestAIntegrationHasItsSecretsAndTwoWhileTheyChange(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreateIntegration(w.staff, func(s *setup.IntegrationWish) {
		s.Key, s.Name, s.OfferID, s.AllowedAddresses = "golden", "Golden", w.one.Offer, []string{" 203.0.113.0/24 "}
		s.ParameterMapping, s.StatusMapping = map[string]string{"click_id": "data.subid"}, map[string]string{"paid": "approved"}
	})
	w.must(err)
	_, first, err := w.setup.Reveal(w.staff, made.ID, "token")
	w.must(err)
	_, second, err := w.setup.RotateSecret(w.staff, made.ID, "token", time.Hour)
	w.must(err)
	_, third, err := w.setup.RotateSecret(w.staff, made.ID, "token", time.Hour)
	w.must(err)
	_, shown, err := w.setup.Reveal(w.staff, made.ID, "token")
	w.must(err)
	if first == second || second == third || shown != third || len(shown) != 43 {
		t.Error("the secrets are not as they were given")
	}
	good := 0
	for _, s := range w.client.IntegrationSecret.Query().Where(integrationsecret.IntegrationID(made.ID), integrationsecret.Kind("token")).AllX(w.system) {
		if s.ExpiresAt == nil || s.ExpiresAt.After(pgtest.Now) {
			good++
		}
	}
	if good != 2 {
		t.Errorf("%d tokens are good, want two", good)
	}
	for _, e := range w.audit("integration") {
		for _, value := range []string{first, second, third} {
			for _, state := range []map[string]any{e.Before, e.After} {
				for _, v := range state {
					if v == value {
						t.Errorf("%s: the audit log has a secret", e.Action)
					}
				}
			}
		}
	}
	_, err = w.setup.UpdateIntegration(w.staff, made.ID, func(s *setup.IntegrationWish) {
		s.AllowedAddresses, s.RateLimit, s.Currency = []string{"everywhere"}, -1, "euro"
		s.ParameterMapping, s.StatusMapping, s.GoalMapping = map[string]string{"cid": "x"}, map[string]string{"paid": "yes"}, map[string]string{"x": "nothing"}
	})
	got := fields(t, err)
	slices.Sort(got)
	if !slices.Equal(got, []string{"allowedAddresses", "currency", "goalMapping", "parameterMapping", "rateLimit", "statusMapping"}) {
		t.Errorf("%q", got)
	}
}

func TestSignInsAreMadeShutOutAndLetIn(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreateAffiliate(w.staff, "Bright Reels")
	w.must(err)
	user, password, err := w.setup.CreateUser(w.staff, setup.NewUser{Email: "Mara@Example.com", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(made.ID)})
	w.must(err)
	if ok, err := secret.MatchPassword(t.Context(), password, user.PasswordHash); !ok || err != nil || user.Email != "mara@example.com" {
		t.Errorf("%+v does not sign in: %v", user, err)
	}
	for _, bad := range []setup.NewUser{
		{Email: "mara@example.com", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(made.ID)},
		{Email: "x", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(made.ID)},
		{Email: "x@example.com", Role: viewer.Affiliate},
		{Email: "x@example.com", Role: viewer.Admin},
		{Email: "x@example.com", Role: viewer.Affiliate, AffiliateID: 1 << 40},
	} {
		if _, _, err := w.setup.CreateUser(w.staff, bad); err == nil || problem.CodeOf(err) == problem.CodeInternal {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	out, err := w.setup.SetUserDisabled(w.staff, user.ID, true)
	w.must(err)
	in, err := w.setup.SetUserDisabled(w.staff, user.ID, false)
	w.must(err)
	if out.DisabledAt == nil || in.DisabledAt != nil {
		t.Errorf("%+v, then %+v", out, in)
	}
	if _, _, err := w.setup.ResetPassword(w.staff, int64(viewer.From(w.staff).UserID), true); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("a manager's own: %v", err)
	}
	_, again, err := w.setup.ResetPassword(w.staff, user.ID, true)
	w.must(err)
	if again == password {
		t.Error("the password is the same")
	}
	for _, e := range w.audit("user") {
		if e.After["password_hash"] != nil || e.After["PasswordHash"] != nil {
			t.Error("the audit log has a password")
		}
	}
}

func TestARateIsSetAndSetAgain(t *testing.T) {
	w := newWorld(t)
	from := pgtest.Now.AddDate(0, 0, -1)
	for _, rate := range []string{"1.08", "1.09"} {
		made, err := w.setup.SetRate(w.staff, " usd", decimal.RequireFromString(rate), &from)
		w.must(err)
		if made.Rate.String() != rate || made.Quote != "USD" {
			t.Errorf("%+v", made)
		}
	}
	if n := w.client.ExchangeRate.Query().CountX(w.system); n != 1 {
		t.Errorf("%d rates of one day", n)
	}
	for currency, rate := range map[string]int64{"EUR": 1, "x": 1, "SEK": 0} {
		if _, err := w.setup.SetRate(w.staff, currency, decimal.NewFromInt(rate), nil); problem.CodeOf(err) != problem.CodeInvalid {
			t.Errorf("%s at %d: %v", currency, rate, err)
		}
	}
}

// A rate may be of a coin, and of a code that nobody knows once a conversion is in it.
func TestARateOfACoinAndOfAnUnknownCode(t *testing.T) {
	w := newWorld(t)
	set := func(quote string) error {
		_, err := w.setup.SetRate(w.staff, quote, decimal.NewFromInt(2), nil)
		return err
	}
	w.must(set("usdt"))
	for _, quote := range []string{"PEPE2", "$", "mBTC", strings.Repeat("A", 13)} {
		if err := set(quote); problem.CodeOf(err) != problem.CodeInvalid {
			t.Errorf("%s: %v", quote, err)
		}
	}
	w.one.Conversion(t, w.d, func(c *db.ConversionCreate) { c.SetCurrency("PEPE2") })
	w.must(set("pepe2"))
	deal := commission.Deal{Model: commission.CPA, Amount: decimal.NewFromInt(9), Currency: "PEPE2"}
	if _, err := w.setup.CreateDeal(w.staff, setup.DealWish{OfferID: ids.Offer(w.one.Offer), Deal: deal}); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("a deal in a currency that is not known: %v", err)
	}
}

// A new integration has the mappings of its template where none are given, and asks for https and a token.
func TestANewIntegrationTakesItsTemplate(t *testing.T) {
	w := newWorld(t)
	create := func(key, platform string, fill func(*setup.IntegrationWish)) (*db.Integration, error) {
		return w.setup.CreateIntegration(w.staff, func(s *setup.IntegrationWish) {
			s.Key, s.Name, s.OfferID, s.Platform = key, "Golden", w.one.Offer, platform
			fill(s)
		})
	}
	made, err := create("of-template", "affise", func(*setup.IntegrationWish) {})
	w.must(err)
	affise := platforms.Find("affise")
	if !maps.Equal(made.StatusMapping, affise.Statuses) || !made.RequireHTTPS || !made.RequireToken || made.Platform != "affise" {
		t.Errorf("it is %+v", made)
	}
	own := map[string]string{"paid": "approved"}
	made, err = create("of-its-own", "affise", func(s *setup.IntegrationWish) { s.StatusMapping, s.RequireHTTPS = own, false })
	w.must(err)
	if !maps.Equal(made.StatusMapping, own) || made.RequireHTTPS {
		t.Errorf("what was given is not kept: %+v", made)
	}
	made, err = w.setup.UpdateIntegration(w.staff, made.ID, func(s *setup.IntegrationWish) { s.Platform = "cpabro" })
	w.must(err)
	if made.Platform != "cpabro" || !maps.Equal(made.StatusMapping, own) {
		t.Errorf("another template changes the mappings: %+v", made)
	}
	_, err = create("of-nothing", "afise", func(*setup.IntegrationWish) {})
	if got := fields(t, err); !slices.Equal(got, []string{"platform"}) {
		t.Errorf("an unknown template: %q", got)
	}
}

func TestWhatNoStatusMeansIsChecked(t *testing.T) {
	w := newWorld(t)
	for key, means := range map[string]string{"*": "rejected", "nothing": "pending", "deposit": "settled"} {
		_, err := w.setup.UpdateIntegration(w.staff, w.one.Integration.ID, func(s *setup.IntegrationWish) { s.DefaultStatuses = map[string]string{key: means} })
		if p := problem.From(err); p.Code != problem.CodeInvalid && p.Code != problem.CodeNotFound || p.Field[0] != "defaultStatuses" {
			t.Errorf("%s means %s: %v", key, means, err)
		}
	}
}
