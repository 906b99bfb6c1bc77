package graph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"

	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postback"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/outbox"
)

// replayable selects what a bulk replay sends, among the deliveries that the viewer sees: what
// failed or was cancelled and was not replayed, and on request also what was delivered.
func (r *Resolver) replayable(ctx context.Context, f *filter.Delivery, ids []string, includeDelivered *bool) (*db.DeliveryQuery, error) {
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	matching, err := f.Predicates()
	if err != nil {
		return nil, err
	}
	q := r.Client.Delivery.Query().Where(matching...).Where(func(s *sql.Selector) {
		p := sql.Table(postback.Table)
		s.Where(sql.In(s.C(delivery.FieldPostbackID), sql.Select(p.C(postback.FieldID)).From(p).Where(sql.IsNull(p.C(postback.FieldDeletedAt)))))
	})
	if includeDelivered != nil && *includeDelivered {
		delivered := delivery.And(delivery.StateEQ(outbox.Delivered), delivery.SupersededByIsNil(), delivery.Test(false))
		q.Where(delivery.Or(delivery.Unresolved(true), delivered))
	} else {
		q.Where(delivery.Unresolved(true))
	}
	if ids != nil {
		keys, err := factIDs("Delivery", "ids", ids)
		if err != nil {
			return nil, err
		}
		q.Where(delivery.IDIn(keys...))
	}
	return q, nil
}

// replayPreview counts what a bulk replay would send, by postback and by reason.
func (r *Resolver) replayPreview(ctx context.Context, f *filter.Delivery, ids []string, includeDelivered *bool) (*gen.ReplayPreview, error) {
	q, err := r.replayable(ctx, f, ids, includeDelivered)
	if err != nil {
		return nil, err
	}
	var groups []struct {
		PostbackID int64 `sql:"postback_id"`
		State      outbox.State
		Reason     *string
		Count      int
	}
	err = q.GroupBy(delivery.FieldPostbackID, delivery.FieldState, delivery.FieldReason).Aggregate(db.Count()).Scan(ctx, &groups)
	if err != nil {
		return nil, fmt.Errorf("counting what would be replayed: %w", err)
	}
	postbacks, reasons := map[int64]int{}, map[previewedReason]int{}
	p := &gen.ReplayPreview{Postbacks: []*gen.ReplayPreviewPostback{}, Reasons: []*gen.ReplayPreviewReason{}}
	for _, g := range groups {
		p.Count += g.Count
		postbacks[g.PostbackID] += g.Count
		reasons[previewReason(g.State, outbox.Reason(text(g.Reason)))] += g.Count
	}
	for reason, count := range reasons {
		p.Reasons = append(p.Reasons, &gen.ReplayPreviewReason{Reason: textOrNull(reason.code), Sentence: reason.sentence, Count: count})
	}
	found, err := load(ctx).postbacks.LoadAll(ctx, slices.Collect(maps.Keys(postbacks)))
	if err != nil {
		return nil, fmt.Errorf("reading the postbacks of what would be replayed: %w", err)
	}
	for _, row := range found {
		p.Postbacks = append(p.Postbacks, &gen.ReplayPreviewPostback{Postback: row, Count: postbacks[row.ID]})
	}
	slices.SortFunc(p.Reasons, func(a, b *gen.ReplayPreviewReason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(text(a.Reason), text(b.Reason)))
	})
	slices.SortFunc(p.Postbacks, func(a, b *gen.ReplayPreviewPostback) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Postback.ID, b.Postback.ID))
	})
	return p, nil
}

// previewedReason is a line of the preview without its count.
type previewedReason struct{ code, sentence string }

func previewReason(state outbox.State, reason outbox.Reason) previewedReason {
	if state == outbox.Delivered {
		return previewedReason{sentence: "Delivered"}
	}
	return previewedReason{code: string(reason), sentence: cmp.Or(reason.Sentence(""), "No reason was recorded")}
}
