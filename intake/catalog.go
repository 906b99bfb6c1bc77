package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/time/rate"

	"postrider/commission"
	"postrider/firing"
	"postrider/internal/secret"
	"postrider/macro"
)

// catalog is the configuration that every click and conversion reads, kept in
// memory.
type catalog struct {
	links     *cache[string, *link]
	sources   *cache[string, *source]
	goals     *cache[string, *goal]
	deals     *cache[dealKey, *deal]
	postbacks *cache[int64, []candidate]
}

func newCatalog(secrets *secret.Key) *catalog {
	l := loader{secrets: secrets, limiters: &limiters{kept: make(map[string]*rate.Limiter)}}
	return &catalog{
		links:     newCache(l.link),
		sources:   newCache(l.source),
		goals:     newCache(l.goal),
		deals:     newCache(l.deal).ofOwnKeys(),
		postbacks: newCache(l.postbacks),
	}
}

func (c *catalog) forget() {
	c.links.forget()
	c.sources.forget()
	c.goals.forget()
	c.deals.forget()
	c.postbacks.forget()
}

// source is an operator's way in.
type source struct {
	ID               int64
	Key              string
	OfferID          int64
	Operator         string
	Currency         string // the offer's
	Enabled          bool
	RequireToken     bool
	RequireSignature bool
	Allowed          []netip.Prefix
	limiter          *rate.Limiter // nil for no limit
	secrets          []sourceSecret
}

type sourceSecret struct {
	kind    string
	value   string
	expires time.Time // zero for never
}

// goal is an entry of the event dictionary.
type goal struct {
	Key           string
	Name          string
	OncePerPlayer bool
	Reversible    bool
	Statuses      []commission.Status
}

// rules is what the lifecycle asks of a goal.
func (g *goal) rules() commission.Goal {
	return commission.Goal{Key: g.Key, Reversible: g.Reversible, Statuses: g.Statuses}
}

// dealKey says whose deal for which offer.
type dealKey struct{ OfferID, AffiliateID int64 }

// deal is a deal and its row.
type deal struct {
	ID    int64
	Terms commission.Deal
}

// candidate is a postback that is considered for an affiliate's conversions.
type candidate struct {
	firing.Postback

	VersionID int64
	Endpoint  string
}

// loader reads the catalog's rows.
type loader struct {
	secrets  *secret.Key
	limiters *limiters
}

// limiters keeps the rate limiters of sources while the rest is forgotten and
// read anew: a change of the configuration gives nobody a fresh start.
type limiters struct {
	mu   sync.Mutex
	kept map[string]*rate.Limiter
}

func (l *limiters) of(source string, perSecond int64) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept[source]
	if kept == nil || kept.Limit() != rate.Limit(perSecond) {
		kept = rate.NewLimiter(rate.Limit(perSecond), int(perSecond))
		l.kept[source] = kept
	}
	return kept
}

func (l loader) source(ctx context.Context, on querier, key string) (*source, bool, error) {
	s := source{Key: key}
	var allowed []byte
	var limit sql.NullInt64
	err := on.QueryRowContext(ctx, `
		SELECT s.id, s.offer_id, o.operator, o.currency, s.enabled, s.require_token, s.require_signature,
		       s.allowed_addresses, s.rate_limit
		FROM sources s JOIN offers o ON o.id = s.offer_id WHERE s.key = $1`, key).
		Scan(&s.ID, &s.OfferID, &s.Operator, &s.Currency, &s.Enabled, &s.RequireToken, &s.RequireSignature, &allowed, &limit)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading source %q: %w", key, err)
	}
	if s.Allowed, err = parsePrefixes(allowed); err != nil {
		return nil, false, fmt.Errorf("reading the addresses of source %q: %w", key, err)
	}
	if limit.Valid {
		s.limiter = l.limiters.of(key, limit.Int64)
	}
	s.secrets, err = l.sourceSecrets(ctx, on, s.ID)
	return &s, err == nil, err
}

func (l loader) sourceSecrets(ctx context.Context, on querier, sourceID int64) ([]sourceSecret, error) {
	rows, err := on.QueryContext(ctx, `SELECT kind, sealed, expires_at FROM source_secrets WHERE source_id = $1`, sourceID)
	if err != nil {
		return nil, fmt.Errorf("reading the secrets of source %d: %w", sourceID, err)
	}
	defer func() { _ = rows.Close() }()
	var found []sourceSecret
	for rows.Next() {
		var s sourceSecret
		var sealed []byte
		var expires sql.NullTime
		if err := rows.Scan(&s.kind, &sealed, &expires); err != nil {
			return nil, fmt.Errorf("reading the secrets of source %d: %w", sourceID, err)
		}
		if s.value, err = l.secrets.Open(sealed, secret.ForSource); err != nil {
			return nil, fmt.Errorf("opening a secret of source %d: %w", sourceID, err)
		}
		s.expires = expires.Time
		found = append(found, s)
	}
	return found, rows.Err()
}

func (l loader) goal(ctx context.Context, on querier, key string) (*goal, bool, error) {
	g := goal{Key: key}
	var statuses []byte
	err := on.QueryRowContext(ctx, `SELECT name, once_per_player, reversible, statuses FROM goals WHERE key = $1`, key).
		Scan(&g.Name, &g.OncePerPlayer, &g.Reversible, &statuses)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading goal %q: %w", key, err)
	}
	if err := json.Unmarshal(statuses, &g.Statuses); err != nil {
		return nil, false, fmt.Errorf("reading the statuses of goal %q: %w", key, err)
	}
	return &g, true, nil
}

func (l loader) deal(ctx context.Context, on querier, key dealKey) (*deal, bool, error) {
	var d deal
	var amount, percent decimal.NullDecimal
	err := on.QueryRowContext(ctx, `
		SELECT id, model, amount, percent, lead_goal, currency FROM deals
		WHERE offer_id = $1 AND (affiliate_id = $2 OR affiliate_id IS NULL)
		ORDER BY affiliate_id NULLS LAST LIMIT 1`, key.OfferID, key.AffiliateID).
		Scan(&d.ID, &d.Terms.Model, &amount, &percent, &d.Terms.LeadGoal, &d.Terms.Currency)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the deal of affiliate %d for offer %d: %w", key.AffiliateID, key.OfferID, err)
	}
	d.Terms.Amount, d.Terms.Percent = amount.Decimal, percent.Decimal
	return &d, true, nil
}

func (l loader) postbacks(ctx context.Context, on querier, affiliateID int64) ([]candidate, bool, error) {
	rows, err := on.QueryContext(ctx, `
		SELECT p.id, p.name, p.scope, coalesce(p.offer_id, 0), coalesce(p.campaign_id, 0), p.goal, p.statuses, p.enabled,
		       p.hold_reason IS NOT NULL, p.url_template, v.id
		FROM postbacks p JOIN postback_versions v ON v.postback_id = p.id AND v.number = p.version
		WHERE p.affiliate_id = $1 AND p.deleted_at IS NULL ORDER BY p.id`, affiliateID)
	if err != nil {
		return nil, false, fmt.Errorf("reading the postbacks of affiliate %d: %w", affiliateID, err)
	}
	defer func() { _ = rows.Close() }()
	found := []candidate{}
	for rows.Next() {
		c := candidate{Postback: firing.Postback{AffiliateID: affiliateID}}
		var statuses []byte
		var template string
		if err := rows.Scan(&c.ID, &c.Name, &c.Scope, &c.OfferID, &c.CampaignID, &c.Goal, &statuses, &c.Enabled,
			&c.Held, &template, &c.VersionID); err != nil {
			return nil, false, fmt.Errorf("reading the postbacks of affiliate %d: %w", affiliateID, err)
		}
		if err := json.Unmarshal(statuses, &c.Statuses); err != nil {
			return nil, false, fmt.Errorf("reading the statuses of postback %d: %w", c.ID, err)
		}
		parsed, err := macro.Parse(template)
		if err != nil {
			return nil, false, fmt.Errorf("reading the template of postback %d: %w", c.ID, err)
		}
		c.Endpoint = parsed.Endpoint()
		found = append(found, c)
	}
	return found, true, rows.Err()
}

func parsePrefixes(list []byte) ([]netip.Prefix, error) {
	var texts []string
	if err := json.Unmarshal(list, &texts); err != nil {
		return nil, err
	}
	prefixes := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, fmt.Errorf("%q is neither an address nor a CIDR block", text)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}
