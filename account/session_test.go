package account_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

func TestSignInOpensASession(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	if b.viewer() != nil {
		t.Fatal("somebody is signed in before anybody did")
	}

	v, err := b.signIn(" Ann@Acme.example ", password)
	must(t, err)
	if v.UserID != ids.User(u.ID) || v.AffiliateID != ids.Affiliate(w.affiliate.ID) || v.Role != viewer.Affiliate || !v.May(viewer.Replay) {
		t.Fatalf("got %+v", v)
	}
	if again := b.viewer(); again == nil || again.UserID != ids.User(u.ID) || again.AffiliateID != ids.Affiliate(w.affiliate.ID) {
		t.Fatalf("the next request is %+v's", again)
	}
	row, err := w.client.User.Get(w.system, u.ID)
	must(t, err)
	if row.LastSignInAt == nil || !row.LastSignInAt.Equal(w.now) {
		t.Errorf("last sign-in %v", row.LastSignInAt)
	}
}

func TestCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	res := b.do(http.MethodPost, func(ctx context.Context) {
		_, err := w.accounts.SignIn(ctx, "ann@acme.example", password)
		must(t, err)
	})
	cookies := res.Header.Values("Set-Cookie")
	for _, cookie := range cookies {
		for _, want := range []string{"__Host-postrider_", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("%q lacks %s", cookie, want)
			}
		}
	}
	if len(cookies) != 2 || b.cookie == "" || b.device == "" {
		t.Errorf("the cookies are %q", cookies)
	}
	var stored int
	rows, err := w.client.QueryContext(w.system, "SELECT count(*) FROM sessions WHERE token = $1", strings.TrimPrefix(b.cookie, "__Host-postrider_session="))
	must(t, err)
	defer rows.Close()
	if !rows.Next() || rows.Scan(&stored) != nil || stored != 0 {
		t.Error("the cookie's value is in the database as it is")
	}
}

func TestSignInThatFailsTellsNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	gone := w.user("gone@acme.example", viewer.Affiliate)
	must(t, w.client.User.UpdateOne(gone).SetDisabledAt(w.now).Exec(w.system))

	var words string
	for name, try := range map[string][2]string{
		"wrong password": {"ann@acme.example", "wrong password"}, "nobody": {"bob@acme.example", password},
		"disabled": {"gone@acme.example", password}, "no address": {"", password}, "no password": {"ann@acme.example", ""},
	} {
		b := &browser{w: w}
		_, err := b.signIn(try[0], try[1])
		wantCode(t, err, problem.CodeUnauthenticated)
		if words == "" {
			words = err.Error()
		}
		if err.Error() != words || b.viewer() != nil || b.cookie != "" {
			t.Errorf("%s: %v, cookie %q", name, err, b.cookie)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w *world, b *browser){
		"by signing out": func(t *testing.T, w *world, b *browser) {
			b.do(http.MethodPost, func(ctx context.Context) { must(t, w.accounts.SignOut(ctx)) })
		},
		"by time": func(_ *testing.T, w *world, _ *browser) { w.wait(10 * 365 * 24 * time.Hour) },
		"with its user": func(t *testing.T, w *world, _ *browser) {
			must(t, w.client.User.Update().SetDisabledAt(w.now).Exec(w.system))
		},
		"with its password": func(t *testing.T, w *world, _ *browser) {
			other := &browser{w: w}
			_, err := other.signIn("ann@acme.example", password)
			must(t, err)
			other.do(http.MethodPost, func(ctx context.Context) {
				must(t, w.accounts.ChangePassword(ctx, password, "another fine password", true))
			})
			if other.viewer() == nil {
				t.Error("the browser that changed the password was signed out")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.t = t
			w.user("ann@acme.example", viewer.Affiliate)
			b := &browser{w: w}
			_, err := b.signIn("ann@acme.example", password)
			must(t, err)
			before := b.cookie
			end(t, w, b)
			if v := (&browser{w: w, cookie: before}).viewer(); v != nil {
				t.Fatalf("it still opens as %+v", v)
			}
		})
	}
}

func TestSignInGivesAnotherCookieThanThePlantedOne(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	_, err := b.signIn("ann@acme.example", password)
	must(t, err)
	planted := b.cookie
	_, err = b.signIn("ann@acme.example", password)
	must(t, err)
	if b.cookie == planted || (&browser{w: w, cookie: planted}).viewer() != nil {
		t.Fatal("the cookie from before the sign-in still opens")
	}
}

func TestSignInNeedsARequestThatCanCarryACookie(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	b.do(http.MethodPost, func(ctx context.Context) {
		_, err := w.accounts.SignIn(ctx, "ann@acme.example", password)
		wantCode(t, err, problem.CodeInvalid)
		wantCode(t, w.accounts.SignOut(ctx), problem.CodeInvalid)
	}, "Accept: text/event-stream")
}
