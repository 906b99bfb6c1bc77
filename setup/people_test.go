package setup_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"postrider/ent/db"
	"postrider/ent/db/user"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

// token creates a token of a user, already revoked if revoked is true.
func (w *world) token(user int64, revoked bool) *db.ApiToken {
	w.t.Helper()
	c := w.client.ApiToken.Create().SetUserID(user).SetName("CI").SetHash([]byte(secret.Random())).SetPrefix("pr_").SetScopes(viewer.Scopes()).SetCreatedAt(pgtest.Now)
	if revoked {
		c.SetRevokedAt(pgtest.Now.Add(-time.Hour))
	}
	made, err := c.Save(w.system)
	w.must(err)
	return made
}

func TestWhatEndsWhenSomebodyIsShutOutOrGivenAPassword(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		do             func(id int64) (*db.User, error)
		tokens         bool // they are revoked
		sessions       int64
		disabled, word bool // it is disabled, and its password has changed
	}{
		"shut out":                  {func(id int64) (*db.User, error) { return w.setup.SetUserDisabled(w.staff, id, true) }, true, 1, true, false},
		"let in, who never was out": {func(id int64) (*db.User, error) { return w.setup.SetUserDisabled(w.staff, id, false) }, false, 0, false, false},
		"a new password": {func(id int64) (*db.User, error) {
			u, _, err := w.setup.ResetPassword(w.staff, id, false)
			return u, err
		}, false, 1, false, true},
		"a new password, and the tokens": {func(id int64) (*db.User, error) { u, _, err := w.setup.ResetPassword(w.staff, id, true); return u, err }, true, 1, false, true},
	} {
		user, bystander := pgtest.User(t, w.d, viewer.Affiliate, w.one.Affiliate), pgtest.User(t, w.d, viewer.Affiliate, w.one.Affiliate)
		live, ended, others := w.token(user, false), w.token(user, true), w.token(bystander, false)
		u, err := c.do(user)
		w.must(err)
		if u.SessionGeneration != c.sessions || (u.DisabledAt != nil) != c.disabled || (u.PasswordHash != "none") != c.word {
			t.Errorf("%s: generation %d, out since %v, password %s", name, u.SessionGeneration, u.DisabledAt, u.PasswordHash)
		}
		at := func(token *db.ApiToken) *time.Time { return w.client.ApiToken.GetX(w.system, token.ID).RevokedAt }
		if end := at(live); (end != nil) != c.tokens || end != nil && !end.Equal(pgtest.Now) {
			t.Errorf("%s: its token ends %v", name, end)
		}
		if end := at(ended); !end.Equal(pgtest.Now.Add(-time.Hour)) {
			t.Errorf("%s: its token that had ended ends %v", name, end)
		}
		if end := at(others); end != nil {
			t.Errorf("%s: another's token ends %v", name, end)
		}
		if other := w.client.User.GetX(w.system, bystander); other.SessionGeneration != 0 || other.DisabledAt != nil || other.PasswordHash != "none" {
			t.Errorf("%s: another is touched: %+v", name, other)
		}
	}
}

func TestWhoIsLetInAgainHasNothingOfBefore(t *testing.T) {
	w := newWorld(t)
	user := pgtest.User(t, w.d, viewer.Affiliate, w.one.Affiliate)
	token := w.token(user, false)
	_, err := w.setup.SetUserDisabled(w.staff, user, true)
	w.must(err)
	in, err := w.setup.SetUserDisabled(w.staff, user, false)
	w.must(err)
	if in.DisabledAt != nil || in.SessionGeneration != 1 || w.client.ApiToken.GetX(w.system, token.ID).RevokedAt == nil {
		t.Errorf("enabled again it is %+v", in)
	}
}

func TestWhoMakesAndChangesWhom(t *testing.T) {
	w := newWorld(t)
	admin := w.as(viewer.Admin, 0)
	for _, role := range viewer.Roles() {
		var affiliate int64
		if role == viewer.Affiliate {
			affiliate = w.one.Affiliate
		}
		made, password, err := w.setup.CreateUser(admin, setup.NewUser{Email: string(role) + "@example.com", Role: role, AffiliateID: ids.Affiliate(affiliate)})
		w.must(err)
		if ok, err := secret.MatchPassword(t.Context(), password, made.PasswordHash); !ok || err != nil || len(password) != 20 || made.Role != role || ownerOf(made) != affiliate {
			t.Errorf("%s: made %+v with %q: %v", role, made, password, err)
		}
		_, again, err := w.setup.ResetPassword(admin, made.ID, false)
		w.must(err)
		now := w.client.User.GetX(w.system, made.ID)
		if ok, err := secret.MatchPassword(t.Context(), again, now.PasswordHash); !ok || err != nil || again == password {
			t.Errorf("%s: the new password %q does not open %+v: %v", role, again, now, err)
		}
		_, err = w.setup.SetUserDisabled(w.staff, made.ID, true)
		if want := map[bool]string{true: "", false: "INVALID id"}[role == viewer.Affiliate]; said(err) != want {
			t.Errorf("%s: a manager shuts it out: %v, want %q", role, err, want)
		}
		if out, err := w.setup.SetUserDisabled(admin, made.ID, true); err != nil || out.DisabledAt == nil {
			t.Errorf("%s: an admin shuts it out: %v", role, err)
		}
	}
}

// Two admins who disable each other at the same time would leave nobody who could enable either.
func TestTheLastAdminStays(t *testing.T) {
	w := newWorld(t)
	one, two := w.as(viewer.Admin, 0), w.as(viewer.Admin, 0)
	id := func(ctx context.Context) int64 { return int64(viewer.From(ctx).UserID) }
	if _, err := w.setup.SetUserDisabled(one, id(one), true); said(err) != "INVALID id" || !strings.Contains(err.Error(), "cannot disable yourself") {
		t.Errorf("oneself: %v", err)
	}
	results := make(chan error, 2)
	for _, c := range []struct{ by, whom context.Context }{{one, two}, {two, one}} {
		go func() {
			_, err := w.setup.SetUserDisabled(c.by, id(c.whom), true)
			results <- err
		}()
	}
	first, second := <-results, <-results
	if first != nil {
		first, second = second, first
	}
	if first != nil || said(second) != "INVALID id" || !strings.Contains(second.Error(), "last admin") {
		t.Errorf("each other: %v and %v", first, second)
	}
	if n := w.client.User.Query().Where(user.RoleEQ(viewer.Admin), user.DisabledAtIsNil()).CountX(w.system); n != 1 {
		t.Errorf("%d admins can sign in", n)
	}
}

func TestAnAffiliatesManagerIsAnEnabledUserOfTheNetwork(t *testing.T) {
	w := newWorld(t)
	manager, gone := ids.User(pgtest.User(t, w.d, viewer.Manager, 0)), ids.User(pgtest.User(t, w.d, viewer.Manager, 0, func(c *db.UserCreate) { c.SetDisabledAt(pgtest.Now) }))
	own := ids.User(pgtest.User(t, w.d, viewer.Affiliate, w.one.Affiliate))
	of := ids.Affiliate(w.one.Affiliate)
	made, err := w.setup.SetManager(w.staff, of, manager)
	w.must(err)
	if made.ManagerID == nil || *made.ManagerID != int64(manager) || w.client.Affiliate.GetX(w.system, w.other.Affiliate).ManagerID != nil {
		t.Errorf("the manager is %v", made.ManagerID)
	}
	for _, refused := range []ids.User{gone, own, 1 << 40} {
		if _, err := w.setup.SetManager(w.staff, of, refused); said(err) != map[bool]string{true: "NOT_FOUND userId", false: "INVALID userId"}[refused == 1<<40] {
			t.Errorf("user %d: %v", refused, err)
		}
	}
	if _, err := w.setup.SetManager(w.oneCtx, of, manager); err == nil {
		t.Error("an affiliate chose its manager")
	}
	if made, err := w.setup.SetManager(w.staff, of, 0); err != nil || made.ManagerID != nil {
		t.Errorf("nobody: %v, %v", made, err)
	}
	if log := w.audit("affiliate"); len(log) != 2 || log[0].After["manager_id"] == nil || log[1].Before["manager_id"] == nil {
		t.Errorf("%+v", log)
	}
}

func ownerOf(u *db.User) int64 { return orZero(u.AffiliateID) }

func TestANewAffiliateHasALinkToEveryOfferAndAnEchoOfItsOwn(t *testing.T) {
	w := newWorld(t)
	first, err := w.setup.CreateAffiliate(w.staff, " Bright Reels ")
	w.must(err)
	second, err := w.setup.CreateAffiliate(w.staff, "Bright Reels")
	w.must(err)
	if first.Name != "Bright Reels" || first.EchoKey == second.EchoKey || len(first.EchoKey) < 32 {
		t.Errorf("%+v and %+v", first, second)
	}
	renamed, err := w.setup.UpdateAffiliate(w.staff, first.ID, "Brighter Reels")
	if w.must(err); renamed.Name != "Brighter Reels" || renamed.EchoKey != first.EchoKey {
		t.Errorf("renamed it is %+v, was %+v", renamed, first)
	}
	for _, a := range []int64{first.ID, second.ID} {
		var links, offers int
		w.must(w.d.SQL.QueryRowContext(t.Context(), `
			SELECT (SELECT count(DISTINCT offer_id) FROM tracking_links WHERE affiliate_id = $1 AND campaign_id IS NULL), (SELECT count(*) FROM offers)`, a).Scan(&links, &offers))
		if links != offers {
			t.Errorf("affiliate %d has links to %d of %d offers", a, links, offers)
		}
	}
}
