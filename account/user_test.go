package account_test

import (
	"context"
	"net/http"
	"testing"

	"postrider/account"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("taken@acme.example", viewer.Manager)
	as := func(role viewer.Role) context.Context {
		return viewer.With(t.Context(), &viewer.Viewer{UserID: 99, Role: role, AffiliateID: ids.Affiliate(w.affiliate.ID), Scopes: viewer.Scopes()})
	}
	affiliates := w.affiliate.ID
	for _, tc := range []struct {
		name string
		ctx  context.Context
		user account.NewUser
		code problem.Code
	}{
		{"an admin makes an admin", as(viewer.Admin), account.NewUser{"a@x.example", password, viewer.Admin, 0}, ""},
		{"a manager makes an affiliate's", as(viewer.Manager), account.NewUser{"b@x.example", password, viewer.Affiliate, ids.Affiliate(affiliates)}, ""},
		{"a manager makes no manager", as(viewer.Manager), account.NewUser{"c@x.example", password, viewer.Manager, 0}, problem.CodeForbidden},
		{"an affiliate makes none", as(viewer.Affiliate), account.NewUser{"d@x.example", password, viewer.Affiliate, ids.Affiliate(affiliates)}, problem.CodeForbidden},
		{"nobody makes none", t.Context(), account.NewUser{"e@x.example", password, viewer.Affiliate, ids.Affiliate(affiliates)}, problem.CodeUnauthenticated},
		{"an address twice, spelled otherwise", w.system, account.NewUser{"Taken@ACME.example", password, viewer.Admin, 0}, problem.CodeConflict},
		{"no address", w.system, account.NewUser{"Ann <ann@x.example>", password, viewer.Admin, 0}, problem.CodeInvalid},
		{"a short password", w.system, account.NewUser{"f@x.example", "short", viewer.Admin, 0}, problem.CodeInvalid},
		{"an affiliate's without affiliate", w.system, account.NewUser{"g@x.example", password, viewer.Affiliate, 0}, problem.CodeInvalid},
		{"staff with affiliate", w.system, account.NewUser{"h@x.example", password, viewer.Manager, ids.Affiliate(affiliates)}, problem.CodeInvalid},
		{"an affiliate that does not exist", w.system, account.NewUser{"i@x.example", password, viewer.Affiliate, 4711}, problem.CodeNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			created, err := w.accounts.CreateUser(tc.ctx, tc.user)
			wantCode(t, err, tc.code)
			if err == nil && (created.Email == "" || created.PasswordHash == tc.user.Password) {
				t.Fatalf("got %+v", created)
			}
		})
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	_, err := b.signIn("ann@acme.example", password)
	must(t, err)
	b.do(http.MethodPost, func(ctx context.Context) {
		wantCode(t, w.accounts.ChangePassword(ctx, "not the present one", "another fine password", true), problem.CodeInvalid)
		wantCode(t, w.accounts.ChangePassword(ctx, password, "short", true), problem.CodeInvalid)
		must(t, w.accounts.ChangePassword(ctx, password, "another fine password", true))
	})
	_, err = (&browser{w: w}).signIn("ann@acme.example", password)
	wantCode(t, err, problem.CodeUnauthenticated)
	_, err = (&browser{w: w}).signIn("ann@acme.example", "another fine password")
	must(t, err)
	wantCode(t, w.accounts.ChangePassword(t.Context(), password, password, true), problem.CodeUnauthenticated)
}

func TestSetTimeZone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	ann := viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(u.ID), Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.affiliate.ID)})
	for _, zone := range []string{"Europe/Riga", ""} {
		must(t, w.accounts.SetTimeZone(ann, zone))
		row, err := w.client.User.Get(ann, u.ID)
		must(t, err)
		if row.TimeZone != zone {
			t.Errorf("got %q, want %q", row.TimeZone, zone)
		}
	}
	for _, zone := range []string{"Riga", "Local", "../etc/passwd"} {
		wantCode(t, w.accounts.SetTimeZone(ann, zone), problem.CodeInvalid)
	}
}
