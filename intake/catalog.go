package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/internal/pg"
	"postrider/internal/secret"
)

// catalog is the configuration that every click and conversion reads, kept in
// memory.
type catalog struct {
	links     *cache[string, *link]
	sources   *cache[string, *source]
	goals     *cache[string, *goal]
	deals     *cache[dealKey, []deal]
	rates     *cache[string, []datedRate]
	rules     *cache[int64, *offerRules]
	caps      *cache[capKey, int]
	postbacks *cache[int64, []candidate]
}

func newCatalog(secrets *secret.Ring) *catalog {
	l := loader{secrets: secrets, limiters: &limiters{kept: make(map[string]*rate.Limiter)}}
	return &catalog{
		links:     newCache(l.link),
		sources:   newCache(l.source),
		goals:     newCache(l.goal),
		deals:     newCache(l.deals),
		rates:     newCache(l.rates).ofOwnKeys(),
		rules:     newCache(l.offerRules),
		caps:      newCache(l.dailyCap),
		postbacks: newCache(l.postbacks),
	}
}

// goal is a goal that something is of already: without it something is wrong here.
func (c *catalog) goal(ctx context.Context, on querier, key string) (*goal, error) {
	g, found, err := c.goals.get(ctx, on, key)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("there is no goal %q", key)
	}
	return g, nil
}

func (c *catalog) forget() {
	c.links.forget()
	c.sources.forget()
	c.goals.forget()
	c.deals.forget()
	c.rates.forget()
	c.rules.forget()
	c.caps.forget()
	c.postbacks.forget()
}

// source is an operator's way in.
type source struct {
	inbound.Source

	ID       int64
	Key      string
	OfferID  int64
	Operator string
	Currency string // of amounts that name none
	Enabled  bool
	TestMode bool          // answered and logged, and nothing is recorded
	limiter  *rate.Limiter // nil for no limit
}

// goal is an entry of the event dictionary.
type goal struct {
	inbound.Goal

	Name string
}

// candidate is a postback that is considered for an affiliate's conversions.
type candidate struct {
	firing.Postback

	VersionID int64
	Endpoint  string
}

// loader reads the catalog's rows.
type loader struct {
	secrets  *secret.Ring
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
	var limit, window sql.NullInt64
	var names, goals, statuses []byte
	err := on.QueryRowContext(ctx, `
		SELECT s.id, s.offer_id, o.operator, coalesce(nullif(s.currency, ''), o.currency), s.enabled, s.require_token, s.require_signature,
		       s.allowed_addresses, s.rate_limit, s.test_mode, s.require_https, s.signature_header, s.timestamp_name, s.timestamp_window,
		       s.parameter_names, s.goal_words, s.status_words
		FROM sources s JOIN offers o ON o.id = s.offer_id WHERE s.key = $1`, key).
		Scan(&s.ID, &s.OfferID, &s.Operator, &s.Currency, &s.Enabled, &s.RequireToken, &s.RequireSignature, &allowed, &limit,
			&s.TestMode, &s.RequireHTTPS, &s.SignatureHeader, &s.TimestampName, &window, &names, &goals, &statuses)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading source %q: %w", key, err)
	}
	var addresses []string
	if err := json.Unmarshal(allowed, &addresses); err != nil {
		return nil, false, fmt.Errorf("reading the addresses of source %q: %w", key, err)
	}
	if s.Allowed, err = inbound.ParseAddresses(addresses); err != nil {
		return nil, false, fmt.Errorf("reading the addresses of source %q: %w", key, err)
	}
	if s.Words, err = inbound.ReadDialect(names, goals, statuses); err != nil {
		return nil, false, fmt.Errorf("source %q: %w", key, err)
	}
	s.TimestampWindow = time.Duration(window.Int64) * time.Second
	if limit.Valid {
		s.limiter = l.limiters.of(key, limit.Int64)
	}
	s.Secrets, err = l.sourceSecrets(ctx, on, s.ID)
	return &s, err == nil, err
}

func (l loader) sourceSecrets(ctx context.Context, on querier, sourceID int64) ([]inbound.Secret, error) {
	var found []inbound.Secret
	err := pg.Each(ctx, on, fmt.Sprintf("reading the secrets of source %d", sourceID), func(rows *sql.Rows) error {
		var s inbound.Secret
		var sealed []byte
		var expires sql.NullTime
		err := rows.Scan(&s.Kind, &sealed, &expires)
		if err != nil {
			return err
		}
		if s.Value, err = l.secrets.Open(sealed, secret.ForSource); err != nil {
			return fmt.Errorf("opening a secret of source %d: %w", sourceID, err)
		}
		s.Expires = expires.Time
		found = append(found, s)
		return nil
	}, `SELECT kind, sealed, expires_at FROM source_secrets WHERE source_id = $1`, sourceID)
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

func (l loader) postbacks(ctx context.Context, on querier, affiliateID int64) ([]candidate, bool, error) {
	found := []candidate{}
	err := pg.Each(ctx, on, fmt.Sprintf("reading the postbacks of affiliate %d", affiliateID), func(rows *sql.Rows) error {
		c := candidate{Postback: firing.Postback{AffiliateID: affiliateID}}
		var statuses []byte
		var further []byte
		var gathers int64
		var template string
		if err := rows.Scan(&c.ID, &c.Name, &c.Scope, &c.OfferID, &c.CampaignID, &c.Goal, &statuses, &c.Enabled,
			&c.Held, &template, &c.VersionID, &further, &gathers); err != nil {
			return err
		}
		if err := json.Unmarshal(statuses, &c.Statuses); err != nil {
			return fmt.Errorf("reading the statuses of postback %d: %w", c.ID, err)
		}
		if err := json.Unmarshal(further, &c.Further); err != nil {
			return fmt.Errorf("reading the goals of postback %d: %w", c.ID, err)
		}
		c.Gathers = time.Duration(gathers) * time.Second
		parsed, err := macro.ParseFor(template, macro.Gathered)
		if err != nil {
			return fmt.Errorf("reading the template of postback %d: %w", c.ID, err)
		}
		c.Endpoint = parsed.Endpoint()
		found = append(found, c)
		return nil
	}, `
		SELECT p.id, p.name, p.scope, coalesce(p.offer_id, 0), coalesce(p.campaign_id, 0), p.goal, p.statuses, p.enabled,
		       p.hold_reason IS NOT NULL, p.url_template, v.id, p.further_goals, coalesce(p.gather_seconds, 0)
		FROM postbacks p JOIN postback_versions v ON v.postback_id = p.id AND v.number = p.version
		WHERE p.affiliate_id = $1 AND p.deleted_at IS NULL ORDER BY p.id`, affiliateID)
	if err != nil {
		return nil, false, err
	}
	return found, true, nil
}
