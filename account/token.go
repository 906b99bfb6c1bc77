package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/idempotency"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// usedResolution is the resolution of a token's last use: a write per request would cost more
// than it is worth.
const usedResolution = time.Minute

// NewToken is a token to create.
type NewToken struct {
	Name string

	// Scopes are what it may do. If empty, it gets the usual ones, of those that the viewer
	// has itself.
	Scopes []string

	// ExpiresAt is when it expires; nil for when the viewer's own token does, or never.
	ExpiresAt *time.Time
}

// CreateToken creates a token for the viewer and returns its secret, which is shown once. It
// never has more scopes than what the viewer signed in with, nor a later expiry.
func (a *Accounts) CreateToken(ctx context.Context, n NewToken) (*db.ApiToken, string, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, "", err
	}
	return a.createToken(ctx, v, n)
}

// CreateTokenFor creates a token for the user of an e-mail address; only Postrider itself
// calls it.
func (a *Accounts) CreateTokenFor(ctx context.Context, email string, n NewToken) (*db.ApiToken, string, error) {
	if !viewer.From(ctx).System() {
		return nil, "", problem.Forbidden("you may not create a token for another user")
	}
	u, err := a.userByEmail(ctx, email)
	if err != nil {
		return nil, "", err
	}
	if u == nil {
		return nil, "", problem.NotFoundAt("email", "there is no user with the e-mail address %s", email)
	}
	return a.createToken(ctx, viewerOf(u), n)
}

// ReplaceTokenFor is CreateTokenFor, and deletes the user's tokens of that name, with those
// that were created with them.
func (a *Accounts) ReplaceTokenFor(ctx context.Context, email string, n NewToken) (*db.ApiToken, string, error) {
	made, token, err := a.CreateTokenFor(ctx, email, n)
	if err != nil {
		return nil, "", err
	}
	_, err = a.client.ApiToken.Delete().
		Where(apitoken.UserID(made.UserID), apitoken.Name(made.Name), apitoken.ParentIDIsNil(), apitoken.IDNEQ(made.ID)).Exec(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("forgetting tokens that are replaced: %w", err)
	}
	return made, token, nil
}

// RenameToken renames one of the viewer's tokens.
func (a *Accounts) RenameToken(ctx context.Context, id int64, name string) (before, after *db.ApiToken, err error) {
	if name, err = tokenName(name); err != nil {
		return nil, nil, err
	}
	if before, err = a.client.ApiToken.Get(ctx, id); err != nil {
		return nil, nil, notFoundAs(err, "token")
	}
	after, err = a.client.ApiToken.UpdateOne(before).SetName(name).Save(ctx)
	return before, after, err
}

func tokenName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return "", problem.Invalid("name", "a token needs a name of at most 200 characters")
	}
	return name, nil
}

func (a *Accounts) createToken(ctx context.Context, v *viewer.Viewer, n NewToken) (made *db.ApiToken, token string, err error) {
	name, err := tokenName(n.Name)
	if err != nil {
		return nil, "", err
	}
	scopes, err := scopesFor(v, n.Scopes)
	if err != nil {
		return nil, "", err
	}
	token, digest := secret.NewToken()
	err = a.lockingUser(ctx, v.UserID, "SHARE", func(ctx context.Context, f *family) error {
		if err := f.mayStillAct(ctx, v); err != nil {
			return err
		}
		create := f.client.ApiToken.Create().
			SetUserID(int64(v.UserID)).SetName(name).SetHash(digest).SetPrefix(secret.Hint(token)).
			SetScopes(scopes).SetCreatedAt(f.now)
		if err := f.bequeath(ctx, create, v.TokenID, n.ExpiresAt); err != nil {
			return err
		}
		if made, err = create.Save(ctx); err != nil {
			return err
		}
		return idempotency.From(ctx).Done(f.tx, idempotency.Done{IDs: []string{made.GlobalID()}, Created: true, Secret: token})
	})
	if err != nil {
		return nil, "", err
	}
	return made, token, nil
}

// scopesFor parses the names of scopes and checks that the viewer has each itself.
func scopesFor(v *viewer.Viewer, names []string) ([]viewer.Scope, error) {
	if len(names) == 0 {
		usual := slices.DeleteFunc(viewer.UsualScopes(), func(s viewer.Scope) bool { return !v.May(s) })
		if len(usual) == 0 {
			return nil, problem.Invalid("scopes", "choose the scopes of the token; yours are %s", v.Scopes)
		}
		return usual, nil
	}
	var scopes []viewer.Scope
	for _, name := range names {
		scope := viewer.Scope(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case !slices.Contains(viewer.Scopes(), scope):
			return nil, problem.Invalid("scopes", "%q is not a scope; use %s", name, viewer.Scopes())
		case !v.May(scope):
			return nil, problem.Forbidden("your token does not have the scope %s", scope).At("scopes")
		case !slices.Contains(scopes, scope):
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// Authenticate returns the viewer of an Authorization header, as HTTP and a
// WebSocket's connection_init carry it: "Bearer prt_…".
func (a *Accounts) Authenticate(ctx context.Context, authorization string) (*viewer.Viewer, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || !secret.IsToken(token) {
		return nil, problem.Unauthenticated("send Authorization: Bearer and an API token, which starts with prt_")
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
