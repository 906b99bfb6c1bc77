package setup_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

// refusal is a change that is refused, and its errors: "INVALID name", several separated by
// commas.
type refusal struct {
	said string
	try  func() error
}

// said formats a refusal as in the tables.
func said(err error) string {
	var all []string
	for _, p := range problem.All(err) {
		all = append(all, strings.TrimSpace(string(p.Code)+" "+strings.Join(p.Field, ".")))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// refuses fails unless each is refused as its table says, and changes nothing.
func (w *world) refuses(all map[string]refusal) {
	w.t.Helper()
	for name, c := range all {
		rows, changes := w.rows(), w.changes.Load()
		err := c.try()
		for _, p := range problem.All(err) {
			if err := pgtest.Unreadable(p.PublicMessage()); err != nil {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if got := said(err); got != c.said {
			w.t.Errorf("%s: %q, want %q (%v)", name, got, c.said, err)
		}
		if now := w.rows(); now != rows || w.changes.Load() != changes {
			w.t.Errorf("%s: it was refused and changed\n%s", name, difference(rows, now))
		}
	}
}

// rows returns all rows that people set up, and the audit log, as text.
func (w *world) rows() string {
	w.t.Helper()
	var parts []string
	for _, table := range []string{
		"affiliates", "users", "api_tokens", "campaigns", "tracking_links", "offers", "landing_pages", "deals", "exchange_rates", "goals",
		"integrations", "integration_secrets", "postbacks", "postback_versions", "alerts", "installation", "audit_entries",
	} {
		parts = append(parts, fmt.Sprintf(`SELECT '%s ' || t::text AS row FROM %s t`, table, table))
	}
	var all string
	w.must(w.d.SQL.QueryRowContext(w.t.Context(), `SELECT string_agg(row, E'\n' ORDER BY row) FROM (`+strings.Join(parts, " UNION ALL ")+`) all_rows`).Scan(&all))
	return all
}

func difference(before, after string) string {
	old := strings.Split(before, "\n")
	fresh := slices.DeleteFunc(strings.Split(after, "\n"), func(row string) bool { return slices.Contains(old, row) })
	return strings.Join(fresh, "\n")
}

var long = strings.Repeat("x", 201)

func TestEveryFaultOfAnOfferIsSaid(t *testing.T) {
	w := newWorld(t)
	offer := func(said string, patch func(o *setup.OfferWish)) refusal {
		return refusal{said, func() error { _, err := w.setup.UpdateOffer(w.staff, w.one.Offer, patch); return err }}
	}
	rule := func(q commission.Qualification) func(*setup.OfferWish) {
		return func(o *setup.OfferWish) { o.Qualification = &q }
	}
	w.refuses(map[string]refusal{
		"no name":                  offer("INVALID name", func(o *setup.OfferWish) { o.Name = " \t" }),
		"a long name":              offer("INVALID name", func(o *setup.OfferWish) { o.Name = long }),
		"no operator":              offer("INVALID operator", func(o *setup.OfferWish) { o.Operator = "" }),
		"an operator of bytes":     offer("INVALID operator", func(o *setup.OfferWish) { o.Operator = "a\x00" }),
		"no vertical":              offer("INVALID vertical", func(o *setup.OfferWish) { o.Vertical = "" }),
		"no click id":              offer("INVALID destinationUrl", func(o *setup.OfferWish) { o.DestinationURL = "https://golden.example/" }),
		"a click id in words":      offer("INVALID destinationUrl", func(o *setup.OfferWish) { o.DestinationURL = "https://golden.example/?cid={{click_id}}" }),
		"no URL":                   offer("INVALID destinationUrl", func(o *setup.OfferWish) { o.DestinationURL = "golden/{click_id}" }),
		"what no click has":        offer("INVALID destinationUrl", func(o *setup.OfferWish) { o.DestinationURL += "&p={payout}" }),
		"a fallback that is none":  offer("INVALID fallbackUrl", func(o *setup.OfferWish) { o.FallbackURL = "golden" }),
		"a long fallback":          offer("INVALID fallbackUrl", func(o *setup.OfferWish) { o.FallbackURL = "https://a.example/" + strings.Repeat("x", 2048) }),
		"no currency":              offer("INVALID currency", func(o *setup.OfferWish) { o.Currency = "euro" }),
		"a URL for a host":         offer("INVALID deepLinkHosts", func(o *setup.OfferWish) { o.DeepLinkHosts = []string{"a.example", "https://a.example"} }),
		"every host":               offer("INVALID deepLinkHosts", func(o *setup.OfferWish) { o.DeepLinkHosts = []string{"*"} }),
		"a host with a gap":        offer("INVALID deepLinkHosts", func(o *setup.OfferWish) { o.DeepLinkHosts = []string{"a..example"} }),
		"a window before":          offer("INVALID attributionWindowDays", func(o *setup.OfferWish) { o.AttributionWindowDays = -1 }),
		"a window that overflows":  offer("INVALID attributionWindowDays", func(o *setup.OfferWish) { o.AttributionWindowDays = 106_752 }),
		"a cap below":              offer("INVALID dailyCap", func(o *setup.OfferWish) { o.DailyCap = -1 }),
		"a cap above":              offer("INVALID dailyCap", func(o *setup.OfferWish) { o.DailyCap = 1_000_001 }),
		"an unknown goal":          offer("INVALID qualification.goals", rule(commission.Qualification{Goals: []string{"ftd", "jackpot"}})),
		"a goal of bytes":          offer("INVALID qualification.goals", rule(commission.Qualification{Goals: []string{"\x00"}})),
		"the CPA for itself":       offer("INVALID qualification", rule(commission.Qualification{Goals: []string{commission.GoalCPA}})),
		"a deposit below zero":     offer("INVALID qualification", rule(commission.Qualification{MinDeposit: decimal.NewFromInt(-1)})),
		"a time before":            offer("INVALID qualification", rule(commission.Qualification{ClawbackDays: -1})),
		"name and currency":        offer("INVALID currency, INVALID name", func(o *setup.OfferWish) { o.Name, o.Currency = "", "" }),
		"one that there is not":    {"NOT_FOUND id", func() error { _, err := w.setup.UpdateOffer(w.staff, 1<<40, func(*setup.OfferWish) {}); return err }},
		"a new one of nothing":     {"INVALID currency, INVALID destinationUrl, INVALID name, INVALID operator, INVALID vertical", func() error { _, err := w.setup.CreateOffer(w.staff, func(*setup.OfferWish) {}); return err }},
		"a page that there is not": {"NOT_FOUND id", func() error { return w.setup.DeleteLandingPage(w.staff, 1<<40) }},
	})
}

func TestEveryFaultOfALandingPageIsSaid(t *testing.T) {
	w := newWorld(t)
	second, err := w.setup.CreateLandingPage(w.staff, func(p *setup.LandingPageWish) {
		p.OfferID, p.Key, p.Name, p.URL = w.one.Offer, "slots", "Slots", "https://royalspin.example/slots?cid={click_id}"
	})
	w.must(err)
	page := func(said string, id int64, patch func(p *setup.LandingPageWish)) refusal {
		return refusal{said, func() error { _, err := w.setup.UpdateLandingPage(w.staff, id, patch); return err }}
	}
	newPage := func(said string, fill func(p *setup.LandingPageWish)) refusal {
		return refusal{said, func() error { _, err := w.setup.CreateLandingPage(w.staff, fill); return err }}
	}
	w.refuses(map[string]refusal{
		"no name":               page("INVALID name", second.ID, func(p *setup.LandingPageWish) { p.Name = "" }),
		"a long name":           page("INVALID name", second.ID, func(p *setup.LandingPageWish) { p.Name = long }),
		"no key":                page("INVALID key", second.ID, func(p *setup.LandingPageWish) { p.Key = "" }),
		"a key in capitals":     page("INVALID key", second.ID, func(p *setup.LandingPageWish) { p.Key = "Slots" }),
		"a long key":            page("INVALID key", second.ID, func(p *setup.LandingPageWish) { p.Key = long[:65] }),
		"another's key":         page("CONFLICT key", second.ID, func(p *setup.LandingPageWish) { p.Key = "welcome" }),
		"no URL":                page("INVALID url", second.ID, func(p *setup.LandingPageWish) { p.URL = "slots?cid={click_id}" }),
		"no click id":           page("INVALID url", second.ID, func(p *setup.LandingPageWish) { p.URL = "https://royalspin.example/slots" }),
		"one that there is not": page("NOT_FOUND id", 1<<40, func(*setup.LandingPageWish) {}),
		"of no offer": newPage("NOT_FOUND offerId", func(p *setup.LandingPageWish) {
			p.Key, p.Name, p.URL = "a", "A", "https://royalspin.example/?cid={click_id}"
		}),
		"the same again": newPage("CONFLICT key", func(p *setup.LandingPageWish) {
			p.OfferID, p.Key, p.Name, p.URL = w.one.Offer, "slots", "A", "https://royalspin.example/?cid={click_id}"
		}),
	})
	if _, err := w.setup.CreateLandingPage(w.staff, func(p *setup.LandingPageWish) {
		p.OfferID, p.Key, p.Name, p.URL = w.other.Offer, "slots", "A", "https://royalspin.example/?cid={click_id}"
	}); err != nil {
		t.Errorf("another offer's page may have the key: %v", err)
	}
}

func TestEveryFaultOfAGoalIsSaid(t *testing.T) {
	w := newWorld(t)
	goal := func(said string, patch func(g *commission.Goal)) refusal {
		return refusal{said, func() error {
			_, err := w.setup.CreateGoal(w.staff, func(g *commission.Goal) {
				g.Key, g.Name, g.Trigger = "bonus_used", "Bonus used", "The player uses a bonus."
				patch(g)
			})
			return err
		}}
	}
	w.refuses(map[string]refusal{
		"no name":               goal("INVALID name", func(g *commission.Goal) { g.Name = "" }),
		"a key of words":        goal("INVALID key", func(g *commission.Goal) { g.Key = "bonus used" }),
		"a long key":            goal("INVALID key", func(g *commission.Goal) { g.Key = long[:65] }),
		"a key that is there":   goal("CONFLICT key", func(g *commission.Goal) { g.Key = "ftd" }),
		"no trigger":            goal("INVALID trigger", func(g *commission.Goal) { g.Trigger = " \n" }),
		"a long trigger":        goal("INVALID trigger", func(g *commission.Goal) { g.Trigger = strings.Repeat("x", 1001) }),
		"a long standard":       goal("INVALID timestampStandard", func(g *commission.Goal) { g.TimestampStandard = strings.Repeat("x", 501) }),
		"a standard of bytes":   goal("INVALID timestampStandard", func(g *commission.Goal) { g.TimestampStandard = "\xff" }),
		"no status":             goal("INVALID statuses", func(g *commission.Goal) { g.Statuses = nil }),
		"never approved":        goal("INVALID statuses", func(g *commission.Goal) { g.Statuses = []commission.Status{commission.Pending} }),
		"a status unknown":      goal("INVALID statuses", func(g *commission.Goal) { g.Statuses = append(g.Statuses, commission.Unknown) }),
		"a parameter of words":  goal("INVALID parameters", func(g *commission.Goal) { g.Parameters = []string{"amount", "Amount"} }),
		"one that there is not": {"NOT_FOUND id", func() error { _, err := w.setup.UpdateGoal(w.staff, 1<<40, func(*commission.Goal) {}); return err }},
	})
}

func TestEveryFaultOfAIntegrationIsSaid(t *testing.T) {
	w := newWorld(t)
	integration := func(said string, id int64, patch func(s *setup.IntegrationWish)) refusal {
		return refusal{said, func() error { _, err := w.setup.UpdateIntegration(w.staff, id, patch); return err }}
	}
	of := func(said string, patch func(s *setup.IntegrationWish)) refusal {
		return integration(said, w.one.Integration.ID, patch)
	}
	fresh := func(said, key string) refusal {
		return refusal{said, func() error {
			_, err := w.setup.CreateIntegration(w.staff, func(s *setup.IntegrationWish) { s.Key, s.Name, s.OfferID = key, "Golden", w.one.Offer })
			return err
		}}
	}
	many := map[string]string{}
	for i := range 201 {
		many[fmt.Sprintf("word %d", i)] = "ftd"
	}
	w.refuses(map[string]refusal{
		"a short key":              fresh("INVALID key", "g"),
		"a key with a slash":       fresh("INVALID key", "golden/reels"),
		"a key that is there":      fresh("CONFLICT key", w.other.Integration.Key),
		"no name":                  of("INVALID name", func(s *setup.IntegrationWish) { s.Name = "" }),
		"no offer":                 of("NOT_FOUND offerId", func(s *setup.IntegrationWish) { s.OfferID = 1 << 40 }),
		"no currency":              of("INVALID currency", func(s *setup.IntegrationWish) { s.Currency = "euro" }),
		"no header":                of("INVALID signatureHeader", func(s *setup.IntegrationWish) { s.SignatureHeader = "X Signature" }),
		"no timestamp":             of("INVALID timestampName", func(s *setup.IntegrationWish) { s.TimestampName = "a:b" }),
		"a window before":          of("INVALID timestampWindow", func(s *setup.IntegrationWish) { s.TimestampWindow = -1 }),
		"less than no calls":       of("INVALID rateLimit", func(s *setup.IntegrationWish) { s.RateLimit = -1 }),
		"no address":               of("INVALID allowedAddresses", func(s *setup.IntegrationWish) { s.AllowedAddresses = []string{"203.0.113.7", "everywhere"} }),
		"an unknown parameter":     of("INVALID parameterMapping", func(s *setup.IntegrationWish) { s.ParameterMapping = map[string]string{"cid": "x"} }),
		"a parameter for nothing":  of("INVALID parameterMapping", func(s *setup.IntegrationWish) { s.ParameterMapping = map[string]string{"click_id": " "} }),
		"a name that is too long":  of("INVALID parameterMapping", func(s *setup.IntegrationWish) { s.ParameterMapping = map[string]string{"click_id": long} }),
		"an unknown goal":          of("INVALID goalMapping", func(s *setup.IntegrationWish) { s.GoalMapping = map[string]string{"jp": "jackpot"} }),
		"a goal of bytes":          of("INVALID goalMapping", func(s *setup.IntegrationWish) { s.GoalMapping = map[string]string{"jp": "\x00"} }),
		"no word for a goal":       of("INVALID goalMapping", func(s *setup.IntegrationWish) { s.GoalMapping = map[string]string{"": "ftd"} }),
		"too many words":           of("INVALID goalMapping", func(s *setup.IntegrationWish) { s.GoalMapping = many }),
		"an unknown status":        of("INVALID statusMapping", func(s *setup.IntegrationWish) { s.StatusMapping = map[string]string{"paid": "yes"} }),
		"one that there is not":    integration("NOT_FOUND id", 1<<40, func(*setup.IntegrationWish) {}),
		"a secret of none":         {"NOT_FOUND integrationId", func() error { _, _, err := w.setup.RotateSecret(w.staff, 1<<40, "token", 0); return err }},
		"a secret of a third kind": {"INVALID kind", func() error { _, _, err := w.setup.RotateSecret(w.staff, w.one.Integration.ID, "key", 0); return err }},
		"an overlap before": {"INVALID overlapHours", func() error {
			_, _, err := w.setup.RotateSecret(w.staff, w.one.Integration.ID, "hmac", -time.Hour)
			return err
		}},
		"a third kind shown": {"NOT_FOUND kind", func() error { _, _, err := w.setup.Reveal(w.staff, w.one.Integration.ID, "key"); return err }},
	})
}

func TestEveryFaultOfADealAndOfARateIsSaid(t *testing.T) {
	w := newWorld(t)
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	ended, err := w.setup.CreateDeal(w.staff, dealFor(w.other.Offer, 0, july, july.AddDate(0, 1, 0)))
	w.must(err)
	deal := func(said string, change func(d *setup.DealWish)) refusal {
		wish := dealFor(w.one.Offer, w.one.Affiliate, july, time.Time{})
		change(&wish)
		return refusal{said, func() error { _, err := w.setup.CreateDeal(w.staff, wish); return err }}
	}
	end := func(said string, id int64, at *time.Time) refusal {
		return refusal{said, func() error { _, err := w.setup.EndDeal(w.staff, id, at); return err }}
	}
	rate := func(said, quote string, value int64) refusal {
		return refusal{said, func() error {
			_, err := w.setup.SetRate(w.staff, quote, decimal.NewFromInt(value), nil)
			return err
		}}
	}
	w.refuses(map[string]refusal{
		"no offer":                  deal("NOT_FOUND offerId", func(d *setup.DealWish) { d.OfferID = 1 << 40 }),
		"no affiliate":              deal("NOT_FOUND affiliateId", func(d *setup.DealWish) { d.AffiliateID = 1 << 40 }),
		"no model":                  deal("INVALID model", func(d *setup.DealWish) { d.Model = "" }),
		"nothing to pay":            deal("INVALID model", func(d *setup.DealWish) { d.Amount = decimal.Zero }),
		"no currency":               deal("INVALID model", func(d *setup.DealWish) { d.Currency = "" }),
		"an end before":             deal("INVALID model", func(d *setup.DealWish) { d.To = d.From }),
		"tiers by nothing":          deal("INVALID model", func(d *setup.DealWish) { d.Tiers = []commission.Tier{{From: d.Amount, Amount: d.Amount}} }),
		"an unknown lead":           deal("INVALID leadGoal", func(d *setup.DealWish) { d.LeadGoal = "jackpot" }),
		"a lead of bytes":           deal("INVALID leadGoal", func(d *setup.DealWish) { d.LeadGoal = "\x00" }),
		"together with another":     deal("CONFLICT validFrom", func(d *setup.DealWish) { *d = dealFor(w.other.Offer, 0, july.AddDate(0, 0, -1), time.Time{}) }),
		"from where another begins": deal("CONFLICT validFrom", func(d *setup.DealWish) { *d = dealFor(w.other.Offer, 0, july, time.Time{}) }),
		"ending none":               end("NOT_FOUND id", 1<<40, nil),
		"ending it as it begins":    end("INVALID at", ended.ID, &july),
		"ending it before it is":    end("INVALID at", ended.ID, nil),
		"ending it after its end":   end("INVALID at", ended.ID, new(july.AddDate(0, 2, 0))),
		"a rate of the euro":        rate("INVALID quote", " eur ", 1),
		"a rate of no currency":     rate("INVALID quote", "dollar", 1),
		"a rate of nothing":         rate("INVALID rate", "USD", 0),
		"a rate below nothing":      rate("INVALID rate", "USD", -1),
	})
}

func dealFor(offer, affiliate int64, from, to time.Time) setup.DealWish {
	return setup.DealWish{OfferID: ids.Offer(offer), Deal: commission.Deal{
		AffiliateID: ids.Affiliate(affiliate), Model: commission.CPA, Amount: decimal.NewFromInt(80), Currency: "EUR", From: from, To: to,
	}}
}

func TestEveryFaultOfASignInIsSaid(t *testing.T) {
	w := newWorld(t)
	admin := w.as(viewer.Admin, 0)
	manager := viewer.From(w.staff).UserID
	_, _, err := w.setup.CreateUser(w.staff, setup.NewUser{Email: "mara@example.com", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate)})
	w.must(err)
	email := func(said, address string) refusal {
		return refusal{said, func() error {
			_, _, err := w.setup.CreateUser(w.staff, setup.NewUser{Email: address, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate)})
			return err
		}}
	}
	byManager := func(said string, role viewer.Role, affiliate int64) refusal {
		return refusal{said, func() error {
			_, _, err := w.setup.CreateUser(w.staff, setup.NewUser{Email: "x@example.com", Role: role, AffiliateID: ids.Affiliate(affiliate)})
			return err
		}}
	}
	touch := func(said string, id int64) refusal {
		return refusal{said, func() error {
			_, err1 := w.setup.SetUserDisabled(w.staff, id, true)
			_, err2 := w.setup.SetUserDisabled(w.staff, id, false)
			_, _, err3 := w.setup.ResetPassword(w.staff, id, false)
			if err1 == nil || err2 == nil || err3 == nil {
				return nil
			}
			return errors.Join(err1, err2, err3)
		}}
	}
	affiliate := func(said string, id int64, name string) refusal {
		return refusal{said, func() error { _, err := w.setup.UpdateAffiliate(w.staff, id, name); return err }}
	}
	w.refuses(map[string]refusal{
		"no address":              email("INVALID email", ""),
		"a word":                  email("INVALID email", "mara"),
		"a name and address":      email("INVALID email", "Mara <mara@example.com>"),
		"a long address":          email("INVALID email", strings.Repeat("x", 250)+"@example.com"),
		"an address of bytes":     email("INVALID email", "ma\x00ra@example.com"),
		"a taken address":         email("CONFLICT email", " Mara@EXAMPLE.com"),
		"an admin by a manager":   byManager("INVALID role", viewer.Admin, 0),
		"a manager by one":        byManager("INVALID role", viewer.Manager, 0),
		"an affiliate of nobody":  byManager("INVALID affiliateId", viewer.Affiliate, 0),
		"an affiliate of none":    byManager("NOT_FOUND affiliateId", viewer.Affiliate, 1<<40),
		"nobody":                  touch("NOT_FOUND id", 1<<40),
		"oneself":                 touch("INVALID id", int64(manager)),
		"an admin's":              touch("INVALID id", int64(viewer.From(admin).UserID)),
		"an affiliate of no name": {"INVALID name", func() error { _, err := w.setup.CreateAffiliate(w.staff, " "); return err }},
		"a name of bytes":         affiliate("INVALID name", w.one.Affiliate, "a\xff"),
		"no affiliate":            affiliate("NOT_FOUND id", 1<<40, "Bright Reels"),
		"staff of an affiliate": {"INVALID affiliateId", func() error {
			_, _, err := w.setup.CreateUser(admin, setup.NewUser{Email: "x@example.com", Role: viewer.Manager, AffiliateID: ids.Affiliate(w.one.Affiliate)})
			return err
		}},
		"the only admin, by itself": {"INVALID id", func() error {
			_, err := w.setup.SetUserDisabled(admin, int64(viewer.From(admin).UserID), true)
			return err
		}},
	})
}

func TestEveryOtherFaultIsSaid(t *testing.T) {
	w := newWorld(t)
	p, gone := w.postback(), w.postback()
	w.must(w.setup.DeletePostback(w.oneCtx, gone.ID))
	rotate := func(said string, id int64, overlap time.Duration) refusal {
		return refusal{said, func() error { _, err := w.setup.RotateSigningSecret(w.oneCtx, id, overlap); return err }}
	}
	hold := func(said, note string) refusal {
		return refusal{said, func() error { _, err := w.setup.SetHold(w.staff, true, note); return err }}
	}
	restore := func(said string, id int64) refusal {
		return refusal{said, func() error { _, err := w.setup.RestorePostbackVersion(w.oneCtx, w.client, id); return err }}
	}
	update := func(said string, patch func(p *firing.Postback)) refusal {
		return refusal{said, func() error { _, err := w.setup.UpdatePostback(w.oneCtx, p.ID, patch); return err }}
	}
	w.refuses(map[string]refusal{
		"an overlap before":        rotate("INVALID overlapHours", p.ID, -1),
		"an overlap for too long":  rotate("INVALID overlapHours", p.ID, 30*24*time.Hour+1),
		"a secret of none":         rotate("NOT_FOUND id", 1<<40, 0),
		"a secret of what is not":  rotate("INVALID id", gone.ID, 0),
		"a long note":              hold("INVALID note", strings.Repeat("é", 201)),
		"a note of bytes":          hold("INVALID note", "a\x00b"),
		"no version":               restore("NOT_FOUND versionId", 1<<40),
		"a version of what is not": restore("INVALID id", w.versions(gone.ID)[0].ID),
		"an unknown goal":          update("INVALID goals", func(p *firing.Postback) { p.Goal = "jackpot" }),
		"a goal of bytes":          update("INVALID goals", func(p *firing.Postback) { p.Goal = "\x00" }),
		"a rule of bytes": update("INVALID bodyRule", func(p *firing.Postback) {
			p.BodyRule = &firing.BodyRule{Kind: firing.Contains, Value: "a\x00b"}
		}),
		"no alert":    {"NOT_FOUND id", func() error { _, err := w.setup.DismissAlert(w.oneCtx, pgtest.ID(t)); return err }},
		"no campaign": {"NOT_FOUND id", func() error { _, err := w.setup.UpdateCampaign(w.oneCtx, 1<<40, setup.CampaignPatch{}); return err }},
		"a campaign of what is not": {"INVALID affiliateId", func() error {
			_, err := w.setup.CreateCampaign(w.staff, setup.NewCampaign{Name: "x", OfferID: ids.Offer(w.one.Offer)})
			return err
		}},
		"postbacks for no campaign": {"INVALID affiliateId", func() error {
			_, err := w.setup.CreatePostbacks(w.staff, 0, []string{"ftd"}, wish(func(p *firing.Postback) { p.Scope, p.CampaignID = "campaign", 1<<40 }))
			return err
		}},
	})
}
