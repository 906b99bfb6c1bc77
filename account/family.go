package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/ent/db/user"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// family is a transaction over a tree of a user's tokens: those that the user created, those
// that were created with these, and so on.
type family struct {
	tx     *pg.Pipeline
	client *db.Client
	now    time.Time
}

// lockingUser runs do in a transaction that locks the user's row: SHARE to create a token,
// UPDATE to revoke some. So a revocation sees every token, and a creation sees what was
// revoked.
func (a *Accounts) lockingUser(ctx context.Context, userID ids.User, lock string, do func(ctx context.Context, f *family) error) error {
	return pg.WithPipeline(ctx, a.db, func(ctx context.Context, tx *pg.Pipeline) error {
		var id int64
		err := tx.QueryRowContext(ctx, "SELECT id FROM users WHERE id = $1 FOR "+lock, userID).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return problem.NotFound("there is no such user")
		}
		if err != nil {
			return fmt.Errorf("locking a user: %w", err)
		}
		return do(ctx, &family{tx: tx, client: ent.NewTxClient(tx), now: a.now()})
	})
}

// mayStillAct refuses a viewer whose session or token has ended since it was authenticated:
// over a socket that may be a while ago.
func (f *family) mayStillAct(ctx context.Context, v *viewer.Viewer) error {
	still, err := f.client.User.Query().
		Where(user.ID(int64(v.UserID)), user.DisabledAtIsNil(), user.SessionGeneration(v.Generation)).Exist(viewer.AsSystem(ctx))
	if v.TokenID != 0 {
		still, err = f.client.ApiToken.Query().Where(apitoken.ID(v.TokenID), apitoken.RevokedAtIsNil()).Exist(viewer.AsSystem(ctx))
	}
	if err == nil && !still {
		return problem.Unauthenticated("sign in again")
	}
	return err
}

// bequeath makes a new token the child of the token that creates it, if there is one: it is
// revoked with its parent, and expires no later.
func (f *family) bequeath(ctx context.Context, create *db.ApiTokenCreate, parentID int64, expiresAt *time.Time) error {
	if expiresAt != nil && !expiresAt.After(f.now) {
		return problem.Invalid("expiresAt", "the token would already be expired")
	}
	create.SetNillableExpiresAt(expiresAt)
	if parentID == 0 {
		return nil
	}
	parent, err := f.client.ApiToken.Get(ctx, parentID)
	if err != nil {
		return err
	}
	create.SetParentID(parentID)
	if parent.ExpiresAt == nil {
		return nil
	}
	if expiresAt != nil && expiresAt.After(*parent.ExpiresAt) {
		return problem.Invalid("expiresAt", "the token must not expire after the token that creates it, which expires at %s", parent.ExpiresAt.UTC().Format(time.RFC3339))
	}
	if expiresAt == nil {
		create.SetExpiresAt(*parent.ExpiresAt)
	}
	return nil
}

// RevokeToken revokes a token at once, and every token that was created with it: one of the
// viewer's own or, for staff, of a user that they may change. It is idempotent.
func (a *Accounts) RevokeToken(ctx context.Context, id int64) (*db.ApiToken, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	token, err := a.client.ApiToken.Get(ctx, id)
	if db.IsNotFound(err) && v.Staff() {
		ctx = viewer.AsSystem(ctx)
		token, err = a.tokenOfOther(ctx, v, id)
	}
	if err != nil {
		return nil, notFoundAs(err, "token")
	}
	err = a.lockingUser(ctx, ids.User(token.UserID), "UPDATE", func(ctx context.Context, f *family) error {
		if err := f.revoke(ctx, id); err != nil {
			return err
		}
		token, err = f.client.ApiToken.Get(ctx, id)
		return err
	})
	return token, notFoundAs(err, "token")
}

// tokenOfOther returns another user's token, for staff: managers change affiliates' users, admins
// all.
func (a *Accounts) tokenOfOther(ctx context.Context, v *viewer.Viewer, id int64) (*db.ApiToken, error) {
	token, err := a.client.ApiToken.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	u, err := a.client.User.Get(ctx, token.UserID)
	if err != nil {
		return nil, err
	}
	if u.Role != viewer.Affiliate && !v.HasRole(viewer.Admin) {
		return nil, problem.Forbidden("only admins can revoke tokens of staff users").At("id")
	}
	return token, nil
}

// AffiliateOf returns the affiliate of a token's user; zero for staff.
func (a *Accounts) AffiliateOf(ctx context.Context, token *db.ApiToken) (ids.Affiliate, error) {
	u, err := a.client.User.Get(viewer.AsSystem(ctx), token.UserID)
	if err != nil || u.AffiliateID == nil {
		return 0, notFoundAs(err, "user")
	}
	return ids.Affiliate(*u.AffiliateID), nil
}

// revoke revokes a token and all its descendants.
func (f *family) revoke(ctx context.Context, id int64) error {
	_, err := f.tx.ExecContext(ctx, `
		WITH RECURSIVE descended AS (
			SELECT id FROM api_tokens WHERE id = $1
			UNION SELECT child.id FROM api_tokens child JOIN descended ON child.parent_id = descended.id
		)
		UPDATE api_tokens SET revoked_at = $2 WHERE id IN (SELECT id FROM descended) AND revoked_at IS NULL`, id, f.now)
	if err != nil {
		return fmt.Errorf("revoking a token: %w", err)
	}
	return nil
}
