package graph

import (
	"context"

	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// destinationOf returns the URL template of an offer's destination, or of a landing page.
func destinationOf(ctx context.Context, id string) (string, error) {
	parsed, _ := globalid.Parse(id)
	key, isInt := parsed.Int()
	switch {
	case parsed.Kind == "Offer" && isInt:
		if o, err := find(ctx, load(ctx).offers, &key); err != nil {
			return "", err
		} else if o != nil {
			return o.DestinationURL, nil
		}
	case parsed.Kind == "LandingPage" && isInt:
		if p, err := find(ctx, load(ctx).pages, &key); err != nil {
			return "", err
		} else if p != nil {
			return p.URL, nil
		}
	default:
		return "", problem.Invalid("id", "%.80q is not the id of an offer or a landing page: give an id as the API shows it", id)
	}
	return "", problem.NotFoundAt("id", "there is no such destination")
}

// tryDestination requests a page now. It spends the same shots as firing tests.
func (r *Resolver) tryDestination(ctx context.Context, input gen.TryDestinationInput) (*db.DestinationCheck, error) {
	url, err := destinationOf(ctx, input.ID)
	if err != nil {
		return nil, err
	}
	if !r.Tester.AllowLook(ctx) {
		return nil, problem.RateLimited("too many tries in a short time; wait a few seconds")
	}
	if err := r.Landing.Try(ctx, url); err != nil {
		return nil, err
	}
	load(ctx).checks.Clear(url)
	return find(ctx, load(ctx).checks, &url)
}
