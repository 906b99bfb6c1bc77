package graph

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/ent/db/conversion"
	"postrider/feed"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/graph/page"
	"postrider/internal/live"
	"postrider/internal/viewer"
)

// Feeds are the feeds of changes.
type Feeds struct {
	ConversionChanges, DeliveryChanges *feed.Feed
}

// NewFeeds returns the feeds over a pool; deliveries' changes are kept for so long.
func NewFeeds(pool *sql.DB, kept time.Duration) Feeds {
	return Feeds{
		ConversionChanges: &feed.Feed{Name: "conversions", Tables: []string{"conversion_events", "conversion_bindings"}, DB: pool},
		DeliveryChanges:   &feed.Feed{Name: "deliveries", Tables: []string{"delivery_changes"}, Kept: kept, DB: pool},
	}
}

// conversionChange is a row of conversionChanges: a step, or a conversion whose player became
// known.
type conversionChange struct {
	id         uuid.UUID
	conversion uuid.UUID
	event      *db.ConversionEvent
	at         time.Time
}

func (r *Resolver) conversionFeed() feed.Reader[conversionChange] {
	return feed.Reader[conversionChange]{
		Feed: r.Feeds.ConversionChanges, ID: func(c conversionChange) uuid.UUID { return c.id }, Read: r.readConversionChanges,
	}
}

func (r *Resolver) readConversionChanges(ctx context.Context, span feed.Span) ([]conversionChange, error) {
	events, err := r.Client.ConversionEvent.Query().Where(span.Select).All(ctx)
	if err != nil {
		return nil, err
	}
	bindings, err := r.Client.ConversionBinding.Query().Where(span.Select).All(ctx)
	if err != nil {
		return nil, err
	}
	changes := make([]conversionChange, 0, len(events)+len(bindings))
	for _, e := range events {
		changes = append(changes, conversionChange{id: e.ID, conversion: e.ConversionID, event: e, at: e.ReceivedAt})
	}
	for _, b := range bindings {
		changes = append(changes, conversionChange{id: b.ID, conversion: b.ConversionID, at: b.At})
	}
	slices.SortFunc(changes, func(a, b conversionChange) int { return strings.Compare(string(a.id[:]), string(b.id[:])) })
	return changes[:min(len(changes), span.Limit)], nil
}

func (r *Resolver) deliveryFeed() feed.Reader[*db.DeliveryChange] {
	return feed.Reader[*db.DeliveryChange]{
		Feed: r.Feeds.DeliveryChanges, ID: func(c *db.DeliveryChange) uuid.UUID { return c.ID },
		Read: func(ctx context.Context, span feed.Span) ([]*db.DeliveryChange, error) {
			return r.Client.DeliveryChange.Query().Where(span.Select).All(ctx)
		},
	}
}

// readPage reads a page of a feed for the arguments of a list.
func readPage[T any](ctx context.Context, reader feed.Reader[T], after *string, first *int, start *gen.ChangesStart) (feed.Page[T], *page.Info, error) {
	size, err := page.Args{First: first}.Size()
	if err != nil {
		return feed.Page[T]{}, nil, err
	}
	var c feed.Cursor
	switch {
	case after != nil:
		c, err = reader.Feed.Parse(ctx, *after)
	case start != nil && *start == gen.ChangesStartNewest:
		c, err = reader.Feed.Newest(ctx)
		return feed.Page[T]{}, pageInfo(c, false, nil), err
	default:
		c, err = reader.Feed.Oldest(ctx)
	}
	if err != nil {
		return feed.Page[T]{}, nil, err
	}
	p, err := reader.Page(ctx, c, size)
	return p, pageInfo(p.End, p.More, after), err
}

func pageInfo(end feed.Cursor, more bool, after *string) *page.Info {
	cursor := end.String()
	return &page.Info{HasNextPage: more, HasPreviousPage: after != nil, StartCursor: after, EndCursor: &cursor}
}

func (r *Resolver) conversionChanges(ctx context.Context, after *string, first *int, start *gen.ChangesStart) (*gen.ConversionChangeConnection, error) {
	p, info, err := readPage(ctx, r.conversionFeed(), after, first, start)
	if err != nil {
		return nil, err
	}
	changed := make([]uuid.UUID, len(p.Rows))
	for i, row := range p.Rows {
		changed[i] = row.conversion
	}
	conversions, err := load(ctx).conversions.LoadAll(ctx, changed)
	if err != nil {
		return nil, err
	}
	list := &gen.ConversionChangeConnection{Edges: make([]*gen.ConversionChangeEdge, len(p.Rows)), PageInfo: info}
	for i, row := range p.Rows {
		list.Edges[i] = &gen.ConversionChangeEdge{
			Node:   &gen.ConversionChange{Conversion: conversions[i], Event: row.event, At: row.at},
			Cursor: p.After(row.id).String(),
		}
	}
	return list, nil
}

func (r *Resolver) deliveryChanges(ctx context.Context, after *string, first *int, start *gen.ChangesStart) (*gen.DeliveryChangeConnection, error) {
	p, info, err := readPage(ctx, r.deliveryFeed(), after, first, start)
	if err != nil {
		return nil, err
	}
	list := &gen.DeliveryChangeConnection{Edges: make([]*gen.DeliveryChangeEdge, len(p.Rows)), PageInfo: info}
	for i, row := range p.Rows {
		list.Edges[i] = &gen.DeliveryChangeEdge{Node: row, Cursor: p.After(row.ID).String()}
	}
	return list, nil
}

// watchConversions streams the viewer's conversions that match a filter, or may have, as they
// change. With hello, an event without content comes first: from then on no change is missed.
func (r *Resolver) watchConversions(ctx context.Context, f *filter.Conversion, hello bool) (<-chan *gen.ConversionUpdateEvent, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	sub := r.Hubs.Conversions.Subscribe(scope.Sees, f.MayMatch)
	events := make(chan *gen.ConversionUpdateEvent)
	go func() {
		defer close(events)
		defer sub.Close()
		if hello && !send(ctx, events, &gen.ConversionUpdateEvent{At: r.Now()}) {
			return
		}
		for r.sendConversions(ctx, sub, f, events) {
		}
	}()
	return events, nil
}

// sendConversions sends the next conversions of a subscription; false if it is over.
func (r *Resolver) sendConversions(ctx context.Context, sub *live.Subscription[*db.Conversion], f *filter.Conversion, to chan<- *gen.ConversionUpdateEvent) bool {
	changed, missed, err := sub.Next(ctx)
	if err != nil {
		return false
	}
	matching, err := r.matching(ctx, f, changed)
	if err != nil {
		missed, changed = true, nil // the client fetches what it shows
		r.Log.WarnContext(ctx, "reading which conversions pass a subscription's filter", "error", err)
	}
	if missed && !send(ctx, to, &gen.ConversionUpdateEvent{Resync: true, At: r.Now()}) {
		return false
	}
	for _, c := range changed {
		if !send(ctx, to, &gen.ConversionUpdateEvent{Conversion: c, Matches: matching[c.ID], At: c.UpdatedAt}) {
			return false
		}
	}
	return true
}

// matching returns which of the conversions pass a filter: the list's own predicates decide.
func (r *Resolver) matching(ctx context.Context, f *filter.Conversion, changed []*db.Conversion) (map[uuid.UUID]bool, error) {
	passes := make(map[uuid.UUID]bool, len(changed))
	among := make([]uuid.UUID, len(changed))
	for i, c := range changed {
		among[i], passes[c.ID] = c.ID, f == nil
	}
	if f == nil {
		return passes, nil
	}
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	predicates, err := f.Predicates()
	if err != nil {
		return nil, err
	}
	found, err := r.Client.Conversion.Query().Where(predicates...).Where(conversion.IDIn(among...)).IDs(ctx)
	for _, id := range found {
		passes[id] = true
	}
	return passes, err
}
