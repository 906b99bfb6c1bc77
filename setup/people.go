package setup

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"postrider/ent/db"
	"postrider/ent/db/apitoken"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// UpdateAffiliate renames an affiliate.
func (s *Setup) UpdateAffiliate(ctx context.Context, id int64, name string) (*db.Affiliate, error) {
	name, err := cleanName(name)
	if err != nil {
		return nil, err
	}
	var changed *db.Affiliate
	err = s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Affiliate.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "affiliate")
		}
		if changed, err = c.client.Affiliate.UpdateOne(before).SetName(name).Save(ctx); err != nil {
			return saved("affiliate", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "affiliate", ID: fmt.Sprint(id), affiliateID: ids.Affiliate(id), Before: before, After: changed})
	})
	return changed, err
}

// CreateAffiliate creates an affiliate, with its default link to every offer.
func (s *Setup) CreateAffiliate(ctx context.Context, name string) (*db.Affiliate, error) {
	name, err := cleanName(name)
	if err != nil {
		return nil, err
	}
	var made *db.Affiliate
	err = s.staffChange(ctx, func(ctx context.Context, c *change) error {
		var err error
		if made, err = c.client.Affiliate.Create().SetName(name).SetEchoKey(secret.Random()).SetCreatedAt(c.now).Save(ctx); err != nil {
			return saved("affiliate", err)
		}
		if err := MakeDefaultLinks(ctx, c.tx, c.now); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "create", Entity: "affiliate", ID: fmt.Sprint(made.ID), affiliateID: ids.Affiliate(made.ID), After: made})
	})
	return made, err
}

// SetManager sets the manager of an affiliate: an enabled user of the network, or none for zero.
func (s *Setup) SetManager(ctx context.Context, id ids.Affiliate, manager ids.User) (*db.Affiliate, error) {
	var made *db.Affiliate
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Affiliate.Get(ctx, int64(id))
		if err != nil {
			return missing(err, "affiliateId", "affiliate")
		}
		update := c.client.Affiliate.UpdateOne(before).ClearManagerID()
		if manager != 0 {
			u, err := c.client.User.Get(ctx, int64(manager))
			if err != nil {
				return missing(err, "userId", "user")
			}
			if u.Role == viewer.Affiliate || u.DisabledAt != nil {
				return problem.Invalid("userId", "a manager is an enabled user of the network's staff")
			}
			update = c.client.Affiliate.UpdateOne(before).SetManagerID(u.ID)
		}
		if made, err = update.Save(ctx); err != nil {
			return saved("affiliate", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "affiliate", ID: fmt.Sprint(made.ID), affiliateID: id, Before: before, After: made})
	})
	return made, err
}

// NewUser is a user to create.
type NewUser struct {
	Email       string
	Name        string // may be empty
	Role        viewer.Role
	AffiliateID ids.Affiliate // of a user with the role affiliate; otherwise zero
}

// CreateUser creates a user with a password that is shown once. Managers create affiliates'
// users; admins create every kind.
func (s *Setup) CreateUser(ctx context.Context, n NewUser) (made *db.User, password string, err error) {
	email := strings.ToLower(strings.TrimSpace(n.Email))
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email || len(email) > 254 {
		return nil, "", problem.Invalid("email", "%q is not an e-mail address", n.Email)
	}
	name := strings.TrimSpace(n.Name)
	if p := within("name", name, maxName); p != nil {
		return nil, "", p
	}
	password, hash, err := newPassword(ctx)
	if err != nil {
		return nil, "", err
	}
	err = s.staffChange(ctx, func(ctx context.Context, c *change) error {
		if err := c.mayMake(ctx, n); err != nil {
			return err
		}
		create := c.client.User.Create().SetEmail(email).SetName(name).SetRole(n.Role).SetPasswordHash(hash).SetCreatedAt(c.now)
		if n.AffiliateID != 0 {
			create.SetAffiliateID(int64(n.AffiliateID))
		}
		made, err = create.Save(ctx)
		if pg.IsUnique(err, "users_email") {
			return problem.Conflict("email", "there is already a user with the e-mail address %s", email)
		}
		if err != nil {
			return saved("user", err)
		}
		return c.audit(ctx, Act{Action: "create", Entity: "user", ID: fmt.Sprint(made.ID), affiliateID: n.AffiliateID, After: made, secret: password})
	})
	if err != nil {
		return nil, "", err
	}
	return made, password, nil
}

func newPassword(ctx context.Context) (password, hash string, err error) {
	const characters = 20
	password = secret.Random()[:characters]
	hash, err = secret.HashPassword(ctx, password)
	return password, hash, err
}

func (c *change) mayMake(ctx context.Context, n NewUser) error {
	switch {
	case n.Role != viewer.Affiliate && !c.viewer.HasRole(viewer.Admin):
		return problem.Invalid("role", "only admins can create staff users, or make somebody one")
	case n.Role == viewer.Affiliate && n.AffiliateID == 0:
		return problem.Invalid("affiliateId", "choose the affiliate of the user")
	case n.Role != viewer.Affiliate && n.AffiliateID != 0:
		return problem.Invalid("affiliateId", "only users with the role affiliate have an affiliate")
	case n.Role == viewer.Affiliate:
		_, err := c.client.Affiliate.Get(ctx, int64(n.AffiliateID))
		return missing(err, "affiliateId", "affiliate")
	}
	return nil
}

// touchable finds a user that the viewer may change: never its own, and staff only for admins.
func (c *change) touchable(ctx context.Context, id int64) (*db.User, error) {
	u, err := c.client.User.Get(ctx, id)
	switch {
	case err != nil:
		return nil, missing(err, "id", "user")
	case ids.User(u.ID) == c.viewer.UserID:
		return nil, problem.Invalid("id", "this is you: change your password in your settings")
	case u.Role != viewer.Affiliate && !c.viewer.HasRole(viewer.Admin):
		return nil, problem.Invalid("id", "only admins can change staff users")
	}
	return u, nil
}

func ownerOf(u *db.User) ids.Affiliate {
	if u.AffiliateID == nil {
		return 0
	}
	return ids.Affiliate(*u.AffiliateID)
}

// UserPatch changes a user; nil fields are left unchanged.
type UserPatch struct {
	Name        *string
	Role        *viewer.Role
	AffiliateID *ids.Affiliate // of a user with the role affiliate
}

// UpdateUser renames a user, gives it another role, or moves it to another affiliate. Its sessions
// and tokens follow at once; tokens that would reach more than before are revoked.
func (s *Setup) UpdateUser(ctx context.Context, id int64, p UserPatch) (*db.User, error) {
	var made *db.User
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.touchable(ctx, id)
		if err != nil {
			return err
		}
		next, err := c.planUser(ctx, before, p)
		if err != nil {
			return err
		}
		update := c.client.User.UpdateOne(before).SetName(next.Name).SetRole(next.Role)
		if next.AffiliateID == 0 {
			update.ClearAffiliateID()
		} else {
			update.SetAffiliateID(int64(next.AffiliateID))
		}
		if made, err = update.Save(ctx); err != nil {
			return saved("user", err)
		}
		if reachesMore(before, made) {
			if err := c.revokeTokens(ctx, id); err != nil {
				return err
			}
		}
		return c.audit(ctx, Act{Action: "update", Entity: "user", ID: fmt.Sprint(id), affiliateID: ownerOf(made), Before: before, After: made})
	})
	return made, err
}

// planUser returns what a user is to be.
func (c *change) planUser(ctx context.Context, before *db.User, p UserPatch) (NewUser, error) {
	next := NewUser{Name: before.Name, Role: before.Role, AffiliateID: ownerOf(before)}
	if p.Name != nil {
		next.Name = strings.TrimSpace(*p.Name)
		if p := within("name", next.Name, maxName); p != nil {
			return next, p
		}
	}
	if p.Role != nil {
		next.Role = *p.Role
	}
	if p.AffiliateID != nil {
		next.AffiliateID = *p.AffiliateID
	} else if next.Role != viewer.Affiliate {
		next.AffiliateID = 0
	}
	if before.Role == viewer.Admin && next.Role != viewer.Admin {
		if err := c.keepsAnAdmin(ctx, before); err != nil {
			return next, err
		}
	}
	return next, c.mayMake(ctx, next)
}

// reachesMore reports whether a user sees or changes something that it did not before: a token that
// was given away must not.
func reachesMore(before, after *db.User) bool {
	roles := []viewer.Role{viewer.Affiliate, viewer.Manager, viewer.Admin} // each may do more than the one before
	return slices.Index(roles, after.Role) > slices.Index(roles, before.Role) || after.Role == viewer.Affiliate && ownerOf(after) != ownerOf(before)
}

// DeleteUser deletes a user that never signed in and did nothing.
func (s *Setup) DeleteUser(ctx context.Context, id int64) error {
	return s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.touchable(ctx, id)
		if err != nil {
			return err
		}
		if _, err := c.tx.ExecContext(ctx, `SELECT FROM users WHERE id = $1 FOR UPDATE`, id); err != nil {
			return fmt.Errorf("locking the user: %w", err)
		}
		used, err := c.uses(ctx, id, []use{
			{"API token", "API tokens", "api_tokens WHERE user_id = $1"},
			{"entry in the audit log", "entries in the audit log", "audit_entries WHERE user_id = $1"},
			{"affiliate that it manages", "affiliates that it manages", "affiliates WHERE manager_id = $1"},
		})
		switch {
		case err != nil:
			return err
		case used != "":
			return problem.Conflict("id", "it has %s: disable it instead", used)
		case before.LastSignInAt != nil:
			return problem.Conflict("id", "it has signed in: disable it instead")
		}
		if err := c.client.User.DeleteOne(before).Exec(ctx); err != nil {
			return fmt.Errorf("deleting the user: %w", err)
		}
		return c.audit(ctx, Act{Action: "delete", Entity: "user", ID: fmt.Sprint(id), affiliateID: ownerOf(before), Before: before})
	})
}

// SetUserDisabled disables a user, which ends its sessions and tokens for good, or enables it
// again.
func (s *Setup) SetUserDisabled(ctx context.Context, id int64, disabled bool) (*db.User, error) {
	var made *db.User
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		if ids.User(id) == c.viewer.UserID {
			return problem.Invalid("id", "you cannot disable yourself: another admin can")
		}
		before, err := c.touchable(ctx, id)
		if err != nil {
			return err
		}
		if disabled {
			if err := c.keepsAnAdmin(ctx, before); err != nil {
				return err
			}
		}
		update := c.client.User.UpdateOne(before)
		if disabled {
			update.SetDisabledAt(c.now).AddSessionGeneration(1)
		} else {
			update.ClearDisabledAt()
		}
		if made, err = update.Save(ctx); err != nil {
			return saved("user", err)
		}
		if disabled {
			if err := c.revokeTokens(ctx, id); err != nil {
				return err
			}
		}
		return c.audit(ctx, Act{Action: "update", Entity: "user", ID: fmt.Sprint(id), affiliateID: ownerOf(before), Before: before, After: made})
	})
	return made, err
}

// keepsAnAdmin refuses to disable the last admin who can sign in. The admins are locked: of two who disable
// each other at the same time, the second finds itself disabled, and the first the last one.
func (c *change) keepsAnAdmin(ctx context.Context, u *db.User) error {
	if u.Role != viewer.Admin || u.DisabledAt != nil {
		return nil
	}
	var others int
	err := c.tx.QueryRowContext(ctx, `
		WITH enabled AS (SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE)
		SELECT count(*) FROM enabled WHERE id <> $1`, u.ID).Scan(&others)
	if err != nil {
		return fmt.Errorf("counting the admins: %w", err)
	}
	if others == 0 {
		return problem.Invalid("id", "this is the last admin who can sign in: enable or create another first")
	}
	return nil
}

// revokeTokens revokes every token of a user whose row this transaction has changed: the row
// lock keeps others from creating one meanwhile.
func (c *change) revokeTokens(ctx context.Context, userID int64) error {
	// Staff cannot see others' tokens, and need not see them to revoke them.
	return c.client.ApiToken.Update().Where(apitoken.UserID(userID), apitoken.RevokedAtIsNil()).SetRevokedAt(c.now).Exec(viewer.AsSystem(ctx))
}

// ResetPassword gives a user a new password, shown once, which ends its sessions, and revokes
// its tokens if revokeTokens is true.
func (s *Setup) ResetPassword(ctx context.Context, id int64, revokeTokens bool) (made *db.User, password string, err error) {
	password, hash, err := newPassword(ctx)
	if err != nil {
		return nil, "", err
	}
	err = s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.touchable(ctx, id)
		if err != nil {
			return err
		}
		if made, err = c.client.User.UpdateOne(before).SetPasswordHash(hash).AddSessionGeneration(1).Save(ctx); err != nil {
			return saved("user", err)
		}
		if revokeTokens {
			if err := c.revokeTokens(ctx, id); err != nil {
				return err
			}
		}
		return c.audit(ctx, Act{Action: "reset_password", Entity: "user", ID: fmt.Sprint(id), affiliateID: ownerOf(before), After: map[string]any{"revoke_tokens": revokeTokens}, secret: password})
	})
	if err != nil {
		return nil, "", err
	}
	return made, password, nil
}
