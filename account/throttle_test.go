package account_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// guess is a try with a wrong password.
func (b *browser) guess(email string) error {
	_, err := b.signIn(email, "wrong password")
	return err
}

// However many tries arrive at once, five are evaluated; meanwhile the owner is not locked
// out, neither elsewhere nor in its own browser beside the attacker's.
func TestAHundredGuessesAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	own := &browser{w: w}
	_, err := own.signIn("ann@acme.example", password)
	must(t, err)
	before := w.hasher.Hashed()
	var wrong, refused atomic.Int64
	var guesses sync.WaitGroup
	for range 100 {
		guesses.Go(func() {
			switch err := (&browser{w: w}).guess("ann@acme.example"); problem.CodeOf(err) {
			case problem.CodeUnauthenticated:
				wrong.Add(1)
			case problem.CodeRateLimited:
				refused.Add(1)
			default:
				t.Errorf("a guess ends with %v", err)
			}
		})
	}
	_, err = (&browser{w: w, addr: "198.51.100.7"}).signIn("ann@acme.example", password)
	must(t, err)
	_, err = own.signIn("ann@acme.example", password)
	must(t, err)
	guesses.Wait()
	if evaluated := w.hasher.Hashed() - before - 2; evaluated != 5 || wrong.Load() != 5 || refused.Load() != 95 {
		t.Errorf("%d guesses were hashed, %d answered as wrong, %d refused; want 5, 5, 95", evaluated, wrong.Load(), refused.Load())
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	guess := func() error { return (&browser{w: w}).guess(" ANN@acme.example") }
	for range 5 {
		wantCode(t, guess(), problem.CodeUnauthenticated)
	}
	wantCode(t, guess(), problem.CodeRateLimited)
	_, err := b.signIn("ann@acme.example", password)
	wantCode(t, err, problem.CodeRateLimited) // even the right one: the answer must reveal nothing
	wantCode(t, (&browser{w: w, addr: "203.0.113.200"}).guess("ann@acme.example"), problem.CodeRateLimited)

	w.wait(time.Minute)
	wantCode(t, guess(), problem.CodeUnauthenticated)
	wantCode(t, guess(), problem.CodeRateLimited)
	w.wait(time.Minute)
	_, err = b.signIn("ann@acme.example", password)
	must(t, err)
	wantCode(t, guess(), problem.CodeUnauthenticated) // forgiven
}

func TestOneClientCannotTryManyAccounts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	own := &browser{w: w}
	for range 40 { // correct ones do not count
		own.device = ""
		_, err := own.signIn("ann@acme.example", password)
		must(t, err)
	}
	for i := range 30 {
		wantCode(t, (&browser{w: w}).guess(fmt.Sprintf("%d@guess.example", i)), problem.CodeUnauthenticated)
	}
	_, err := (&browser{w: w}).signIn("ann@acme.example", password)
	wantCode(t, err, problem.CodeRateLimited)
	_, err = (&browser{w: w, addr: "198.51.100.7"}).signIn("ann@acme.example", password)
	must(t, err)
	_, err = own.signIn("ann@acme.example", password)
	must(t, err)
}

// Many clients at one account are limited together, long after a single one; one that has
// signed in before is not.
func TestManyClientsAtOneAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	own := &browser{w: w}
	_, err := own.signIn("ann@acme.example", password)
	must(t, err)
	for i := range 20 {
		for range 5 {
			wantCode(t, (&browser{w: w, addr: fmt.Sprintf("198.51.%d.7", i)}).guess("ann@acme.example"), problem.CodeUnauthenticated)
		}
	}
	wantCode(t, (&browser{w: w, addr: "2001:db8::1"}).guess("ann@acme.example"), problem.CodeRateLimited)
	_, err = own.signIn("ann@acme.example", password)
	must(t, err)
}

// The cookie by which a browser is recognised is invalid for another account, and if it was
// not sealed here.
func TestAKnownBrowser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	w.user("bob@acme.example", viewer.Affiliate)
	own := &browser{w: w}
	_, err := own.signIn("ann@acme.example", password)
	must(t, err)
	for range 5 {
		wantCode(t, (&browser{w: w}).guess("ann@acme.example"), problem.CodeUnauthenticated)
		wantCode(t, (&browser{w: w}).guess("bob@acme.example"), problem.CodeUnauthenticated)
	}
	wantCode(t, (&browser{w: w, device: own.device}).guess("bob@acme.example"), problem.CodeRateLimited)
	for name, device := range map[string]string{"changed": own.device[:len(own.device)-4] + "AAAA", "none": "__Host-postrider_device=", "words": "__Host-postrider_device=ann"} {
		if err := (&browser{w: w, device: device}).guess("ann@acme.example"); problem.CodeOf(err) != problem.CodeRateLimited {
			t.Errorf("a cookie that is %s: %v", name, err)
		}
	}
	kept := own.device
	if v := (&browser{w: w, device: kept}).viewer(); v != nil {
		t.Errorf("it opens as %+v", v)
	}
	for range 5 {
		wantCode(t, (&browser{w: w, device: kept}).guess("ann@acme.example"), problem.CodeUnauthenticated)
	}
	wantCode(t, (&browser{w: w, device: kept}).guess("ann@acme.example"), problem.CodeRateLimited)
	if strings.Contains(kept, "ann") {
		t.Error("the cookie says whose it is")
	}
}

// A client with a session but not the password can neither keep guessing nor lock the owner
// out.
func TestChangingAPasswordHasACounterOfItsOwn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	b := &browser{w: w}
	_, err := b.signIn("ann@acme.example", password)
	must(t, err)
	change := func(current string) (err error) {
		b.do(http.MethodPost, func(ctx context.Context) {
			err = w.accounts.ChangePassword(ctx, current, "another fine password", true)
		})
		return err
	}
	for range 5 {
		wantCode(t, change("wrong password"), problem.CodeInvalid)
	}
	wantCode(t, change(password), problem.CodeRateLimited)
	_, err = (&browser{w: w}).signIn("ann@acme.example", password)
	must(t, err)
	w.wait(time.Minute)
	must(t, change(password))
}

// A missing account costs as much work as an existing one.
func TestNobodyCostsAsMuchAsSomebody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.user("ann@acme.example", viewer.Affiliate)
	for _, email := range []string{"ann@acme.example", "nobody@acme.example"} {
		before := w.hasher.Hashed()
		for range 5 {
			wantCode(t, (&browser{w: w}).guess(email), problem.CodeUnauthenticated)
		}
		wantCode(t, (&browser{w: w}).guess(email), problem.CodeRateLimited)
		if hashed := w.hasher.Hashed() - before; hashed != 5 {
			t.Errorf("%s: %d were hashed", email, hashed)
		}
	}
}
