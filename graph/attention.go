package graph

import (
	"context"
	"fmt"

	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/report"
)

// namedCampaigns is how many campaigns of an attention item are named.
const namedCampaigns = 3

// attentionID returns the id of what an item is ignored by.
func attentionID(ctx context.Context, item *report.AttentionItem) (string, error) {
	switch {
	case item.Alert != nil:
		return globalid.UUID("Alert", *item.Alert), nil
	case item.PostbackID != nil:
		return globalid.Int("Postback", *item.PostbackID), nil
	case item.Crossing != nil:
		return globalid.Int("Tracker", item.Crossing.Trackers[0]), nil
	}
	goal, err := load(ctx).goals.Load(ctx, *item.Goal)
	if err != nil {
		return "", fmt.Errorf("reading goal %s: %w", *item.Goal, err)
	}
	return goal.GlobalID(), nil
}

func attentionCampaigns(ctx context.Context, item *report.AttentionItem) ([]*db.Campaign, error) {
	return load(ctx).campaigns.LoadAll(ctx, item.Campaigns[:min(namedCampaigns, len(item.Campaigns))])
}

// ignoreAttention ignores what an id names, or shows it again, and returns the list without it.
func (r *Resolver) ignoreAttention(ctx context.Context, input gen.IgnoreAttentionInput) (*report.AttentionList, error) {
	id, _ := globalid.Parse(input.ID)
	key, isInt := id.Int()
	fact, isFact := id.UUID()
	var err error
	switch {
	case id.Kind == "Postback" && isInt:
		err = r.Setup.IgnorePostback(ctx, ids.Postback(key), input.Ignored)
	case id.Kind == "Goal" && isInt:
		err = r.Setup.IgnoreGoal(ctx, key, input.Ignored)
	case id.Kind == "Tracker" && isInt:
		err = problem.Invalid("id", "trackers that meet cannot be ignored: choose the campaigns of each, or let one share campaigns")
	case id.Kind == "Alert" && isFact && input.Ignored:
		_, err = r.Setup.DismissAlert(ctx, fact)
	case id.Kind == "Alert" && isFact:
		_, err = r.Setup.RestoreAlert(ctx, fact)
	default:
		err = problem.Invalid("id", "%.80q is not the id of an attention item: give an id as the API shows it", input.ID)
	}
	if err != nil {
		return nil, err
	}
	return r.Config.Attention.OfViewer(ctx)
}
