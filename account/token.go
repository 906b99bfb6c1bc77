package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// usedResolution is how exactly the last use of a token is kept: a write per
// request would cost more than it tells.
const usedResolution = time.Minute

// CreateToken makes a token for the viewer and returns its secret, which is
// shown this once. Without scopes it may all that the viewer may; it can never
// do more. Without expiresAt it works until it is revoked.
func (a *Accounts) CreateToken(ctx context.Context, name string, scopes []string, expiresAt *time.Time) (*db.ApiToken, string, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, "", err
	}
	return a.createToken(ctx, v, name, scopes, expiresAt)
}

// CreateTokenFor makes a token for the user of an e-mail address; only Postrider
// itself does.
func (a *Accounts) CreateTokenFor(ctx context.Context, email, name string, scopes []string) (*db.ApiToken, string, error) {
	if !viewer.From(ctx).System() {
		return nil, "", problem.Forbidden("you may not create a token for somebody else")
	}
	u, err := a.userByEmail(ctx, email)
	if err != nil {
		return nil, "", err
	}
	if u == nil {
		return nil, "", problem.NotFound("nobody signs in as %s", email).At("email")
	}
	return a.createToken(ctx, viewerOf(u), name, scopes, nil)
}

func (a *Accounts) createToken(ctx context.Context, v *viewer.Viewer, name string, names []string, expiresAt *time.Time) (*db.ApiToken, string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 {
		return nil, "", problem.Invalid("name", "a token needs a name of at most 200 characters, to tell it from others")
	}
	scopes, err := scopesFor(v, names)
	if err != nil {
		return nil, "", err
	}
	if expiresAt != nil && !expiresAt.After(a.now()) {
		return nil, "", problem.Invalid("expiresAt", "the token would have expired already")
	}
	token, digest := secret.NewToken()
	created, err := a.client.ApiToken.Create().
		SetUserID(v.UserID).SetName(name).SetHash(digest).SetPrefix(secret.Hint(token)).
		SetScopes(scopes).SetCreatedAt(a.now()).SetNillableExpiresAt(expiresAt).Save(ctx)
	if err != nil {
		return nil, "", err
	}
	return created, token, nil
}

// scopesFor reads the names of scopes and checks that the viewer has each itself.
func scopesFor(v *viewer.Viewer, names []string) ([]viewer.Scope, error) {
	if len(names) == 0 {
		return v.Scopes, nil
	}
	var scopes []viewer.Scope
	for _, name := range names {
		scope := viewer.Scope(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case !slices.Contains(viewer.Scopes(), scope):
			return nil, problem.Invalid("scopes", "%q is no scope; there are %v", name, viewer.Scopes())
		case !v.May(scope):
			return nil, problem.Forbidden("your token does not have the scope %s itself", scope).At("scopes")
		case !slices.Contains(scopes, scope):
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// RevokeToken ends one of the viewer's tokens at once. Ending it twice is fine.
func (a *Accounts) RevokeToken(ctx context.Context, id int64) (*db.ApiToken, error) {
	if _, err := viewer.Require(ctx); err != nil {
		return nil, err
	}
	token, err := a.client.ApiToken.Get(ctx, id)
	if err != nil {
		return nil, notFoundAs(err, "token")
	}
	if token.RevokedAt != nil {
		return token, nil
	}
	revoked, err := a.client.ApiToken.UpdateOneID(id).SetRevokedAt(a.now()).Save(ctx)
	return revoked, notFoundAs(err, "token")
}

// Authenticate returns the viewer of an Authorization header, as HTTP and a
// WebSocket's connection_init carry it: "Bearer prt_…".
func (a *Accounts) Authenticate(ctx context.Context, authorization string) (*viewer.Viewer, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || !secret.IsToken(token) {
		return nil, problem.Unauthenticated("want Authorization: Bearer and an API token, which begins with prt_")
	}
	refused := problem.Unauthenticated("this API token is unknown, expired or revoked")
	system := viewer.AsSystem(ctx)
	row, err := a.client.ApiToken.Query().Where(apitoken.Hash(secret.HashToken(token)), apitoken.RevokedAtIsNil()).Only(system)
	if db.IsNotFound(err) {
		return nil, refused
	}
	if err != nil {
		return nil, fmt.Errorf("looking up a token: %w", err)
	}
	now := a.now()
	if row.ExpiresAt != nil && !row.ExpiresAt.After(now) {
		return nil, refused
	}
	u, err := a.client.User.Get(system, row.UserID)
	if err != nil {
		return nil, fmt.Errorf("looking up a token's user: %w", err)
	}
	v := viewerOf(u)
	if v == nil {
		return nil, refused
	}
	v.TokenID, v.Scopes = row.ID, row.Scopes
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= usedResolution {
		if err := a.client.ApiToken.UpdateOneID(row.ID).SetLastUsedAt(now).Exec(system); err != nil {
			return nil, fmt.Errorf("noting the use of a token: %w", err)
		}
	}
	return v, nil
}
