package account_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"postrider/account"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// kept is the expected state of a token: the reference that the program is checked against.
type kept struct {
	id      int64
	text    string
	parent  *kept // nil for one that was created in a session
	scopes  []viewer.Scope
	expires *time.Time
	revoked bool
}

// opens reports whether a token should authenticate: neither it nor an ancestor has ended.
func (k *kept) opens(now time.Time) bool {
	if k == nil {
		return true
	}
	return !k.revoked && (k.expires == nil || k.expires.After(now)) && k.parent.opens(now)
}

func (k *kept) within(other *kept) bool {
	for _, s := range k.scopes {
		if other != nil && !slices.Contains(other.scopes, s) {
			return false
		}
	}
	return other == nil || other.expires == nil || k.expires != nil && !k.expires.After(*other.expires)
}

// Whatever tokens create, in whatever order they are created, revoked and expire: no token has
// more scopes than an ancestor, nor a later end.
func TestNothingThatATokenMakesExceedsIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	session := &viewer.Viewer{UserID: ids.User(u.ID), Role: u.Role, AffiliateID: ids.Affiliate(w.affiliate.ID), Scopes: viewer.Scopes()}
	r := rand.New(rand.NewPCG(12, 26))
	var all []*kept
	for step := range 300 {
		var with *kept
		if len(all) > 0 && r.IntN(6) > 0 {
			with = all[len(all)-1-r.IntN(min(len(all), 12))] // families get deep
		}
		switch r.IntN(12) {
		case 0:
			w.wait(time.Duration(r.IntN(90)) * time.Minute)
		case 1:
			for with != nil && with.parent != nil && r.IntN(3) > 0 {
				with = with.parent // so that more than children end with it
			}
			if with != nil {
				_, err := w.accounts.RevokeToken(viewer.With(t.Context(), session), with.id)
				must(t, err)
				with.revoked = true
			}
		default:
			if made := w.tryToMake(t, r, session, with); made != nil {
				all = append(all, made)
			}
		}
		if step%10 == 0 || step > 290 {
			w.holdAgainst(t, all)
		}
	}
	if len(all) < 50 {
		t.Errorf("only %d tokens were made: the test tests little", len(all))
	}
}

// tryToMake requests a token with random scopes and a random end, through a token or the
// session; nil if it was refused.
func (w *world) tryToMake(t *testing.T, r *rand.Rand, session *viewer.Viewer, with *kept) *kept {
	t.Helper()
	v := session
	if with != nil {
		var err error
		if v, err = w.accounts.Authenticate(t.Context(), "Bearer "+with.text); !with.opens(w.clock()) {
			wantCode(t, err, problem.CodeUnauthenticated)
			return nil
		}
		must(t, err)
	}
	wish := account.NewToken{Name: "x"}
	among := v.Scopes
	if r.IntN(4) == 0 {
		among = viewer.Scopes() // perhaps more than it may grant
	}
	for _, s := range among {
		if r.IntN(4) > 0 {
			wish.Scopes = append(wish.Scopes, string(s))
		}
	}
	if r.IntN(4) == 0 {
		at := w.clock().Add(time.Duration(1+r.IntN(30)) * time.Hour)
		wish.ExpiresAt = &at
	}
	row, text, err := w.accounts.CreateToken(viewer.With(t.Context(), v), wish)
	if code := problem.CodeOf(err); code == problem.CodeForbidden || code == problem.CodeInvalid {
		return nil
	}
	must(t, err)
	made := &kept{id: row.ID, text: text, parent: with, scopes: row.Scopes, expires: row.ExpiresAt}
	if !made.within(with) {
		t.Fatalf("%v until %v was made with %v until %v", made.scopes, made.expires, with.scopes, with.expires)
	}
	return made
}

func (w *world) holdAgainst(t *testing.T, all []*kept) {
	t.Helper()
	for _, k := range all {
		v, err := w.accounts.Authenticate(t.Context(), "Bearer "+k.text)
		if opens := k.opens(w.clock()); opens != (err == nil) {
			t.Fatalf("token %d: should it open? %v; it ends with %v", k.id, opens, err)
		}
		if err == nil && !slices.Equal(v.Scopes, k.scopes) {
			t.Fatalf("token %d may %v, and was made with %v", k.id, v.Scopes, k.scopes)
		}
	}
}

func TestATokenEndsWhenItsParentDoesUnlessSaidEarlier(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	end, earlier, later := w.now.Add(time.Hour), w.now.Add(time.Minute), w.now.Add(2*time.Hour)
	session := viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(u.ID), Role: u.Role, AffiliateID: ids.Affiliate(w.affiliate.ID), Scopes: viewer.Scopes()})
	parent, text, err := w.accounts.CreateToken(session, account.NewToken{Name: "parent", Scopes: []string{"read", "secrets"}, ExpiresAt: &end})
	must(t, err)
	v, err := w.accounts.Authenticate(t.Context(), "Bearer "+text)
	must(t, err)
	through := viewer.With(t.Context(), v)
	for name, c := range map[string]struct{ asked, want *time.Time }{"left out": {nil, &end}, "earlier": {&earlier, &earlier}, "the same": {&end, &end}} {
		made, _, err := w.accounts.CreateToken(through, account.NewToken{Name: "child", ExpiresAt: c.asked})
		must(t, err)
		if made.ExpiresAt == nil || !made.ExpiresAt.Equal(*c.want) || made.ParentID == nil || *made.ParentID != parent.ID {
			t.Errorf("%s: it expires at %v and is the child of %v", name, made.ExpiresAt, made.ParentID)
		}
		if !slices.Equal(made.Scopes, []viewer.Scope{viewer.Read}) {
			t.Errorf("%s: without scopes it gets %v; secrets have to be named", name, made.Scopes)
		}
	}
	_, _, err = w.accounts.CreateToken(through, account.NewToken{Name: "child", ExpiresAt: &later})
	wantCode(t, err, problem.CodeInvalid)
}

// Tokens that are created while their parent is revoked end too.
func TestATokenThatIsMadeWhileItsParentEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	u := w.user("ann@acme.example", viewer.Affiliate)
	session := viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(u.ID), Role: u.Role, AffiliateID: ids.Affiliate(w.affiliate.ID), Scopes: viewer.Scopes()})
	for range 10 {
		parent, text, err := w.accounts.CreateToken(session, account.NewToken{Name: "parent", Scopes: []string{"secrets"}})
		must(t, err)
		v, err := w.accounts.Authenticate(t.Context(), "Bearer "+text)
		must(t, err)
		var mu sync.Mutex
		var made []string
		var makers sync.WaitGroup
		for range 4 {
			makers.Go(func() {
				_, text, err := w.accounts.CreateToken(viewer.With(t.Context(), v), account.NewToken{Name: "child", Scopes: []string{"secrets"}})
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					made = append(made, text)
				} else if problem.CodeOf(err) != problem.CodeUnauthenticated {
					t.Error(err)
				}
			})
		}
		_, err = w.accounts.RevokeToken(session, parent.ID)
		must(t, err)
		makers.Wait()
		for _, text := range made {
			_, err := w.accounts.Authenticate(t.Context(), "Bearer "+text)
			wantCode(t, err, problem.CodeUnauthenticated)
		}
	}
}

// A viewer of a session that has ended, as on an open socket, creates no token.
func TestASessionThatIsOverMakesNoToken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	_, err := b.signIn("ann@acme.example", password)
	must(t, err)
	old := viewer.With(t.Context(), b.viewer())
	b.do(http.MethodPost, func(ctx context.Context) {
		must(t, w.accounts.ChangePassword(ctx, password, "another fine password", true))
	})
	_, _, err = w.accounts.CreateToken(old, account.NewToken{Name: "x"})
	wantCode(t, err, problem.CodeUnauthenticated)
	_, _, err = w.accounts.CreateToken(viewer.With(t.Context(), b.viewer()), account.NewToken{Name: "x"})
	must(t, err)
}

func TestChangingAPasswordEndsTokens(t *testing.T) {
	t.Parallel()
	for _, revoke := range []bool{true, false} {
		t.Run(fmt.Sprint(revoke), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.t = t
			w.user("ann@acme.example", viewer.Affiliate)
			_, token, err := w.accounts.CreateTokenFor(w.system, "ann@acme.example", account.NewToken{Name: "x"})
			must(t, err)
			b := &browser{w: w}
			_, err = b.signIn("ann@acme.example", password)
			must(t, err)
			b.do(http.MethodPost, func(ctx context.Context) {
				must(t, w.accounts.ChangePassword(ctx, password, "another fine password", revoke))
			})
			if _, err := w.accounts.Authenticate(t.Context(), "Bearer "+token); revoke != (problem.CodeOf(err) == problem.CodeUnauthenticated) {
				t.Errorf("the token ends with %v", err)
			}
		})
	}
}
