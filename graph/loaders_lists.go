package graph

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/ent/db/attempt"
	"postrider/ent/db/conversion"
	"postrider/ent/db/conversionevent"
	"postrider/ent/db/deal"
	"postrider/ent/db/delivery"
	"postrider/ent/db/goal"
	"postrider/ent/db/integrationsecret"
	"postrider/ent/db/landingpage"
	"postrider/ent/db/postback"
	"postrider/ent/db/postbackversion"
	"postrider/ent/db/trackinglink"
	"postrider/ent/db/user"
	"postrider/internal/viewer"
)

// listLoaders load rows by what they belong to.
type listLoaders struct {
	pagesOfOffer         *dataloadgen.Loader[int64, []*db.LandingPage]
	dealsOfOffer         *dataloadgen.Loader[int64, []*db.Deal]
	defaultLinks         *dataloadgen.Loader[int64, []*db.TrackingLink]
	linksOfCampaign      *dataloadgen.Loader[int64, []*db.TrackingLink]
	postbacksOfAffiliate *dataloadgen.Loader[int64, []*db.Postback]
	postbacksOfCampaign  *dataloadgen.Loader[int64, []*db.Postback]
	versionsOfPostback   *dataloadgen.Loader[int64, []*db.PostbackVersion]
	dictionary           *dataloadgen.Loader[struct{}, []*db.Goal]
	replacedBy           *dataloadgen.Loader[uuid.UUID, []*db.Conversion] // at most one
	eventsOfConversion   *dataloadgen.Loader[uuid.UUID, []*db.ConversionEvent]
	attemptsOfDelivery   *dataloadgen.Loader[uuid.UUID, []*db.Attempt]
	replaysOfDelivery    *dataloadgen.Loader[uuid.UUID, []*db.Delivery]
	usersOfAffiliate     *dataloadgen.Loader[int64, []*db.User]
	secretsOfIntegration *dataloadgen.Loader[int64, []*db.IntegrationSecret]
	tokensOfUser         *dataloadgen.Loader[int64, []*db.ApiToken] // for staff who may change the user
}

func newListLoaders(c *db.Client, wait time.Duration) listLoaders {
	return listLoaders{
		pagesOfOffer: many(wait, func(ctx context.Context, ids []int64) ([]*db.LandingPage, error) {
			return c.LandingPage.Query().Where(landingpage.OfferIDIn(ids...)).Order(db.Asc(landingpage.FieldID)).All(ctx)
		}, func(r *db.LandingPage) int64 { return r.OfferID }),
		dealsOfOffer: many(wait, func(ctx context.Context, ids []int64) ([]*db.Deal, error) {
			return c.Deal.Query().Where(deal.OfferIDIn(ids...)).All(ctx)
		}, func(r *db.Deal) int64 { return r.OfferID }),
		defaultLinks: many(wait, func(ctx context.Context, offerIDs []int64) ([]*db.TrackingLink, error) {
			scope, err := viewer.RowScopeFrom(ctx)
			if err != nil {
				return nil, err
			}
			return c.TrackingLink.Query().Where(trackinglink.OfferIDIn(offerIDs...), trackinglink.CampaignIDIsNil(),
				trackinglink.AffiliateID(int64(scope.AffiliateID()))).All(ctx)
		}, func(r *db.TrackingLink) int64 { return r.OfferID }),
		linksOfCampaign: many(wait, func(ctx context.Context, ids []int64) ([]*db.TrackingLink, error) {
			return c.TrackingLink.Query().Where(trackinglink.CampaignIDIn(ids...)).All(ctx)
		}, func(r *db.TrackingLink) int64 { return *r.CampaignID }),
		postbacksOfAffiliate: many(wait, func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.AffiliateIDIn(ids...), postback.DeletedAtIsNil()).All(ctx)
		}, func(r *db.Postback) int64 { return r.AffiliateID }),
		postbacksOfCampaign: many(wait, func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.CampaignIDIn(ids...), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(ctx)
		}, func(r *db.Postback) int64 { return *r.CampaignID }),
		versionsOfPostback: many(wait, func(ctx context.Context, ids []int64) ([]*db.PostbackVersion, error) {
			return c.PostbackVersion.Query().Where(postbackversion.PostbackIDIn(ids...)).Order(db.Desc(postbackversion.FieldNumber)).All(ctx)
		}, func(r *db.PostbackVersion) int64 { return r.PostbackID }),
		dictionary: many(wait, func(ctx context.Context, _ []struct{}) ([]*db.Goal, error) {
			return c.Goal.Query().Order(db.Asc(goal.FieldPosition, goal.FieldID)).All(ctx)
		}, func(*db.Goal) struct{} { return struct{}{} }),
		replacedBy: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Conversion, error) {
			return c.Conversion.Query().Where(conversion.ReplacedByIn(ids...)).All(ctx)
		}, func(row *db.Conversion) uuid.UUID { return *row.ReplacedBy }),
		eventsOfConversion: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.ConversionEvent, error) {
			return c.ConversionEvent.Query().Where(conversionevent.ConversionIDIn(ids...)).Order(db.Asc(conversionevent.FieldID)).All(ctx)
		}, func(r *db.ConversionEvent) uuid.UUID { return r.ConversionID }),
		attemptsOfDelivery: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Attempt, error) {
			return c.Attempt.Query().Where(attempt.DeliveryIDIn(ids...)).Order(db.Asc(attempt.FieldNumber, attempt.FieldID)).All(ctx)
		}, func(r *db.Attempt) uuid.UUID { return r.DeliveryID }),
		usersOfAffiliate: many(wait, func(ctx context.Context, ids []int64) ([]*db.User, error) {
			return c.User.Query().Where(user.AffiliateIDIn(ids...)).Order(db.Asc(user.FieldID)).All(ctx)
		}, func(r *db.User) int64 { return *r.AffiliateID }),
		secretsOfIntegration: many(wait, func(ctx context.Context, ids []int64) ([]*db.IntegrationSecret, error) {
			return c.IntegrationSecret.Query().Where(integrationsecret.IntegrationIDIn(ids...)).Order(db.Desc(integrationsecret.FieldID)).All(ctx)
		}, func(r *db.IntegrationSecret) int64 { return r.IntegrationID }),
		tokensOfUser: many(wait, func(ctx context.Context, ids []int64) ([]*db.ApiToken, error) {
			return c.ApiToken.Query().Where(apitoken.UserIDIn(ids...)).Order(db.Desc(apitoken.FieldID)).All(viewer.AsSystem(ctx))
		}, func(r *db.ApiToken) int64 { return r.UserID }),
		replaysOfDelivery: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
			return c.Delivery.Query().Where(delivery.ReplayOfIn(ids...)).Order(db.Asc(delivery.FieldID)).All(ctx)
		}, func(r *db.Delivery) uuid.UUID { return *r.ReplayOf }),
	}
}
