package graph

import (
	"context"
	"fmt"
	"net/url"

	"github.com/99designs/gqlgen/graphql"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/viewer"
)

// viewer returns the viewer as the API shows it; nil if there is none.
func (r *Resolver) viewer(ctx context.Context) (*gen.Viewer, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, nil
	}
	u, err := r.Client.User.Get(ctx, int64(v.UserID))
	if err != nil {
		return nil, fmt.Errorf("reading the viewer: %w", err)
	}
	return &gen.Viewer{User: u, Role: v.Role, Looking: u.Role != v.Role, Scopes: v.Scopes}, nil
}

// viewersAffiliate returns the affiliate whose rows the viewer sees: of staff who view as one that
// one; nil for other staff.
func (r *Resolver) viewersAffiliate(ctx context.Context) (*db.Affiliate, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil || scope.All() {
		return nil, err
	}
	id := int64(scope.AffiliateID())
	return find(ctx, load(ctx).affiliates, &id)
}

// signedIn holds the viewer that signed in while an operation ran, if there is one.
type signedIn struct{ viewer *viewer.Viewer }

type signedInKey struct{}

// withSignedIn gives each operation's context a signedIn.
func withSignedIn(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, signedInKey{}, &signedIn{}))
}

// asSignedIn resolves what comes after a sign-in, in the same answer, as the viewer that signed
// in: the request itself was anonymous.
func asSignedIn(ctx context.Context, next graphql.Resolver) (any, error) {
	if graphql.GetFieldContext(ctx).IsResolver {
		if s, ok := ctx.Value(signedInKey{}).(*signedIn); ok && s.viewer != nil {
			ctx = viewer.With(ctx, s.viewer)
		}
	}
	return next(ctx)
}

// becomes records the viewer that signed in.
func becomes(ctx context.Context, v *viewer.Viewer) context.Context {
	if s, ok := ctx.Value(signedInKey{}).(*signedIn); ok {
		s.viewer = v
	}
	return viewer.With(ctx, v)
}

// parameters splits the query of an echoed request.
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
