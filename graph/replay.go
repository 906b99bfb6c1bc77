package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
)

// replayMany selects the deliveries of the input, among those that the viewer sees, and replays
// them unless they are only to be counted.
func (r *Resolver) replayMany(ctx context.Context, input gen.ReplayDeliveriesInput) (*gen.ReplayDeliveriesPayload, error) {
	q, err := r.replayable(ctx, input.Filter, input.Ids, input.IncludeDelivered)
	if err != nil {
		return nil, err
	}
	if input.DryRun != nil && *input.DryRun {
		n, err := q.Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting deliveries: %w", err)
		}
		return &gen.ReplayDeliveriesPayload{Count: n}, nil
	}
	deliveries, err := q.Order(delivery.ByID(sql.OrderAsc())).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding deliveries: %w", err)
	}
	payload := &gen.ReplayDeliveriesPayload{Count: len(deliveries)}
	if len(deliveries) == 0 {
		return payload, nil
	}
	asSent := input.Template != nil && *input.Template == gen.ReplayTemplateSent
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	id, err := r.Replayer.ReplayMany(ctx, bulkOwner(scope, input.Filter), viewer.From(ctx).UserID, asSent, deliveries)
	if err != nil {
		return nil, err
	}
	if payload.Job, err = r.Client.BulkReplay.Get(ctx, id); err != nil {
		return nil, fmt.Errorf("reading the bulk replay: %w", err)
	}
	return payload, nil
}

// bulkOwner returns the affiliate whose deliveries a filter selects; 0 for several.
func bulkOwner(scope viewer.RowScope, f *filter.Delivery) ids.Affiliate {
	if !scope.All() {
		return scope.AffiliateID()
	}
	if len(f.AffiliateIDs) == 1 {
		if id, err := intID("Affiliate", "affiliateIds", f.AffiliateIDs[0]); err == nil {
			return ids.Affiliate(id)
		}
	}
	return 0
}

func factIDs(kind, field string, list []string) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(list))
	for i, text := range list {
		id, err := factID(kind, field, text)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

// bulkReplay returns one that the viewer sees.
func (r *Resolver) bulkReplay(ctx context.Context, id string) (*db.BulkReplay, error) {
	key, err := intID("BulkReplay", "id", id)
	if err != nil {
		return nil, err
	}
	found, err := r.Client.BulkReplay.Get(ctx, key)
	switch {
	case db.IsNotFound(err):
		return nil, problem.NotFoundAt("id", "there is no such bulk replay")
	case err != nil:
		return nil, fmt.Errorf("reading the bulk replay: %w", err)
	}
	return found, nil
}

// changeBulk pauses, resumes or cancels a bulk replay of the viewer's.
func (r *Resolver) changeBulk(ctx context.Context, input gen.ChangeBulkReplayInput, change func(context.Context, int64) error) (*gen.ChangeBulkReplayPayload, error) {
	job, err := r.bulkReplay(ctx, input.ID)
	if err == nil {
		if err = change(ctx, job.ID); err == nil {
			job, err = r.bulkReplay(ctx, input.ID)
		}
	}
	errs, err := userErrors(err)
	if err != nil {
		return nil, err
	}
	return &gen.ChangeBulkReplayPayload{Job: job, UserErrors: errs}, nil
}

// bulkProgress counts a bulk replay's deliveries by their state.
func (r *Resolver) bulkProgress(ctx context.Context, b *db.BulkReplay) (*gen.BulkReplayProgress, error) {
	var groups []struct {
		State  outbox.State
		Reason *string
		Count  int
	}
	err := r.Client.Delivery.Query().Where(delivery.BulkReplayID(b.ID)).
		GroupBy(delivery.FieldState, delivery.FieldReason).Aggregate(db.Count()).Scan(ctx, &groups)
	if err != nil {
		return nil, fmt.Errorf("counting the replays of %d: %w", b.ID, err)
	}
	p := &gen.BulkReplayProgress{Skipped: b.Skipped, Failures: []*gen.BulkReplayFailure{}}
	for _, g := range groups {
		switch g.State {
		case outbox.Delivered:
			p.Delivered += g.Count
		case outbox.Failed:
			p.Failed += g.Count
		case outbox.Cancelled:
			p.Cancelled += g.Count
		case outbox.Queued, outbox.Retrying, outbox.Held:
			p.Waiting += g.Count
		}
		if reason := outbox.Reason(text(g.Reason)); reason != "" && g.State.Failing() {
			p.Failures = append(p.Failures, &gen.BulkReplayFailure{Reason: string(reason), Sentence: reason.Sentence(""), Count: g.Count})
		}
	}
	slices.SortFunc(p.Failures, func(a, b *gen.BulkReplayFailure) int { return cmp.Compare(b.Count, a.Count) })
	return p, nil
}

// watchBulk streams a bulk replay until it has ended.
func (r *Resolver) watchBulk(ctx context.Context, id string) (<-chan *db.BulkReplay, error) {
	if _, err := r.bulkReplay(ctx, id); err != nil {
		return nil, err
	}
	return look(ctx, r.LookEvery, func(ctx context.Context) ([]*db.BulkReplay, bool, error) {
		b, err := r.bulkReplay(ctx, id)
		if err != nil {
			return nil, true, err
		}
		return []*db.BulkReplay{b}, b.FinishedAt == nil, nil
	}), nil
}
