package graph

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/privacy"

	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// maxNodes is the maximum number of ids in one call of nodes.
const maxNodes = 100

// finder reads the objects of one kind by their keys, as far as the viewer may
// see them.
type finder func(ctx context.Context, c *db.Client, keys []any) ([]gen.Node, error)

// settings and facts are the kinds that have ids, by the type of their keys.
var (
	settings = map[string]finder{
		"Affiliate":       finding(func(c *db.Client) *db.AffiliateQuery { return c.Affiliate.Query() }),
		"ApiToken":        finding(func(c *db.Client) *db.ApiTokenQuery { return c.ApiToken.Query() }),
		"AuditEntry":      finding(func(c *db.Client) *db.AuditEntryQuery { return c.AuditEntry.Query() }),
		"ExchangeRate":    finding(func(c *db.Client) *db.ExchangeRateQuery { return c.ExchangeRate.Query() }),
		"BulkReplay":      finding(func(c *db.Client) *db.BulkReplayQuery { return c.BulkReplay.Query() }),
		"Campaign":        finding(func(c *db.Client) *db.CampaignQuery { return c.Campaign.Query() }),
		"Deal":            finding(func(c *db.Client) *db.DealQuery { return c.Deal.Query() }),
		"Goal":            finding(func(c *db.Client) *db.GoalQuery { return c.Goal.Query() }),
		"LandingPage":     finding(func(c *db.Client) *db.LandingPageQuery { return c.LandingPage.Query() }),
		"Offer":           finding(func(c *db.Client) *db.OfferQuery { return c.Offer.Query() }),
		"Postback":        finding(func(c *db.Client) *db.PostbackQuery { return c.Postback.Query() }),
		"PostbackVersion": finding(func(c *db.Client) *db.PostbackVersionQuery { return c.PostbackVersion.Query() }),
		"Integration":     finding(func(c *db.Client) *db.IntegrationQuery { return c.Integration.Query() }),
		"Tracker":         finding(func(c *db.Client) *db.TrackerQuery { return c.Tracker.Query() }),
		"TrackerVersion":  finding(func(c *db.Client) *db.TrackerVersionQuery { return c.TrackerVersion.Query() }),
		"TrackingLink":    finding(func(c *db.Client) *db.TrackingLinkQuery { return c.TrackingLink.Query() }),
		"User":            finding(func(c *db.Client) *db.UserQuery { return c.User.Query() }),
	}
	facts = map[string]finder{
		"Alert":            finding(func(c *db.Client) *db.AlertQuery { return c.Alert.Query() }),
		"Attempt":          finding(func(c *db.Client) *db.AttemptQuery { return c.Attempt.Query() }),
		"Clash":            finding(func(c *db.Client) *db.ClashQuery { return c.Clash.Query() }),
		"Click":            finding(func(c *db.Client) *db.ClickQuery { return c.Click.Query() }),
		"Conversion":       finding(func(c *db.Client) *db.ConversionQuery { return c.Conversion.Query() }),
		"ConversionEvent":  finding(func(c *db.Client) *db.ConversionEventQuery { return c.ConversionEvent.Query() }),
		"Delivery":         finding(func(c *db.Client) *db.DeliveryQuery { return c.Delivery.Query() }),
		"EchoRequest":      finding(func(c *db.Client) *db.EchoRequestQuery { return c.EchoRequest.Query() }),
		"PostbackTest":     finding(func(c *db.Client) *db.PostbackTestQuery { return c.PostbackTest.Query() }),
		"ReceivedPostback": finding(func(c *db.Client) *db.ReceivedPostbackQuery { return c.ReceivedPostback.Query() }),
	}
)

// finding returns a finder over a kind's query.
func finding[Q interface {
	Where(predicates ...P) Q
	All(ctx context.Context) ([]T, error)
}, P ~func(*sql.Selector), T gen.Node](query func(*db.Client) Q) finder {
	return func(ctx context.Context, c *db.Client, keys []any) ([]gen.Node, error) {
		rows, err := query(c).Where(P(sql.FieldIn("id", keys...))).All(ctx)
		if errors.Is(err, privacy.Deny) {
			return nil, nil // not for this viewer: the same as if there were none
		}
		found := make([]gen.Node, len(rows))
		for i, row := range rows {
			found[i] = row
		}
		return found, err
	}
}

// node returns any object; nil if there is none or this viewer may not see it.
func (r *Resolver) node(ctx context.Context, id string) (gen.Node, error) {
	found, err := r.nodes(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// nodes returns several objects, each kind by one statement, in the order of their ids.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]gen.Node, error) {
	if len(ids) > maxNodes {
		return nil, problem.Invalid("ids", "%d ids; the limit is %d per call", len(ids), maxNodes)
	}
	return r.objects(ctx, ids)
}

// objects returns any number of objects, in the order of their ids.
func (r *Resolver) objects(ctx context.Context, ids []string) ([]gen.Node, error) {
	keys := map[string][]any{} // by kind
	names := make([]string, len(ids))
	for i, id := range ids {
		parsed, _ := globalid.Parse(id)
		key, isInt := parsed.Int()
		fact, isUUID := parsed.UUID()
		switch {
		case settings[parsed.Kind] != nil && isInt:
			names[i], keys[parsed.Kind] = globalid.Int(parsed.Kind, key), append(keys[parsed.Kind], key)
		case facts[parsed.Kind] != nil && isUUID:
			names[i], keys[parsed.Kind] = globalid.UUID(parsed.Kind, fact), append(keys[parsed.Kind], fact)
		}
	}
	rows, err := r.findAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := make([]gen.Node, len(ids))
	for i, name := range names {
		found[i] = rows[name]
	}
	return found, nil
}

// findAll reads objects of several kinds, by their global ids.
func (r *Resolver) findAll(ctx context.Context, keys map[string][]any) (map[string]gen.Node, error) {
	found := map[string]gen.Node{}
	for kind, of := range keys {
		find := settings[kind]
		if find == nil {
			find = facts[kind]
		}
		rows, err := find(ctx, r.Client, of)
		if err != nil {
			return nil, fmt.Errorf("finding objects of the kind %s: %w", kind, err)
		}
		for _, row := range rows {
			if identified, ok := row.(interface{ GlobalID() string }); ok {
				found[identified.GlobalID()] = row
			}
		}
	}
	return found, nil
}
