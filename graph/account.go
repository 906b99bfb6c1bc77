package graph

import (
	"context"
	"fmt"

	"postrider/account"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/enum"
	"postrider/internal/viewer"
	"postrider/setup"
)

// Changes that users make to their own account are written into the audit log, without secrets.

func (r *Resolver) createToken(ctx context.Context, in gen.CreateAPITokenInput) (*db.ApiToken, string, error) {
	token, text, err := r.Accounts.CreateToken(ctx, account.NewToken{Name: in.Name, Scopes: enum.Strings(in.Scopes), ExpiresAt: in.ExpiresAt})
	if err != nil {
		return nil, "", err
	}
	return token, text, r.Setup.Note(ctx, setup.Act{Action: "create", Entity: "api_token", ID: fmt.Sprint(token.ID), After: tokenFacts(token)})
}

func (r *Resolver) revokeToken(ctx context.Context, id string) (*db.ApiToken, error) {
	key, err := intID("ApiToken", "id", id)
	if err != nil {
		return nil, err
	}
	token, err := r.Accounts.RevokeToken(ctx, key)
	if err != nil {
		return nil, err
	}
	owner, err := r.Accounts.AffiliateOf(ctx, token)
	if err != nil {
		return nil, err
	}
	act := setup.Act{Action: "revoke", Entity: "api_token", ID: fmt.Sprint(token.ID), Before: tokenFacts(token)}
	return token, r.Setup.Note(ctx, act.Of(owner))
}

func (r *Resolver) renameToken(ctx context.Context, in gen.UpdateAPITokenInput) (*db.ApiToken, error) {
	key, err := intID("ApiToken", "id", in.ID)
	if err != nil {
		return nil, err
	}
	before, after, err := r.Accounts.RenameToken(ctx, key, in.Name)
	if err != nil {
		return nil, err
	}
	return after, r.Setup.Note(ctx, setup.Act{Action: "update", Entity: "api_token", ID: fmt.Sprint(key), Before: tokenFacts(before), After: tokenFacts(after)})
}

func tokenFacts(t *db.ApiToken) map[string]any {
	return map[string]any{"name": t.Name, "prefix": t.Prefix, "scopes": t.Scopes, "expires_at": t.ExpiresAt, "parent_id": t.ParentID}
}

func (r *Resolver) changePassword(ctx context.Context, in gen.ChangePasswordInput) error {
	revoke := in.RevokeTokens == nil || *in.RevokeTokens
	if err := r.Accounts.ChangePassword(ctx, in.CurrentPassword, in.NewPassword, revoke); err != nil {
		return err
	}
	return r.Setup.Note(ctx, setup.Act{Action: "change_password", Entity: "user", ID: fmt.Sprint(viewer.From(ctx).UserID), After: map[string]any{"revoke_tokens": revoke}})
}
