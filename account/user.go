package account

import (
	"context"
	"net/mail"
	"strings"
	"time"
	_ "time/tzdata" // the time zones, on machines without them
	"unicode/utf8"

	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/ent/db/user"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// NewUser is a user to create.
type NewUser struct {
	Email       string
	Password    string
	Role        viewer.Role
	AffiliateID ids.Affiliate // of a user with the role affiliate; otherwise zero
}

// HaveUsers reports whether anybody can sign in at all; a new installation has no users.
func (a *Accounts) HaveUsers(ctx context.Context) (bool, error) {
	return a.client.User.Query().Exist(ctx)
}

// CreateUser creates a user. Managers create affiliates' users; admins create every kind.
func (a *Accounts) CreateUser(ctx context.Context, n NewUser) (*db.User, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	if !v.HasRole(viewer.Manager) || (n.Role != viewer.Affiliate && !v.HasRole(viewer.Admin)) {
		return nil, problem.Forbidden("you may not create a user with the role %s", n.Role)
	}
	email, err := cleanEmail(n.Email)
	if err != nil {
		return nil, err
	}
	if err := secret.CheckPassword(n.Password); err != nil {
		return nil, problem.Invalid("password", "the password %v", err)
	}
	create := a.client.User.Create().SetEmail(email).SetRole(n.Role).SetCreatedAt(a.now())
	switch {
	case n.Role == viewer.Affiliate && n.AffiliateID == 0:
		return nil, problem.Invalid("affiliateId", "choose the affiliate of the user")
	case n.Role != viewer.Affiliate && n.AffiliateID != 0:
		return nil, problem.Invalid("affiliateId", "only users with the role affiliate have an affiliate")
	case n.Role == viewer.Affiliate:
		if _, err := a.client.Affiliate.Get(ctx, int64(n.AffiliateID)); err != nil {
			return nil, atField(notFoundAs(err, "affiliate"), "affiliateId")
		}
		create.SetAffiliateID(int64(n.AffiliateID))
	}
	hash, err := a.hasher.Hash(ctx, n.Password)
	if err != nil {
		return nil, err
	}
	created, err := create.SetPasswordHash(hash).Save(ctx)
	if pg.IsUnique(err, "users_email") {
		return nil, problem.Conflict("email", "there is already a user with the e-mail address %s", email).WithCause(err)
	}
	return created, err
}

// ChangePassword sets the viewer's password, which ends all its sessions but the current one,
// and revokes its tokens if revokeTokens is true.
func (a *Accounts) ChangePassword(ctx context.Context, current, next string, revokeTokens bool) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	u, err := a.client.User.Get(ctx, int64(v.UserID))
	if err != nil {
		return notFoundAs(err, "user")
	}
	try, err := a.slow.own(u.ID)
	if err != nil {
		return err
	}
	match, err := a.hasher.Match(ctx, current, u.PasswordHash, true)
	if err != nil {
		try.back()
		return err
	}
	if !match {
		return problem.Invalid("currentPassword", "this is not your current password")
	}
	try.right()
	if err := secret.CheckPassword(next); err != nil {
		return problem.Invalid("newPassword", "the password %v", err)
	}
	hash, err := a.hasher.Hash(ctx, next)
	if err != nil {
		return err
	}
	if u, err = a.setPassword(ctx, u, hash, revokeTokens); err != nil {
		return err
	}
	if mustHaveCookies(ctx) == nil {
		return a.openSession(ctx, u)
	}
	return nil
}

// setPassword sets the password, ends all sessions of the user, and may revoke its tokens.
func (a *Accounts) setPassword(ctx context.Context, u *db.User, hash string, revokeTokens bool) (*db.User, error) {
	err := a.lockingUser(ctx, ids.User(u.ID), "UPDATE", func(ctx context.Context, f *family) error {
		var err error
		u, err = f.client.User.UpdateOneID(u.ID).SetPasswordHash(hash).AddSessionGeneration(1).Save(ctx)
		if err != nil || !revokeTokens {
			return err
		}
		return f.client.ApiToken.Update().Where(apitoken.UserID(u.ID), apitoken.RevokedAtIsNil()).SetRevokedAt(f.now).Exec(ctx)
	})
	return u, err
}

// SetTimeZone sets the zone in which the viewer reads times: an IANA name, or
// empty for the browser's own.
func (a *Accounts) SetTimeZone(ctx context.Context, zone string) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return problem.Invalid("timeZone", "%q is not a time zone; use a name such as Europe/Riga", zone)
	}
	return a.client.User.UpdateOneID(int64(v.UserID)).SetTimeZone(zone).Exec(ctx)
}

// maxName is how many bytes a user's name may have.
const maxName = 200

// SetName sets the viewer's name, as others read it; empty for none.
func (a *Accounts) SetName(ctx context.Context, name string) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if len(name) > maxName || !utf8.ValidString(name) {
		return problem.Invalid("name", "is longer than %d bytes, or not valid text", maxName)
	}
	return a.client.User.UpdateOneID(int64(v.UserID)).SetName(name).Exec(ctx)
}

// userByEmail returns an enabled user; nil if there is none.
func (a *Accounts) userByEmail(ctx context.Context, email string) (*db.User, error) {
	u, err := a.client.User.Query().
		Where(user.Email(cleanly(email)), user.DisabledAtIsNil()).
		Only(viewer.AsSystem(ctx))
	if db.IsNotFound(err) {
		return nil, nil
	}
	return u, err
}

// viewerOf returns the viewer of a user's session; nil for a disabled user.
func viewerOf(u *db.User) *viewer.Viewer {
	if u.DisabledAt != nil {
		return nil
	}
	v := &viewer.Viewer{UserID: ids.User(u.ID), Role: u.Role, Scopes: viewer.Scopes(), Generation: u.SessionGeneration}
	if u.AffiliateID != nil {
		v.AffiliateID = ids.Affiliate(*u.AffiliateID)
	}
	return v
}

// cleanEmail parses a bare address, as people type it.
func cleanEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || len(text) > 254 {
		return "", problem.Invalid("email", "%q is not an e-mail address", text)
	}
	return text, nil
}

func atField(err error, field string) error {
	if problem.CodeOf(err) == problem.CodeInternal {
		return err
	}
	return problem.From(err).At(field)
}
