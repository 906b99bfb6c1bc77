package graph

import (
	"context"
	"fmt"
	"net/url"

	"postrider/dispatch"
	"postrider/graph/gen"
	"postrider/internal/viewer"
)

// viewer is who is asking, as the API shows it; nil for nobody.
func (r *Resolver) viewer(ctx context.Context) (*gen.Viewer, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, nil
	}
	u, err := r.Client.User.Get(ctx, v.UserID)
	if err != nil {
		return nil, fmt.Errorf("reading the viewer: %w", err)
	}
	scopes := make([]string, len(v.Scopes))
	for i, s := range v.Scopes {
		scopes[i] = string(s)
	}
	return &gen.Viewer{User: u, Role: v.Role, Scopes: scopes}, nil
}

// parameters takes the query of an echoed request apart.
func parameters(requestURL string) []*dispatch.Header {
	list := []*dispatch.Header{}
	u, err := url.Parse(requestURL)
	if err != nil {
		return list
	}
	for _, pair := range pairs(u.RawQuery) {
		list = append(list, &dispatch.Header{Name: pair[0], Value: pair[1]})
	}
	return list
}
