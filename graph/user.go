package graph

import (
	"context"
	"errors"

	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/setup"
)

func (r *Resolver) updateUser(ctx context.Context, in gen.UpdateUserInput) (*db.User, error) {
	id, err1 := intID("User", "id", in.ID)
	owner, err2 := optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	patch := setup.UserPatch{Name: in.Name, Role: in.Role}
	if in.AffiliateID != nil {
		patch.AffiliateID = &owner
	}
	return r.Setup.UpdateUser(ctx, id, patch)
}

// apiTokensOf lists the API tokens of a user that the viewer may change; nil for any other.
func apiTokensOf(ctx context.Context, u *db.User) ([]*db.ApiToken, error) {
	v := viewer.From(ctx)
	if u.Role != viewer.Affiliate && !v.HasRole(viewer.Admin) && ids.User(u.ID) != v.UserID {
		return nil, nil
	}
	return load(ctx).tokensOfUser.Load(ctx, u.ID)
}
