package graph

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/conversionevent"
	"postrider/ent/db/delivery"
	"postrider/ent/db/gatheredevent"
)

// gatheredLoaders load what is told of together.
type gatheredLoaders struct {
	events                 *dataloadgen.Loader[uuid.UUID, *db.ConversionEvent]
	gatheredBy             *dataloadgen.Loader[uuid.UUID, []*db.GatheredEvent] // by the delivery that gathers
	gatheredOfConversion   *dataloadgen.Loader[uuid.UUID, []*db.GatheredEvent]
	deliveriesOfConversion *dataloadgen.Loader[uuid.UUID, []*db.Delivery]
}

func newGatheredLoaders(c *db.Client, wait time.Duration) gatheredLoaders {
	ofConversions := func(ctx context.Context, ids []uuid.UUID) ([]*db.GatheredEvent, error) {
		return c.GatheredEvent.Query().Where(gatheredevent.ConversionIDIn(ids...)).Order(db.Asc(gatheredevent.FieldID)).All(ctx)
	}
	return gatheredLoaders{
		events: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.ConversionEvent, error) {
			return c.ConversionEvent.Query().Where(conversionevent.IDIn(ids...)).All(ctx)
		}, func(r *db.ConversionEvent) uuid.UUID { return r.ID }),
		gatheredBy: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.GatheredEvent, error) {
			return c.GatheredEvent.Query().Where(gatheredevent.GatheringIDIn(ids...)).Order(db.Asc(gatheredevent.FieldID)).All(ctx)
		}, func(r *db.GatheredEvent) uuid.UUID { return r.GatheringID }),
		gatheredOfConversion: many(wait, ofConversions, func(r *db.GatheredEvent) uuid.UUID { return r.ConversionID }),
		deliveriesOfConversion: dataloadgen.NewMappedLoader(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]*db.Delivery, error) {
			gathered, err := ofConversions(ctx, ids)
			if err != nil {
				return nil, err
			}
			return deliveriesOf(ctx, c, ids, gathered)
		}, dataloadgen.WithWait(wait)),
	}
}

// deliveriesOf gives each conversion the deliveries that tell of it, or told of it
// until it was taken out again, and their replays.
func deliveriesOf(ctx context.Context, c *db.Client, conversions []uuid.UUID, gathered []*db.GatheredEvent) (map[uuid.UUID][]*db.Delivery, error) {
	tellsOf, windows := map[uuid.UUID][]uuid.UUID{}, make([]uuid.UUID, len(gathered))
	for i, g := range gathered {
		windows[i] = g.GatheringID
		tellsOf[g.GatheringID] = append(tellsOf[g.GatheringID], g.ConversionID)
	}
	rows, err := c.Delivery.Query().Where(delivery.Or(delivery.ConversionIDIn(conversions...), delivery.GatheringIDIn(windows...))).All(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID][]*db.Delivery, len(conversions))
	for _, id := range conversions {
		found[id] = []*db.Delivery{}
	}
	for _, d := range rows {
		of := []uuid.UUID{*d.ConversionID}
		if d.GatheringID != nil {
			of = tellsOf[*d.GatheringID]
		}
		for _, id := range of {
			found[id] = append(found[id], d)
		}
	}
	for _, list := range found {
		slices.SortFunc(list, func(a, b *db.Delivery) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	}
	return found, nil
}
