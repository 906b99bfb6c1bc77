package graph

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/affiliate"
	"postrider/ent/db/alert"
	"postrider/ent/db/campaign"
	"postrider/ent/db/click"
	"postrider/ent/db/conversion"
	"postrider/ent/db/delivery"
	"postrider/ent/db/destinationcheck"
	"postrider/ent/db/goal"
	"postrider/ent/db/integration"
	"postrider/ent/db/landingpage"
	"postrider/ent/db/offer"
	"postrider/ent/db/postback"
	"postrider/ent/db/postbackversion"
	"postrider/ent/db/trackinglink"
	"postrider/ent/db/user"
	"postrider/internal/viewer"
)

// rowLoaders load rows by their own keys.
type rowLoaders struct {
	affiliates   *dataloadgen.Loader[int64, *db.Affiliate]
	users        *dataloadgen.Loader[int64, *db.User]
	managers     *dataloadgen.Loader[int64, *db.User] // of affiliates; for their viewers too
	offers       *dataloadgen.Loader[int64, *db.Offer]
	checks       *dataloadgen.Loader[string, *db.DestinationCheck] // by URL; of those that were tried
	pages        *dataloadgen.Loader[int64, *db.LandingPage]
	campaigns    *dataloadgen.Loader[int64, *db.Campaign]
	links        *dataloadgen.Loader[int64, *db.TrackingLink]
	alerts       *dataloadgen.Loader[uuid.UUID, *db.Alert]
	integrations *dataloadgen.Loader[int64, *db.Integration]
	goals        *dataloadgen.Loader[string, *db.Goal]
	postbacks    *dataloadgen.Loader[int64, *db.Postback]
	versions     *dataloadgen.Loader[int64, *db.PostbackVersion]
	clicks       *dataloadgen.Loader[uuid.UUID, *db.Click]
	conversions  *dataloadgen.Loader[uuid.UUID, *db.Conversion]
	deliveries   *dataloadgen.Loader[uuid.UUID, *db.Delivery]
}

func newRowLoaders(c *db.Client, wait time.Duration) rowLoaders {
	return rowLoaders{
		affiliates: one(wait, func(ctx context.Context, ids []int64) ([]*db.Affiliate, error) {
			return c.Affiliate.Query().Where(affiliate.IDIn(ids...)).All(ctx)
		}, func(r *db.Affiliate) int64 { return r.ID }),
		users: one(wait, func(ctx context.Context, ids []int64) ([]*db.User, error) {
			return c.User.Query().Where(user.IDIn(ids...)).All(ctx)
		}, func(r *db.User) int64 { return r.ID }),
		managers: one(wait, func(ctx context.Context, ids []int64) ([]*db.User, error) {
			return c.User.Query().Where(user.IDIn(ids...), user.AffiliateIDIsNil(), user.DisabledAtIsNil()).All(viewer.AsSystem(ctx))
		}, func(r *db.User) int64 { return r.ID }),
		offers: one(wait, func(ctx context.Context, ids []int64) ([]*db.Offer, error) {
			return c.Offer.Query().Where(offer.IDIn(ids...)).All(ctx)
		}, func(r *db.Offer) int64 { return r.ID }),
		checks: one(wait, func(ctx context.Context, urls []string) ([]*db.DestinationCheck, error) {
			return c.DestinationCheck.Query().Where(destinationcheck.URLIn(urls...), destinationcheck.CheckedAtNotNil()).All(ctx)
		}, func(r *db.DestinationCheck) string { return r.URL }),
		pages: one(wait, func(ctx context.Context, ids []int64) ([]*db.LandingPage, error) {
			return c.LandingPage.Query().Where(landingpage.IDIn(ids...)).All(ctx)
		}, func(r *db.LandingPage) int64 { return r.ID }),
		campaigns: one(wait, func(ctx context.Context, ids []int64) ([]*db.Campaign, error) {
			return c.Campaign.Query().Where(campaign.IDIn(ids...)).All(ctx)
		}, func(r *db.Campaign) int64 { return r.ID }),
		links: one(wait, func(ctx context.Context, ids []int64) ([]*db.TrackingLink, error) {
			return c.TrackingLink.Query().Where(trackinglink.IDIn(ids...)).All(ctx)
		}, func(r *db.TrackingLink) int64 { return r.ID }),
		alerts: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Alert, error) {
			return c.Alert.Query().Where(alert.IDIn(ids...)).All(ctx)
		}, func(r *db.Alert) uuid.UUID { return r.ID }),
		integrations: one(wait, func(ctx context.Context, ids []int64) ([]*db.Integration, error) {
			return c.Integration.Query().Where(integration.IDIn(ids...)).All(ctx)
		}, func(r *db.Integration) int64 { return r.ID }),
		goals: one(wait, func(ctx context.Context, keys []string) ([]*db.Goal, error) {
			return c.Goal.Query().Where(goal.KeyIn(keys...)).All(ctx)
		}, func(r *db.Goal) string { return r.Key }),
		postbacks: one(wait, func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.IDIn(ids...)).All(ctx)
		}, func(r *db.Postback) int64 { return r.ID }),
		versions: one(wait, func(ctx context.Context, ids []int64) ([]*db.PostbackVersion, error) {
			return c.PostbackVersion.Query().Where(postbackversion.IDIn(ids...)).All(ctx)
		}, func(r *db.PostbackVersion) int64 { return r.ID }),
		clicks: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Click, error) {
			return c.Click.Query().Where(click.IDIn(ids...)).All(ctx)
		}, func(r *db.Click) uuid.UUID { return r.ID }),
		conversions: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Conversion, error) {
			return c.Conversion.Query().Where(conversion.IDIn(ids...)).All(ctx)
		}, func(r *db.Conversion) uuid.UUID { return r.ID }),
		deliveries: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
			return c.Delivery.Query().Where(delivery.IDIn(ids...)).All(ctx)
		}, func(r *db.Delivery) uuid.UUID { return r.ID }),
	}
}
