package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/ent"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/secret"
)

// loader reads the catalog's rows.
type loader struct {
	secrets  *secret.Ring
	limiters *limiters
}

func (l loader) link(ctx context.Context, on querier, code string) (*link, bool, error) {
	var k link
	var destination, fallback string
	var hosts []byte
	err := on.QueryRowContext(ctx, `
		SELECT t.id, t.affiliate_id, o.id, o.name, coalesce(c.id, 0), coalesce(c.name, ''),
		       CASE WHEN a.archived_at IS NULL THEN coalesce(c.state, 'active') ELSE 'paused' END, o.state, o.destination_url, o.fallback_url, o.deep_link_hosts, `+lastFullDay+`
		FROM tracking_links t JOIN affiliates a ON a.id = t.affiliate_id JOIN offers o ON o.id = t.offer_id LEFT JOIN campaigns c ON c.id = t.campaign_id
		WHERE t.code = $1`, code).
		Scan(&k.ID, &k.AffiliateID, &k.OfferID, &k.OfferName, &k.CampaignID, &k.CampaignName, &k.Campaign,
			&k.Offer, &destination, &fallback, &hosts, &k.fullOn)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading link %s: %w", code, err)
	}
	if err := json.Unmarshal(hosts, &k.DeepLinkHosts); err != nil {
		return nil, false, fmt.Errorf("reading the deep link hosts of offer %d: %w", k.OfferID, err)
	}
	if k.Destination, err = macro.ParseFor(destination, macro.Clicks); err != nil {
		return nil, false, fmt.Errorf("reading the destination of offer %d: %w", k.OfferID, err)
	}
	if fallback != "" {
		if k.Fallback, err = macro.ParseFor(fallback, macro.Clicks); err != nil {
			return nil, false, fmt.Errorf("reading the fallback of offer %d: %w", k.OfferID, err)
		}
	}
	return &k, true, l.landingPages(ctx, on, &k)
}

func (l loader) landingPages(ctx context.Context, on querier, k *link) error {
	k.LandingPages, k.pageIDs = map[string]*macro.Template{}, map[string]int64{}
	return pg.Each(ctx, on, fmt.Sprintf("reading the landing pages of offer %d", k.OfferID), func(rows *sql.Rows) error {
		var id int64
		var key, url string
		err := rows.Scan(&id, &key, &url)
		if err != nil {
			return err
		}
		if k.LandingPages[key], err = macro.ParseFor(url, macro.Clicks); err != nil {
			return fmt.Errorf("reading landing page %q of offer %d: %w", key, k.OfferID, err)
		}
		k.pageIDs[key] = id
		return nil
	}, `SELECT id, key, url FROM landing_pages WHERE offer_id = $1 AND archived_at IS NULL`, k.OfferID)
}

// lastFullDay selects the last day on which the cap of the offer o or of the campaign c was
// reached.
const lastFullDay = `coalesce((
  SELECT max(d.day)::text FROM cap_days d
  WHERE d.kind = 'offer' AND d.ref = o.id AND d.used >= o.daily_cap OR d.kind = 'campaign' AND d.ref = c.id AND d.used >= c.daily_cap), '')`

func (l loader) integration(ctx context.Context, on querier, key string) (*integration, bool, error) {
	s := integration{Key: key}
	var allowed []byte
	var limit, window sql.NullInt64
	var names, goals, statuses, defaults []byte
	var apart bool
	err := on.QueryRowContext(ctx, `
		SELECT s.id, s.offer_id, coalesce(s.players_of, s.id), o.operator, coalesce(nullif(s.currency, ''), o.currency), s.enabled, s.require_token, s.require_signature,
		       s.allowed_addresses, s.rate_limit, s.test_mode, s.require_https, s.signature_header, s.timestamp_name, s.timestamp_window,
		       s.parameter_mapping, s.goal_mapping, s.status_mapping, s.default_statuses, s.tell_apart
		FROM integrations s JOIN offers o ON o.id = s.offer_id WHERE s.key = $1`, key).
		Scan(&s.ID, &s.OfferID, &s.Players, &s.Operator, &s.Currency, &s.Enabled, &s.RequireToken, &s.RequireSignature, &allowed, &limit,
			&s.TestMode, &s.RequireHTTPS, &s.SignatureHeader, &s.TimestampName, &window, &names, &goals, &statuses, &defaults, &apart)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading integration %q: %w", key, err)
	}
	var addresses []string
	if err := json.Unmarshal(allowed, &addresses); err != nil {
		return nil, false, fmt.Errorf("reading the addresses of integration %q: %w", key, err)
	}
	if s.Allowed, err = inbound.ParseAddresses(addresses); err != nil {
		return nil, false, fmt.Errorf("reading the addresses of integration %q: %w", key, err)
	}
	if s.Words, err = inbound.ReadDialect(names, goals, statuses); err != nil {
		return nil, false, fmt.Errorf("integration %q: %w", key, err)
	}
	s.Words.TellApart = apart
	if err := json.Unmarshal(defaults, &s.Words.Defaults); err != nil {
		return nil, false, fmt.Errorf("reading what no status means to integration %q: %w", key, err)
	}
	s.TimestampWindow = time.Duration(window.Int64) * time.Second
	if limit.Valid {
		s.limiter = l.limiters.of(key, limit.Int64)
	}
	s.Secrets, err = l.integrationSecrets(ctx, on, s.ID)
	return &s, err == nil, err
}

func (l loader) integrationSecrets(ctx context.Context, on querier, integrationID int64) ([]inbound.Secret, error) {
	var found []inbound.Secret
	err := pg.Each(ctx, on, fmt.Sprintf("reading the secrets of integration %d", integrationID), func(rows *sql.Rows) error {
		var s inbound.Secret
		var sealed []byte
		var expires sql.NullTime
		err := rows.Scan(&s.Kind, &sealed, &expires)
		if err != nil {
			return err
		}
		if s.Value, err = l.secrets.Open(sealed, secret.ForIntegration); err != nil {
			return fmt.Errorf("opening a secret of integration %d: %w", integrationID, err)
		}
		s.Expires = expires.Time
		found = append(found, s)
		return nil
	}, `SELECT kind, sealed, expires_at FROM integration_secrets WHERE integration_id = $1`, integrationID)
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (l loader) goal(ctx context.Context, on querier, key string) (*goal, bool, error) {
	var g goal
	g.Key = key
	var statuses, parameters []byte
	err := on.QueryRowContext(ctx, `SELECT name, once_per_player, reversible, statuses, parameters FROM goals WHERE key = $1`, key).
		Scan(&g.Name, &g.OncePerPlayer, &g.Reversible, &statuses, &parameters)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading goal %q: %w", key, err)
	}
	if err := json.Unmarshal(statuses, &g.Statuses); err != nil {
		return nil, false, fmt.Errorf("reading the statuses of goal %q: %w", key, err)
	}
	if err := json.Unmarshal(parameters, &g.Parameters); err != nil {
		return nil, false, fmt.Errorf("reading the parameters of goal %q: %w", key, err)
	}
	return &g, true, nil
}

// postbacks reads an affiliate's postbacks, and after them its trackers: a tracker is there before
// a postback goes to it.
func (l loader) postbacks(ctx context.Context, on querier, affiliateID ids.Affiliate) (candidates, bool, error) {
	var found candidates
	err := pg.Each(ctx, on, fmt.Sprintf("reading the postbacks of affiliate %d", affiliateID), func(rows *sql.Rows) error {
		var c candidate
		var err error
		if c.Postback, err = ent.ScanPostback(rows.Scan, &c.VersionID); err != nil {
			return err
		}
		parsed, err := macro.ParseFor(c.URLTemplate, macro.Aggregated)
		if err != nil {
			return fmt.Errorf("reading the template of postback %d: %w", c.ID, err)
		}
		c.Endpoint = parsed.Endpoint()
		found.postbacks = append(found.postbacks, c)
		return nil
	}, `
		SELECT `+ent.PostbackColumns+`, v.id
		FROM postbacks p JOIN postback_versions v ON v.postback_id = p.id AND v.number = p.version
		WHERE p.affiliate_id = $1 AND p.deleted_at IS NULL ORDER BY p.id`, affiliateID)
	if err != nil {
		return candidates{}, false, err
	}
	found.trackers, err = l.trackers(ctx, on, affiliateID)
	return found, err == nil, err
}

// trackers reads an affiliate's trackers, without those that are archived.
func (l loader) trackers(ctx context.Context, on querier, affiliateID ids.Affiliate) (firing.Trackers, error) {
	var list []firing.Tracker
	err := pg.Each(ctx, on, fmt.Sprintf("reading the trackers of affiliate %d", affiliateID), func(rows *sql.Rows) error {
		var t firing.Tracker
		var chosen []int64
		if err := rows.Scan(&t.ID, &t.Name, &t.AllCampaigns, &t.DefaultLinks, &t.Shares, pq.Array(&chosen)); err != nil {
			return err
		}
		for _, id := range chosen {
			t.Campaigns = append(t.Campaigns, ids.Campaign(id))
		}
		list = append(list, t)
		return nil
	}, `
		SELECT t.id, t.name, t.all_campaigns, t.default_links, t.shares, ARRAY(SELECT campaign_id FROM tracker_campaigns c WHERE c.tracker_id = t.id ORDER BY campaign_id)
		FROM trackers t WHERE t.affiliate_id = $1 AND t.archived_at IS NULL ORDER BY t.id`, affiliateID)
	return firing.NewTrackers(list), err
}

// deals reads all deals between an affiliate and an offer, newest last.
func (l loader) deals(ctx context.Context, on querier, key dealKey) ([]deal, bool, error) {
	found := []deal{}
	err := pg.Each(ctx, on, fmt.Sprintf("reading the deals of affiliate %d for offer %d", key.AffiliateID, key.OfferID), func(rows *sql.Rows) error {
		var d deal
		var amount, percent decimal.NullDecimal
		var tiers []byte
		var from, to sql.NullTime
		if err := rows.Scan(&d.ID, &d.AffiliateID, &d.Model, &amount, &percent, &d.LeadGoal, &d.Currency, &d.TierBy, &tiers, &from, &to, &d.NegativeCarryover); err != nil {
			return err
		}
		if err := json.Unmarshal(tiers, &d.Tiers); err != nil {
			return fmt.Errorf("reading the tiers of deal %d: %w", d.ID, err)
		}
		d.Amount, d.Percent, d.From, d.To = amount.Decimal, percent.Decimal, from.Time, to.Time
		found = append(found, d)
		return nil
	}, `
		SELECT id, coalesce(affiliate_id, 0), model, amount, percent, lead_goal, currency, coalesce(tier_by, ''), tiers, valid_from, valid_to, negative_carryover
		FROM deals WHERE offer_id = $1 AND (affiliate_id = $2 OR affiliate_id IS NULL) ORDER BY id`, key.OfferID, key.AffiliateID)
	if err != nil {
		return nil, false, err
	}
	return found, true, nil
}

// rates reads a currency's rates, newest first.
func (l loader) rates(ctx context.Context, on querier, currency string) ([]datedRate, bool, error) {
	var found []datedRate
	err := pg.Each(ctx, on, fmt.Sprintf("reading the rates of %s", currency), func(rows *sql.Rows) error {
		var r datedRate
		if err := rows.Scan(&r.from, &r.rate); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	}, `SELECT valid_from, rate FROM exchange_rates WHERE quote = $1 ORDER BY valid_from DESC`, currency)
	if err != nil {
		return nil, false, err
	}
	return found, len(found) > 0, nil
}

func (l loader) offerRules(ctx context.Context, on querier, offerID ids.Offer) (*offerRules, bool, error) {
	var r offerRules
	var window sql.NullInt64
	var rule []byte
	err := on.QueryRowContext(ctx, `SELECT currency, attribution_window_days, qualification FROM offers WHERE id = $1`, offerID).Scan(&r.Currency, &window, &rule)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the rules of offer %d: %w", offerID, err)
	}
	r.AttributionWindow = time.Duration(window.Int64) * 24 * time.Hour
	if len(rule) > 0 {
		if err := json.Unmarshal(rule, &r.Qualification); err != nil {
			return nil, false, fmt.Errorf("reading the qualification of offer %d: %w", offerID, err)
		}
	}
	return &r, true, nil
}

// dailyCap reads a cap; false if there is none.
func (l loader) dailyCap(ctx context.Context, on querier, key capKey) (int, bool, error) {
	table := map[string]string{capOfOffer: "offers", capOfCampaign: "campaigns"}[key.kind]
	var most sql.NullInt64
	err := on.QueryRowContext(ctx, `SELECT daily_cap FROM `+table+` WHERE id = $1`, key.ref).Scan(&most)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("reading the cap of %s %d: %w", key.kind, key.ref, err)
	}
	return int(most.Int64), true, nil
}
