package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// use is a kind of rows that use something: how one and several are called, and which they are of
// the id $1.
type use struct{ one, many, rows string }

// mostUses is how many of a kind are counted.
const mostUses = 1000

// uses counts what uses a row, in words: "3 campaigns and 120 clicks"; empty for nothing.
func (c *change) uses(ctx context.Context, id any, kinds []use) (string, error) {
	if len(kinds) == 0 {
		return "", nil
	}
	counts := make([]string, len(kinds))
	for i, k := range kinds {
		counts[i] = fmt.Sprintf(`(SELECT count(*) FROM (SELECT FROM %s LIMIT %d) counted)`, k.rows, mostUses+1)
	}
	found := make([]int, len(kinds))
	into := make([]any, len(kinds))
	for i := range found {
		into[i] = &found[i]
	}
	if err := c.tx.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ", "), id).Scan(into...); err != nil {
		return "", fmt.Errorf("counting what uses it: %w", err)
	}
	var parts []string
	for i, n := range found {
		switch {
		case n == 1:
			parts = append(parts, "1 "+kinds[i].one)
		case n > mostUses:
			parts = append(parts, fmt.Sprintf("more than %d %s", mostUses, kinds[i].many))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, kinds[i].many))
		}
	}
	return problem.List(parts), nil
}

// deleting is how unused rows of one kind are deleted.
type deleting[T any] struct {
	archiving[T]

	key     func(T) any // what its uses name; nil for its id
	uses    []use
	instead string   // what to do with one that is used
	busy    string   // why it must be archived first; empty where it need not be
	with    []string // statements that delete what belongs to $1 alone
	from    string   // its table
}

// do deletes a row that nothing uses.
func (d deleting[T]) do(ctx context.Context, s *Setup, id int64) error {
	within := s.staffChange
	if d.byOwner {
		within = s.change
	}
	return within(ctx, func(ctx context.Context, c *change) error {
		before, err := d.get(ctx, c, id)
		if err != nil {
			return missing(err, "id", d.what)
		}
		if d.check != nil {
			if err := d.check(before); err != nil {
				return err
			}
		}
		// Nothing can refer to it any more: whoever is about to waits, and then finds that it is gone.
		if _, err := c.tx.ExecContext(ctx, `SELECT FROM `+d.from+` WHERE id = $1 FOR UPDATE`, id); err != nil {
			return fmt.Errorf("locking the %s: %w", d.what, err)
		}
		var key any = id
		if d.key != nil {
			key = d.key(before)
		}
		switch used, err := c.uses(ctx, key, d.uses); {
		case err != nil:
			return err
		case used != "":
			return problem.Conflict("id", "it has %s: %s", used, d.instead)
		case d.busy != "" && d.archivedAt(before) == nil:
			return problem.Conflict("id", "%s: archive it first", d.busy)
		}
		for _, statement := range append(slices.Clone(d.with), `DELETE FROM `+d.from+` WHERE id = $1`) {
			if _, err := c.tx.ExecContext(ctx, statement, id); err != nil {
				return fmt.Errorf("deleting the %s: %w", d.what, err)
			}
		}
		act := Act{Action: "delete", Entity: d.entity, ID: fmt.Sprint(id), Before: before}
		if d.owner != nil {
			act.affiliateID = d.owner(before)
		}
		return c.audit(ctx, act)
	})
}

const (
	archiveInstead = "archive it instead"
	linksClicked   = "its links may be clicked at this moment"
)

var campaignDeleting = deleting[*db.Campaign]{
	archiving: campaignArchiving, from: "campaigns", busy: linksClicked, instead: archiveInstead,
	uses: []use{
		{"click", "clicks", "clicks WHERE campaign_id = $1"},
		{"conversion", "conversions", "conversions WHERE campaign_id = $1"},
		{"postback", "postbacks", "postbacks WHERE campaign_id = $1"},
	},
	with: []string{
		`DELETE FROM alerts WHERE campaign_id = $1`, `DELETE FROM tracker_campaigns WHERE campaign_id = $1`,
		`DELETE FROM tracking_links WHERE campaign_id = $1`,
	},
}

// DeleteCampaign deletes an archived campaign without clicks, conversions and postbacks.
func (s *Setup) DeleteCampaign(ctx context.Context, id int64) error {
	return campaignDeleting.do(ctx, s, id)
}

var offerDeleting = deleting[*db.Offer]{
	archiving: offerArchiving, from: "offers", busy: linksClicked, instead: archiveInstead,
	uses: []use{
		{"campaign", "campaigns", "campaigns WHERE offer_id = $1"},
		{"integration", "integrations", "integrations WHERE offer_id = $1"},
		{"click", "clicks", "clicks WHERE offer_id = $1"},
		{"conversion", "conversions", "conversions WHERE offer_id = $1"},
		{"postback", "postbacks", "postbacks WHERE offer_id = $1"},
	},
	with: []string{
		`DELETE FROM alerts WHERE link_id IN (SELECT id FROM tracking_links WHERE offer_id = $1)`,
		`DELETE FROM tracking_links WHERE offer_id = $1`, `DELETE FROM landing_pages WHERE offer_id = $1`, `DELETE FROM deals WHERE offer_id = $1`,
	},
}

// DeleteOffer deletes an archived offer that was never used, with its landing pages, deals and
// default links.
func (s *Setup) DeleteOffer(ctx context.Context, id int64) error {
	return offerDeleting.do(ctx, s, id)
}

var landingPageDeleting = deleting[*db.LandingPage]{
	archiving: landingPageArchiving, from: "landing_pages", instead: archiveInstead,
	uses: []use{{"click", "clicks", "clicks WHERE landing_page_id = $1"}},
}

// DeleteLandingPage deletes a landing page that no click went to. Links that name it lead to the
// offer's destination from then on.
func (s *Setup) DeleteLandingPage(ctx context.Context, id int64) error {
	return landingPageDeleting.do(ctx, s, id)
}

var goalDeleting = deleting[*db.Goal]{
	archiving: goalArchiving, from: "goals", instead: archiveInstead,
	key: func(g *db.Goal) any { return g.Key },
	uses: []use{
		{"conversion", "conversions", "conversions WHERE goal = $1"},
		{"postback", "postbacks", "postbacks WHERE goal = $1 OR further_goals ? $1"},
		{"deal", "deals", "deals WHERE lead_goal = $1"},
		{"offer that it qualifies for", "offers that it qualifies for", "offers WHERE qualification -> 'goals' ? $1"},
		{"integration that maps it", "integrations that map it", "integrations, jsonb_each_text(goal_mapping) m WHERE m.value = $1"},
	},
	with: []string{`DELETE FROM ignored_attention WHERE goal = (SELECT key FROM goals WHERE id = $1)`},
}

// DeleteGoal deletes a goal that is not built in and that nothing uses.
func (s *Setup) DeleteGoal(ctx context.Context, id int64) error {
	return goalDeleting.do(ctx, s, id)
}

var integrationDeleting = deleting[*db.Integration]{
	archiving: integrationArchiving, from: "integrations", instead: archiveInstead,
	uses: []use{
		{"conversion", "conversions", "conversions WHERE integration_id = $1"},
		{"call in the inbound log", "calls in the inbound log", "received_postbacks WHERE integration_id = $1"},
		{"player", "players", "players WHERE integration_id = $1"},
		{"report of an unmapped goal", "reports of unmapped goals", "unmapped_reports WHERE integration_id = $1"},
	},
}

// DeleteIntegration deletes an integration that was never called, with its secrets.
func (s *Setup) DeleteIntegration(ctx context.Context, id int64) error {
	return integrationDeleting.do(ctx, s, id)
}

// ofAffiliate are rows of a table by their affiliate.
func ofAffiliate(one, many, table string) use {
	return use{one, many, table + " t JOIN affiliates a ON a.id = t.affiliate_id WHERE a.id = $1"}
}

var affiliateDeleting = deleting[*db.Affiliate]{
	archiving: affiliateArchiving, from: "affiliates", busy: linksClicked, instead: archiveInstead,
	uses: []use{
		ofAffiliate("campaign", "campaigns", "campaigns"), ofAffiliate("user", "users", "users"), ofAffiliate("click", "clicks", "clicks"),
		ofAffiliate("conversion", "conversions", "conversions"), ofAffiliate("postback", "postbacks", "postbacks"),
		ofAffiliate("tracker", "trackers", "trackers"), ofAffiliate("deal", "deals", "deals"), ofAffiliate("test", "tests", "postback_tests"),
	},
	with: []string{
		`DELETE FROM alerts t USING affiliates a WHERE a.id = $1 AND t.affiliate_id = a.id`,
		`DELETE FROM ignored_attention t USING affiliates a WHERE a.id = $1 AND t.affiliate_id = a.id`,
		`DELETE FROM echo_requests t USING affiliates a WHERE a.id = $1 AND t.affiliate_id = a.id`,
		`DELETE FROM tracking_links t USING affiliates a WHERE a.id = $1 AND t.affiliate_id = a.id`,
	},
}

// DeleteAffiliate deletes an archived affiliate that was never used, with its default links.
func (s *Setup) DeleteAffiliate(ctx context.Context, id int64) error {
	return affiliateDeleting.do(ctx, s, id)
}

var dealDeleting = deleting[*db.Deal]{
	archiving: archiving[*db.Deal]{
		entity: "deal", what: "deal",
		get: func(ctx context.Context, c *change, id int64) (*db.Deal, error) { return c.client.Deal.Get(ctx, id) },
		owner: func(r *db.Deal) ids.Affiliate {
			if r.AffiliateID == nil {
				return 0
			}
			return ids.Affiliate(*r.AffiliateID)
		},
	},
	from: "deals", instead: "end it instead",
	uses: []use{{"conversion", "conversions", "conversions WHERE deal_id = $1"}},
}

// DeleteDeal deletes a deal that no conversion was calculated with. The deal that ended where it
// began stays ended.
func (s *Setup) DeleteDeal(ctx context.Context, id int64) error {
	return dealDeleting.do(ctx, s, id)
}

var rateDeleting = deleting[*db.ExchangeRate]{
	archiving: archiving[*db.ExchangeRate]{
		entity: "exchange_rate", what: "exchange rate",
		get: func(ctx context.Context, c *change, id int64) (*db.ExchangeRate, error) {
			return c.client.ExchangeRate.Get(ctx, id)
		},
	},
	from: "exchange_rates",
}

// DeleteRate deletes an exchange rate. Conversions keep the rate that they were calculated with.
func (s *Setup) DeleteRate(ctx context.Context, id int64) error {
	return rateDeleting.do(ctx, s, id)
}
