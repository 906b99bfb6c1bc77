package graph

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/aggregatedevent"
	"postrider/ent/db/conversionevent"
	"postrider/ent/db/delivery"
)

// aggregatedLoaders load aggregated events and their deliveries.
type aggregatedLoaders struct {
	events                 *dataloadgen.Loader[uuid.UUID, *db.ConversionEvent]
	aggregatedBy           *dataloadgen.Loader[uuid.UUID, []*db.AggregatedEvent] // by the aggregating delivery
	aggregatedOfConversion *dataloadgen.Loader[uuid.UUID, []*db.AggregatedEvent]
	deliveriesOfConversion *dataloadgen.Loader[uuid.UUID, []*db.Delivery]
}

func newAggregatedLoaders(c *db.Client, wait time.Duration) aggregatedLoaders {
	ofConversions := func(ctx context.Context, ids []uuid.UUID) ([]*db.AggregatedEvent, error) {
		return c.AggregatedEvent.Query().Where(aggregatedevent.ConversionIDIn(ids...)).Order(db.Asc(aggregatedevent.FieldID)).All(ctx)
	}
	return aggregatedLoaders{
		events: one(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.ConversionEvent, error) {
			return c.ConversionEvent.Query().Where(conversionevent.IDIn(ids...)).All(ctx)
		}, func(r *db.ConversionEvent) uuid.UUID { return r.ID }),
		aggregatedBy: many(wait, func(ctx context.Context, ids []uuid.UUID) ([]*db.AggregatedEvent, error) {
			return c.AggregatedEvent.Query().Where(aggregatedevent.AggregationIDIn(ids...)).Order(db.Asc(aggregatedevent.FieldID)).All(ctx)
		}, func(r *db.AggregatedEvent) uuid.UUID { return r.AggregationID }),
		aggregatedOfConversion: many(wait, ofConversions, func(r *db.AggregatedEvent) uuid.UUID { return r.ConversionID }),
		deliveriesOfConversion: dataloadgen.NewMappedLoader(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]*db.Delivery, error) {
			aggregated, err := ofConversions(ctx, ids)
			if err != nil {
				return nil, err
			}
			return deliveriesOf(ctx, c, ids, aggregated)
		}, dataloadgen.WithWait(wait)),
	}
}

// deliveriesOf returns for each conversion the deliveries that report it, or did until it was
// removed from them, and their replays.
func deliveriesOf(ctx context.Context, c *db.Client, conversions []uuid.UUID, aggregated []*db.AggregatedEvent) (map[uuid.UUID][]*db.Delivery, error) {
	tellsOf, windows := map[uuid.UUID][]uuid.UUID{}, make([]uuid.UUID, len(aggregated))
	for i, g := range aggregated {
		windows[i] = g.AggregationID
		tellsOf[g.AggregationID] = append(tellsOf[g.AggregationID], g.ConversionID)
	}
	rows, err := c.Delivery.Query().Where(delivery.Or(delivery.ConversionIDIn(conversions...), delivery.AggregationIDIn(windows...))).All(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID][]*db.Delivery, len(conversions))
	for _, id := range conversions {
		found[id] = []*db.Delivery{}
	}
	for _, d := range rows {
		of := []uuid.UUID{*d.ConversionID}
		if d.AggregationID != nil {
			of = tellsOf[*d.AggregationID]
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
