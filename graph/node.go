package graph

import (
	"context"
	"errors"

	"entgo.io/ent/privacy"
	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// maxNodes is how many objects one call of nodes may name.
const maxNodes = 100

// node finds any object; nil where there is none or where it is not the
// viewer's to see.
func (r *Resolver) node(ctx context.Context, id string) (gen.Node, error) {
	parsed, ok := globalid.Parse(id)
	if !ok {
		return nil, nil
	}
	n, err := r.fetch(ctx, parsed)
	if db.IsNotFound(err) || errors.Is(err, privacy.Deny) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (r *Resolver) nodes(ctx context.Context, ids []string) ([]gen.Node, error) {
	if len(ids) > maxNodes {
		return nil, problem.Invalid("ids", "%d ids are more than the %d that one call may name", len(ids), maxNodes)
	}
	found := make([]gen.Node, len(ids))
	for i, id := range ids {
		var err error
		if found[i], err = r.node(ctx, id); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (r *Resolver) fetch(ctx context.Context, id globalid.ID) (gen.Node, error) {
	if key, ok := id.Int(); ok {
		return r.fetchSetting(ctx, id.Kind, key)
	}
	if key, ok := id.UUID(); ok {
		return r.fetchFact(ctx, id.Kind, key)
	}
	return nil, nil
}

func (r *Resolver) fetchSetting(ctx context.Context, kind string, key int64) (gen.Node, error) {
	switch c := r.Client; kind {
	case "Affiliate":
		return c.Affiliate.Get(ctx, key)
	case "ApiToken":
		return c.ApiToken.Get(ctx, key)
	case "Campaign":
		return c.Campaign.Get(ctx, key)
	case "Deal":
		return c.Deal.Get(ctx, key)
	case "Goal":
		return c.Goal.Get(ctx, key)
	case "LandingPage":
		return c.LandingPage.Get(ctx, key)
	case "Offer":
		return c.Offer.Get(ctx, key)
	case "Postback":
		return c.Postback.Get(ctx, key)
	case "PostbackVersion":
		return c.PostbackVersion.Get(ctx, key)
	case "Source":
		return c.Source.Get(ctx, key)
	case "TrackingLink":
		return c.TrackingLink.Get(ctx, key)
	case "User":
		return c.User.Get(ctx, key)
	}
	return nil, nil
}

func (r *Resolver) fetchFact(ctx context.Context, kind string, key uuid.UUID) (gen.Node, error) {
	switch c := r.Client; kind {
	case "Attempt":
		return c.Attempt.Get(ctx, key)
	case "Click":
		return c.Click.Get(ctx, key)
	case "Conversion":
		return c.Conversion.Get(ctx, key)
	case "ConversionEvent":
		return c.ConversionEvent.Get(ctx, key)
	case "Delivery":
		return c.Delivery.Get(ctx, key)
	case "EchoRequest":
		return c.EchoRequest.Get(ctx, key)
	case "ReceivedPostback":
		return c.ReceivedPostback.Get(ctx, key)
	}
	return nil, nil
}
