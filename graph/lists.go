package graph

import (
	"context"
	"fmt"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/gofrs/uuid/v5"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/campaign"
	"postrider/ent/db/click"
	"postrider/ent/db/conversion"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postback"
	"postrider/ent/db/predicate"
	"postrider/ent/db/receivedpostback"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/graph/page"
	"postrider/internal/viewer"
)

// The columns by which rows belong to what has a list of them.
var (
	clicksOfCampaign         = page.By(click.FieldCampaignID, "bigint", func(c *db.Click) int64 { return *c.CampaignID })
	conversionsOfCampaign    = page.By(conversion.FieldCampaignID, "bigint", func(c *db.Conversion) int64 { return *c.CampaignID })
	conversionsOfClick       = page.By(conversion.FieldClickID, "uuid", func(c *db.Conversion) uuid.UUID { return *c.ClickID })
	conversionsOfIntegration = page.By(conversion.FieldIntegrationID, "bigint", func(c *db.Conversion) int64 { return c.IntegrationID })
	deliveriesOfCampaign     = page.By(delivery.FieldCampaignID, "bigint", func(d *db.Delivery) int64 { return *d.CampaignID })
	deliveriesOfPostback     = page.By(delivery.FieldPostbackID, "bigint", func(d *db.Delivery) int64 { return *d.PostbackID })
	campaignsOfOffer         = page.By(campaign.FieldOfferID, "bigint", func(c *db.Campaign) int64 { return c.OfferID })
	campaignsOfAffiliate     = page.By(campaign.FieldAffiliateID, "bigint", func(c *db.Campaign) int64 { return c.AffiliateID })
	callsOfIntegration       = page.By(receivedpostback.FieldIntegrationID, "bigint", func(c *db.ReceivedPostback) int64 { return *c.IntegrationID })
)

// listOrder returns the order of a list by its keys.
func listOrder[T page.Row](o *gen.ListOrder) page.Order[T] {
	if o != nil && *o == gen.ListOrderOldestFirst {
		return page.Order[T]{Name: o.String(), Ascending: true}
	}
	return page.Order[T]{}
}

// conversionOrder returns the order of a list of conversions.
func conversionOrder(o *gen.ConversionOrder) page.Order[*db.Conversion] {
	if o == nil || *o == gen.ConversionOrderNewestFirst {
		return page.Order[*db.Conversion]{}
	}
	order := page.Order[*db.Conversion]{Name: o.String()}
	switch *o {
	case gen.ConversionOrderOldestFirst, gen.ConversionOrderOccurredOldestFirst, gen.ConversionOrderUpdatedOldestFirst:
		order.Ascending = true
	}
	switch *o {
	case gen.ConversionOrderOccurredNewestFirst, gen.ConversionOrderOccurredOldestFirst:
		order.Column, order.At = conversion.FieldOccurredAt, func(c *db.Conversion) time.Time { return c.OccurredAt }
	case gen.ConversionOrderUpdatedNewestFirst, gen.ConversionOrderUpdatedOldestFirst:
		order.Column, order.At = conversion.FieldUpdatedAt, func(c *db.Conversion) time.Time { return c.UpdatedAt }
	}
	return order
}

// matchingConversions returns the predicates of a filter, with what it has to look up.
func (r *Resolver) matchingConversions(ctx context.Context, f *filter.Conversion) ([]predicate.Conversion, error) {
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	return f.Predicates()
}

// matchingDeliveries returns the predicates of a filter, with what it has to look up.
func (r *Resolver) matchingDeliveries(ctx context.Context, f *filter.Delivery) ([]predicate.Delivery, error) {
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	return f.Predicates()
}

func (r *Resolver) conversions(ctx context.Context, a page.Args, f *filter.Conversion, o *gen.ConversionOrder) (*page.Connection[*db.Conversion], error) {
	matching, err := r.matchingConversions(ctx, f)
	if err != nil {
		return nil, err
	}
	return page.In(ctx, r.Client.Conversion.Query().Where(matching...), a, conversionOrder(o))
}

func (r *Resolver) deliveries(ctx context.Context, a page.Args, f *filter.Delivery, o *gen.ListOrder) (*page.Connection[*db.Delivery], error) {
	matching, err := r.matchingDeliveries(ctx, f)
	if err != nil {
		return nil, err
	}
	return page.In(ctx, r.Client.Delivery.Query().Where(matching...), a, listOrder[*db.Delivery](o))
}

func conversionsOf[K comparable](ctx context.Context, r *Resolver, by page.Parent[K, *db.Conversion], key K, a page.Args, f *filter.Conversion, o *gen.ConversionOrder) (*page.Connection[*db.Conversion], error) {
	return pageOf(ctx, key, func(ctx context.Context, keys []K) (map[K]*page.Connection[*db.Conversion], error) {
		matching, err := r.matchingConversions(ctx, f)
		if err != nil {
			return nil, err
		}
		return page.OfEach(ctx, r.Client.Conversion.Query, append(matching, own[predicate.Conversion](ctx)...), by, keys, a, conversionOrder(o))
	})
}

func (r *Resolver) deliveriesOf(ctx context.Context, by page.Parent[int64, *db.Delivery], key int64, a page.Args, f *filter.Delivery, o *gen.ListOrder) (*page.Connection[*db.Delivery], error) {
	return pageOf(ctx, key, func(ctx context.Context, keys []int64) (map[int64]*page.Connection[*db.Delivery], error) {
		return r.deliveriesOfEach(ctx, by, keys, a, f, o)
	})
}

func (r *Resolver) deliveriesOfEach(ctx context.Context, by page.Parent[int64, *db.Delivery], keys []int64, a page.Args, f *filter.Delivery, o *gen.ListOrder) (map[int64]*page.Connection[*db.Delivery], error) {
	matching, err := r.matchingDeliveries(ctx, f)
	if err != nil {
		return nil, err
	}
	return page.OfEach(ctx, r.Client.Delivery.Query, append(matching, own[predicate.Delivery](ctx)...), by, keys, a, listOrder[*db.Delivery](o))
}

// deliveriesOfTracker returns the deliveries of a tracker's postbacks, of those that are deleted too.
func (r *Resolver) deliveriesOfTracker(ctx context.Context, tracker int64, a page.Args, f *filter.Delivery, o *gen.ListOrder) (*page.Connection[*db.Delivery], error) {
	return pageOf(ctx, tracker, func(ctx context.Context, trackers []int64) (map[int64]*page.Connection[*db.Delivery], error) {
		rows, err := r.Client.Postback.Query().Where(postback.TrackerIDIn(trackers...)).Select(postback.FieldID, postback.FieldTrackerID).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the postbacks of %d trackers: %w", len(trackers), err)
		}
		of, parts := map[int64]int64{}, map[int64][]any{}
		for _, p := range rows {
			of[p.ID], parts[*p.TrackerID] = *p.TrackerID, append(parts[*p.TrackerID], p.ID)
		}
		return r.deliveriesOfEach(ctx, page.Parent[int64, *db.Delivery]{
			Column: delivery.FieldPostbackID, Type: "bigint",
			Key:   func(d *db.Delivery) int64 { return of[*d.PostbackID] },
			Parts: func(tracker int64) []any { return parts[tracker] },
		}, trackers, a, f, o)
	})
}

func (r *Resolver) clicksOf(ctx context.Context, by page.Parent[int64, *db.Click], key int64, a page.Args, f *filter.Click, o *gen.ListOrder) (*page.Connection[*db.Click], error) {
	return pageOf(ctx, key, func(ctx context.Context, keys []int64) (map[int64]*page.Connection[*db.Click], error) {
		matching, err := f.Predicates()
		if err != nil {
			return nil, err
		}
		return page.OfEach(ctx, r.Client.Click.Query, append(matching, own[predicate.Click](ctx)...), by, keys, a, listOrder[*db.Click](o))
	})
}

func (r *Resolver) campaignsOf(ctx context.Context, by page.Parent[int64, *db.Campaign], key int64, a page.Args, f *filter.Campaign, o *gen.ListOrder) (*page.Connection[*db.Campaign], error) {
	return pageOf(ctx, key, func(ctx context.Context, keys []int64) (map[int64]*page.Connection[*db.Campaign], error) {
		matching, err := f.Predicates()
		if err != nil {
			return nil, err
		}
		return page.OfEach(ctx, r.Client.Campaign.Query, append(matching, own[predicate.Campaign](ctx)...), by, keys, a, listOrder[*db.Campaign](o))
	})
}

// callsOf needs no scope of its own: the inbound log is staff's, or nobody's.
func (r *Resolver) callsOf(ctx context.Context, by page.Parent[int64, *db.ReceivedPostback], key int64, a page.Args, f *filter.ReceivedPostback, o *gen.ListOrder) (*page.Connection[*db.ReceivedPostback], error) {
	return pageOf(ctx, key, func(ctx context.Context, keys []int64) (map[int64]*page.Connection[*db.ReceivedPostback], error) {
		matching, err := f.Predicates()
		if err != nil {
			return nil, err
		}
		return page.OfEach(ctx, r.Client.ReceivedPostback.Query, matching, by, keys, a, listOrder[*db.ReceivedPostback](o))
	})
}

// own restricts rows to the viewer's where a page is cut, before ent's own rule does: a page has to
// be one of what the viewer sees.
func own[P ~func(*sql.Selector)](ctx context.Context) []P {
	scope, err := viewer.RowScopeFrom(ctx)
	switch {
	case err != nil:
		return []P{func(s *sql.Selector) { s.Where(sql.False()) }}
	case scope.All():
		return nil
	}
	return []P{P(sql.FieldEQ("affiliate_id", int64(scope.AffiliateID())))}
}

// pageLoaders load the pages of lists that several objects of a response have: one loader for each
// field of the operation, since what it asks for is the same for all of them.
type pageLoaders struct {
	mu   sync.Mutex
	of   map[*ast.Field]any
	wait time.Duration
}

// pageOf returns the page of one object's list, read together with those of others.
func pageOf[K comparable, T any](ctx context.Context, key K, read func(ctx context.Context, keys []K) (map[K]*page.Connection[T], error)) (*page.Connection[T], error) {
	l, field := load(ctx).lists, graphql.GetFieldContext(ctx).Field.Field
	l.mu.Lock()
	loader, ok := l.of[field].(*dataloadgen.Loader[K, *page.Connection[T]])
	if !ok {
		loader = dataloadgen.NewMappedLoader(read, dataloadgen.WithWait(l.wait))
		l.of[field] = loader
	}
	l.mu.Unlock()
	return loader.Load(ctx, key)
}
