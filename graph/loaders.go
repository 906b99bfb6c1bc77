package graph

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/affiliate"
	"postrider/ent/db/attempt"
	"postrider/ent/db/campaign"
	"postrider/ent/db/click"
	"postrider/ent/db/conversion"
	"postrider/ent/db/conversionevent"
	"postrider/ent/db/deal"
	"postrider/ent/db/delivery"
	"postrider/ent/db/goal"
	"postrider/ent/db/landingpage"
	"postrider/ent/db/offer"
	"postrider/ent/db/postback"
	"postrider/ent/db/postbackversion"
	"postrider/ent/db/source"
	"postrider/ent/db/trackinglink"
	"postrider/ent/db/user"
	"postrider/internal/viewer"
	"postrider/report"
)

// loaders turns the many small look-ups of one response into a few queries: each
// waits a moment for others of its kind. They live for one response, so a
// subscription reads afresh for every event.
type loaders struct {
	affiliates  *dataloadgen.Loader[int64, *db.Affiliate]
	users       *dataloadgen.Loader[int64, *db.User]
	offers      *dataloadgen.Loader[int64, *db.Offer]
	pages       *dataloadgen.Loader[int64, *db.LandingPage]
	campaigns   *dataloadgen.Loader[int64, *db.Campaign]
	sources     *dataloadgen.Loader[int64, *db.Source]
	goals       *dataloadgen.Loader[string, *db.Goal]
	postbacks   *dataloadgen.Loader[int64, *db.Postback]
	versions    *dataloadgen.Loader[int64, *db.PostbackVersion]
	clicks      *dataloadgen.Loader[uuid.UUID, *db.Click]
	conversions *dataloadgen.Loader[uuid.UUID, *db.Conversion]
	deliveries  *dataloadgen.Loader[uuid.UUID, *db.Delivery]

	pagesOfOffer           *dataloadgen.Loader[int64, []*db.LandingPage]
	dealsOfOffer           *dataloadgen.Loader[int64, []*db.Deal]
	defaultLinks           *dataloadgen.Loader[int64, []*db.TrackingLink]
	linksOfCampaign        *dataloadgen.Loader[int64, []*db.TrackingLink]
	postbacksOfAffiliate   *dataloadgen.Loader[int64, []*db.Postback]
	postbacksOfCampaign    *dataloadgen.Loader[int64, []*db.Postback]
	versionsOfPostback     *dataloadgen.Loader[int64, []*db.PostbackVersion]
	health                 *dataloadgen.Loader[int64, *report.PostbackHealth]
	conversionsOfClick     *dataloadgen.Loader[uuid.UUID, []*db.Conversion]
	eventsOfConversion     *dataloadgen.Loader[uuid.UUID, []*db.ConversionEvent]
	deliveriesOfConversion *dataloadgen.Loader[uuid.UUID, []*db.Delivery]
	attemptsOfDelivery     *dataloadgen.Loader[uuid.UUID, []*db.Attempt]
	replaysOfDelivery      *dataloadgen.Loader[uuid.UUID, []*db.Delivery]
}

// batchWait is how long a loader waits for others of its kind.
const batchWait = time.Millisecond

func newLoaders(c *db.Client, health *report.Health) *loaders {
	return &loaders{
		affiliates: one(func(ctx context.Context, ids []int64) ([]*db.Affiliate, error) {
			return c.Affiliate.Query().Where(affiliate.IDIn(ids...)).All(ctx)
		}, func(r *db.Affiliate) int64 { return r.ID }),
		users: one(func(ctx context.Context, ids []int64) ([]*db.User, error) {
			return c.User.Query().Where(user.IDIn(ids...)).All(ctx)
		}, func(r *db.User) int64 { return r.ID }),
		offers: one(func(ctx context.Context, ids []int64) ([]*db.Offer, error) {
			return c.Offer.Query().Where(offer.IDIn(ids...)).All(ctx)
		}, func(r *db.Offer) int64 { return r.ID }),
		pages: one(func(ctx context.Context, ids []int64) ([]*db.LandingPage, error) {
			return c.LandingPage.Query().Where(landingpage.IDIn(ids...)).All(ctx)
		}, func(r *db.LandingPage) int64 { return r.ID }),
		campaigns: one(func(ctx context.Context, ids []int64) ([]*db.Campaign, error) {
			return c.Campaign.Query().Where(campaign.IDIn(ids...)).All(ctx)
		}, func(r *db.Campaign) int64 { return r.ID }),
		sources: one(func(ctx context.Context, ids []int64) ([]*db.Source, error) {
			return c.Source.Query().Where(source.IDIn(ids...)).All(ctx)
		}, func(r *db.Source) int64 { return r.ID }),
		goals: one(func(ctx context.Context, keys []string) ([]*db.Goal, error) {
			return c.Goal.Query().Where(goal.KeyIn(keys...)).All(ctx)
		}, func(r *db.Goal) string { return r.Key }),
		postbacks: one(func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.IDIn(ids...)).All(ctx)
		}, func(r *db.Postback) int64 { return r.ID }),
		versions: one(func(ctx context.Context, ids []int64) ([]*db.PostbackVersion, error) {
			return c.PostbackVersion.Query().Where(postbackversion.IDIn(ids...)).All(ctx)
		}, func(r *db.PostbackVersion) int64 { return r.ID }),
		clicks: one(func(ctx context.Context, ids []uuid.UUID) ([]*db.Click, error) {
			return c.Click.Query().Where(click.IDIn(ids...)).All(ctx)
		}, func(r *db.Click) uuid.UUID { return r.ID }),
		conversions: one(func(ctx context.Context, ids []uuid.UUID) ([]*db.Conversion, error) {
			return c.Conversion.Query().Where(conversion.IDIn(ids...)).All(ctx)
		}, func(r *db.Conversion) uuid.UUID { return r.ID }),
		deliveries: one(func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
			return c.Delivery.Query().Where(delivery.IDIn(ids...)).All(ctx)
		}, func(r *db.Delivery) uuid.UUID { return r.ID }),

		pagesOfOffer: many(func(ctx context.Context, ids []int64) ([]*db.LandingPage, error) {
			return c.LandingPage.Query().Where(landingpage.OfferIDIn(ids...)).Order(db.Asc(landingpage.FieldID)).All(ctx)
		}, func(r *db.LandingPage) int64 { return r.OfferID }),
		dealsOfOffer: many(func(ctx context.Context, ids []int64) ([]*db.Deal, error) {
			return c.Deal.Query().Where(deal.OfferIDIn(ids...)).All(ctx)
		}, func(r *db.Deal) int64 { return r.OfferID }),
		defaultLinks: many(func(ctx context.Context, offerIDs []int64) ([]*db.TrackingLink, error) {
			return c.TrackingLink.Query().Where(trackinglink.OfferIDIn(offerIDs...), trackinglink.CampaignIDIsNil(),
				trackinglink.AffiliateID(viewer.From(ctx).AffiliateID)).All(ctx)
		}, func(r *db.TrackingLink) int64 { return r.OfferID }),
		linksOfCampaign: many(func(ctx context.Context, ids []int64) ([]*db.TrackingLink, error) {
			return c.TrackingLink.Query().Where(trackinglink.CampaignIDIn(ids...)).All(ctx)
		}, func(r *db.TrackingLink) int64 { return *r.CampaignID }),
		postbacksOfAffiliate: many(func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.AffiliateIDIn(ids...), postback.DeletedAtIsNil()).All(ctx)
		}, func(r *db.Postback) int64 { return r.AffiliateID }),
		postbacksOfCampaign: many(func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.CampaignIDIn(ids...), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(ctx)
		}, func(r *db.Postback) int64 { return *r.CampaignID }),
		versionsOfPostback: many(func(ctx context.Context, ids []int64) ([]*db.PostbackVersion, error) {
			return c.PostbackVersion.Query().Where(postbackversion.PostbackIDIn(ids...)).Order(db.Desc(postbackversion.FieldNumber)).All(ctx)
		}, func(r *db.PostbackVersion) int64 { return r.PostbackID }),
		health: one(health.OfPostbacks, func(h *report.PostbackHealth) int64 { return h.PostbackID }),
		conversionsOfClick: many(func(ctx context.Context, ids []uuid.UUID) ([]*db.Conversion, error) {
			return c.Conversion.Query().Where(conversion.ClickIDIn(ids...)).Order(db.Asc(conversion.FieldID)).All(ctx)
		}, func(r *db.Conversion) uuid.UUID { return *r.ClickID }),
		eventsOfConversion: many(func(ctx context.Context, ids []uuid.UUID) ([]*db.ConversionEvent, error) {
			return c.ConversionEvent.Query().Where(conversionevent.ConversionIDIn(ids...)).Order(db.Asc(conversionevent.FieldID)).All(ctx)
		}, func(r *db.ConversionEvent) uuid.UUID { return r.ConversionID }),
		deliveriesOfConversion: many(func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
			return c.Delivery.Query().Where(delivery.ConversionIDIn(ids...)).Order(db.Asc(delivery.FieldID)).All(ctx)
		}, func(r *db.Delivery) uuid.UUID { return r.ConversionID }),
		attemptsOfDelivery: many(func(ctx context.Context, ids []uuid.UUID) ([]*db.Attempt, error) {
			return c.Attempt.Query().Where(attempt.DeliveryIDIn(ids...)).Order(db.Asc(attempt.FieldNumber, attempt.FieldID)).All(ctx)
		}, func(r *db.Attempt) uuid.UUID { return r.DeliveryID }),
		replaysOfDelivery: many(func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
			return c.Delivery.Query().Where(delivery.ReplayOfIn(ids...)).Order(db.Asc(delivery.FieldID)).All(ctx)
		}, func(r *db.Delivery) uuid.UUID { return *r.ReplayOf }),
	}
}

// one makes a loader of rows by their key; a row that is not there, or not for
// this viewer, is nil.
func one[K comparable, T any](fetch func(ctx context.Context, keys []K) ([]*T, error), key func(*T) K) *dataloadgen.Loader[K, *T] {
	return dataloadgen.NewMappedLoader(func(ctx context.Context, keys []K) (map[K]*T, error) {
		rows, err := fetch(ctx, keys)
		if err != nil {
			return nil, err
		}
		found := make(map[K]*T, len(keys))
		for _, row := range rows {
			found[key(row)] = row
		}
		return found, nil
	}, dataloadgen.WithWait(batchWait))
}

// many makes a loader of rows by what they belong to.
func many[K comparable, T any](fetch func(ctx context.Context, keys []K) ([]*T, error), key func(*T) K) *dataloadgen.Loader[K, []*T] {
	return dataloadgen.NewMappedLoader(func(ctx context.Context, keys []K) (map[K][]*T, error) {
		rows, err := fetch(ctx, keys)
		if err != nil {
			return nil, err
		}
		found := make(map[K][]*T, len(keys))
		for _, k := range keys {
			found[k] = []*T{}
		}
		for _, row := range rows {
			found[key(row)] = append(found[key(row)], row)
		}
		return found, nil
	}, dataloadgen.WithWait(batchWait))
}

type loadersKey struct{}

// withLoaders gives each response loaders of its own.
func (r *Resolver) withLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(context.WithValue(ctx, loadersKey{}, newLoaders(r.Client, r.Health)))
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) } //nolint:forcetypeassert // set for every response

// find loads a row that may be absent or hidden: then it is nil.
func find[K comparable, T any](ctx context.Context, l *dataloadgen.Loader[K, *T], key *K) (*T, error) {
	if key == nil {
		return nil, nil
	}
	row, err := l.Load(ctx, *key)
	if errors.Is(err, dataloadgen.ErrNotFound) {
		return nil, nil
	}
	return row, err
}
