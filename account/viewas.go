package account

import (
	"context"
	"net/http"
	"slices"

	"postrider/ent/db/affiliate"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// ViewAs is the header, and ViewAsQuery the parameter for requests that cannot set a header,
// by which staff view as an affiliate: the affiliate's global id.
const (
	ViewAs      = "X-Postrider-View-As"
	ViewAsQuery = "viewAs"
)

type viewAsKey struct{}

// withViewAs keeps the affiliate to view as in the context: on a WebSocket the user is
// authenticated later.
func withViewAs(ctx context.Context, r *http.Request) context.Context {
	named := r.Header.Get(ViewAs)
	if named == "" {
		named = r.URL.Query().Get(ViewAsQuery)
	}
	if named == "" {
		return ctx
	}
	return context.WithValue(ctx, viewAsKey{}, named)
}

// lookingAs returns the viewer of staff who view as an affiliate: it sees what the affiliate
// sees, and may change nothing. Without an affiliate to view as it is v.
func (a *Accounts) lookingAs(ctx context.Context, v *viewer.Viewer) (*viewer.Viewer, error) {
	named, _ := ctx.Value(viewAsKey{}).(string)
	if named == "" || v == nil {
		return v, nil
	}
	if !v.Staff() {
		return nil, problem.Forbidden("only staff can view as an affiliate")
	}
	id, _ := globalid.Parse(named)
	key, isInt := id.Int()
	if id.Kind != "Affiliate" || !isInt {
		return nil, problem.NotFound("there is no such affiliate")
	}
	found, err := a.client.Affiliate.Query().Where(affiliate.ID(key)).Exist(viewer.AsSystem(ctx))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, problem.NotFound("there is no such affiliate")
	}
	as := *v
	as.Role, as.AffiliateID, as.Scopes, as.Looking = viewer.Affiliate, ids.Affiliate(key), nil, true
	if slices.Contains(v.Scopes, viewer.Read) {
		as.Scopes = []viewer.Scope{viewer.Read}
	}
	return &as, nil
}
