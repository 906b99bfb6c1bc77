package intake

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/time/rate"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/secret"
)

// catalog caches in memory the configuration that every click and conversion reads.
type catalog struct {
	links        *cache[string, *link]
	integrations *cache[string, *integration]
	goals        *cache[string, *goal]
	deals        *cache[dealKey, []deal]
	rates        *cache[string, []datedRate]
	rules        *cache[ids.Offer, *offerRules]
	caps         *cache[capKey, int]
	postbacks    *cache[ids.Affiliate, candidates]
}

func newCatalog(secrets *secret.Ring) *catalog {
	l := loader{secrets: secrets, limiters: &limiters{kept: make(map[string]*rate.Limiter)}}
	return &catalog{
		links:        newCache(l.link),
		integrations: newCache(l.integration),
		goals:        newCache(l.goal),
		deals:        newCache(l.deals),
		rates:        newCache(l.rates).withNegatives(),
		rules:        newCache(l.offerRules),
		caps:         newCache(l.dailyCap),
		postbacks:    newCache(l.postbacks),
	}
}

// goal returns the goal of a recorded conversion; a missing one is an error.
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
	c.integrations.forget()
	c.goals.forget()
	c.deals.forget()
	c.rates.forget()
	c.rules.forget()
	c.caps.forget()
	c.postbacks.forget()
}

// integration is an operator's integration.
type integration struct {
	inbound.Integration

	ID       int64
	Key      string
	OfferID  ids.Offer
	Players  int64 // the integration whose players it knows: itself, or the first of its offer
	Operator string
	Currency string // of amounts without one
	Enabled  bool
	TestMode bool          // calls are answered and logged, and nothing is recorded
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

// candidates are an affiliate's postbacks, and the trackers that they go to.
type candidates struct {
	postbacks []candidate
	trackers  firing.Trackers
}

// link is a tracking link with everything that a click on it needs.
type link struct {
	tracking.Link

	ID           int64
	AffiliateID  ids.Affiliate
	OfferID      ids.Offer
	OfferName    string
	CampaignID   ids.Campaign // zero for a default link
	CampaignName string
	pageIDs      map[string]int64 // landing pages by key
	fullOn       string           // the last day on which its offer's or campaign's cap was reached; empty for none
}

// dealKey identifies an affiliate's deals for an offer.
type dealKey struct {
	OfferID     ids.Offer
	AffiliateID ids.Affiliate
}

// deal is a deal and its row.
type deal struct {
	commission.Deal

	ID int64
}

// datedRate is how much of a currency one EUR bought from a time on.
type datedRate struct {
	from time.Time
	rate decimal.Decimal
}

// offerRules are the rules by which an offer's conversions are attributed and qualified.
type offerRules struct {
	Currency          string
	AttributionWindow time.Duration // zero for none
	Qualification     commission.Qualification
}

// rate returns what one unit of from was worth in to at a time; false if a rate is missing.
func (c *catalog) rate(ctx context.Context, on querier, from, to string, at time.Time) (decimal.Decimal, bool, error) {
	known := commission.Rates{}
	if from == to {
		rate, ok := known.Between(from, to)
		return rate, ok, nil
	}
	for _, currency := range []string{from, to} {
		dated, _, err := c.rates.get(ctx, on, currency)
		if err != nil {
			return decimal.Decimal{}, false, err
		}
		for _, r := range dated {
			if !at.Before(r.from) {
				known[currency] = r.rate
				break
			}
		}
	}
	rate, ok := known.Between(from, to)
	return rate, ok, nil
}

// limiters keeps the rate limiters of integrations when the caches are dropped: a change of
// the configuration resets no rate limit.
type limiters struct {
	mu   sync.Mutex
	kept map[string]*rate.Limiter
}

func (l *limiters) of(integration string, perSecond int64) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept[integration]
	if kept == nil || kept.Limit() != rate.Limit(perSecond) {
		kept = rate.NewLimiter(rate.Limit(perSecond), int(perSecond))
		l.kept[integration] = kept
	}
	return kept
}

// capKey identifies a daily cap: how many conversions that pay an offer or a campaign takes in
// a UTC day.
type capKey struct {
	kind string // offer or campaign
	ref  int64
}

// The kinds of cap.
const (
	capOfCampaign = "campaign"
	capOfOffer    = "offer"
)

// Caps lists what a daily cap can be of.
func Caps() []string { return []string{capOfOffer, capOfCampaign} }
