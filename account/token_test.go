package account_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postrider/account"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

func TestTokenSignsAProgramIn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	row, token, err := w.accounts.CreateTokenFor(w.system, "ann@acme.example", account.NewToken{Name: "reports", Scopes: []string{"READ"}})
	must(t, err)
	if !strings.HasPrefix(token, row.Prefix[:8]) || strings.Contains(string(row.Hash), token) {
		t.Fatalf("prefix %q of %q", row.Prefix, token)
	}

	v := (&browser{w: w}).viewer("Authorization: Bearer " + token)
	if v == nil || v.UserID != ids.User(u.ID) || v.AffiliateID != ids.Affiliate(w.affiliate.ID) || v.TokenID != row.ID || !v.May(viewer.Read) || v.May(viewer.Write) {
		t.Fatalf("got %+v", v)
	}
	used, err := w.client.ApiToken.Get(w.system, row.ID)
	must(t, err)
	if used.LastUsedAt == nil || !used.LastUsedAt.Equal(w.now) {
		t.Errorf("last used %v", used.LastUsedAt)
	}
}

func TestTokenThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	soon := w.now.Add(time.Hour)
	ann := viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(u.ID), Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.affiliate.ID), Scopes: viewer.Scopes()})
	create := func(expires *time.Time) (int64, string) {
		row, token, err := w.accounts.CreateToken(ann, account.NewToken{Name: "x", ExpiresAt: expires})
		must(t, err)
		return row.ID, token
	}
	revokedID, revoked := create(nil)
	_, err := w.accounts.RevokeToken(w.system, revokedID)
	must(t, err)
	_, err = w.accounts.RevokeToken(w.system, revokedID) // idempotent
	must(t, err)
	_, expired := create(&soon)
	w.wait(2 * time.Hour)
	_, good := create(nil)

	for name, authorization := range map[string]string{
		"revoked": "Bearer " + revoked, "expired": "Bearer " + expired, "another scheme": "Basic " + good,
		"changed": "Bearer " + good[:len(good)-2] + "AA", "nothing": "Bearer", "a word": "Bearer token",
	} {
		reached := false
		res := (&browser{w: w}).do(http.MethodPost, func(context.Context) { reached = true }, "Authorization: "+authorization)
		if res.StatusCode != http.StatusUnauthorized || reached || readError(t, res) != "UNAUTHENTICATED" {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	must(t, w.client.User.Update().SetDisabledAt(w.now).Exec(w.system))
	_, err = w.accounts.Authenticate(t.Context(), "Bearer "+good)
	wantCode(t, err, problem.CodeUnauthenticated)
}

func TestCreateTokenGivesNoMoreThanOneHas(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	_, own, err := w.accounts.CreateTokenFor(w.system, u.Email, account.NewToken{Name: "its own", Scopes: []string{"read", "write"}})
	must(t, err)
	v, err := w.accounts.Authenticate(t.Context(), "Bearer "+own)
	must(t, err)
	reader := viewer.With(t.Context(), v)
	past := w.now.Add(-time.Second)
	for _, tc := range []struct {
		name    string
		ctx     context.Context
		token   string
		scopes  []string
		expires *time.Time
		code    problem.Code
	}{
		{"what one has", reader, "a", []string{"write"}, nil, ""},
		{"more than one has", reader, "a", []string{"replay"}, nil, problem.CodeForbidden},
		{"a scope that is none", reader, "a", []string{"everything"}, nil, problem.CodeInvalid},
		{"no name", reader, " ", nil, nil, problem.CodeInvalid},
		{"one that is over already", reader, "a", nil, &past, problem.CodeInvalid},
		{"for nobody", t.Context(), "a", nil, nil, problem.CodeUnauthenticated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := w.accounts.CreateToken(tc.ctx, account.NewToken{Name: tc.token, Scopes: tc.scopes, ExpiresAt: tc.expires})
			wantCode(t, err, tc.code)
		})
	}
	row, _, err := w.accounts.CreateToken(reader, account.NewToken{Name: "all that I may"})
	must(t, err)
	if !slices.Equal(row.Scopes, []viewer.Scope{viewer.Read, viewer.Write}) {
		t.Fatalf("scopes %v", row.Scopes)
	}
	_, _, err = w.accounts.CreateTokenFor(reader, "ann@acme.example", account.NewToken{Name: "a"})
	wantCode(t, err, problem.CodeForbidden)
	_, _, err = w.accounts.CreateTokenFor(w.system, "nobody@acme.example", account.NewToken{Name: "a"})
	wantCode(t, err, problem.CodeNotFound)
}

// A user revokes its own tokens, managers those of affiliates' users, admins all.
func TestWhoRevokesAnothersToken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann := w.user("ann@acme.example", viewer.Affiliate)
	as := func(u *db.User, role viewer.Role) context.Context {
		v := &viewer.Viewer{UserID: ids.User(u.ID), Role: role, Scopes: viewer.Scopes()}
		if role == viewer.Affiliate {
			v.AffiliateID = ids.Affiliate(w.affiliate.ID)
		}
		return viewer.With(t.Context(), v)
	}
	colleague := as(w.user("ben@acme.example", viewer.Affiliate), viewer.Affiliate)
	manager := as(w.user("mia@acme.example", viewer.Manager), viewer.Manager)
	boss := w.user("root@acme.example", viewer.Admin)
	for name, c := range map[string]struct {
		of   string
		by   context.Context
		code problem.Code
	}{
		"a colleague":                 {ann.Email, colleague, problem.CodeNotFound},
		"a manager":                   {ann.Email, manager, ""},
		"an admin":                    {"mia@acme.example", as(boss, viewer.Admin), ""},
		"a manager, of an admin":      {boss.Email, manager, problem.CodeForbidden},
		"an affiliate's, of an admin": {boss.Email, colleague, problem.CodeNotFound},
	} {
		row, token, err := w.accounts.CreateTokenFor(w.system, c.of, account.NewToken{Name: "x"})
		must(t, err)
		if _, err = w.accounts.RevokeToken(c.by, row.ID); problem.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want the code %q", name, err, c.code)
		}
		_, err = w.accounts.Authenticate(t.Context(), "Bearer "+token)
		if (err == nil) != (c.code != "") {
			t.Errorf("%s: the token opens: %v", name, err)
		}
	}
}
