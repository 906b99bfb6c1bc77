package account_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"postrider/account"
	"postrider/internal/viewer"
)

// A stream ends when its session or token does, for whatever reason.
func TestAStreamEndsWithItsSignIn(t *testing.T) {
	t.Parallel()
	// opened is a signed-in user: what opens the stream and what ends it.
	type opened struct {
		browser *browser
		headers []string
		end     func()
	}
	token := func(t *testing.T, w *world) (id int64, header string) {
		row, token, err := w.accounts.CreateTokenFor(w.system, "ann@acme.example", account.NewToken{Name: "x"})
		must(t, err)
		return row.ID, "Authorization: Bearer " + token
	}
	session := func(t *testing.T, w *world) *browser {
		b := &browser{w: w}
		_, err := b.signIn("ann@acme.example", password)
		must(t, err)
		return b
	}
	for name, open := range map[string]func(t *testing.T, w *world, user int64) opened{
		"a token that is revoked": func(t *testing.T, w *world, _ int64) opened {
			id, header := token(t, w)
			return opened{&browser{w: w}, []string{header}, func() {
				_, err := w.accounts.RevokeToken(w.system, id)
				must(t, err)
			}}
		},
		"a session that is signed out of": func(t *testing.T, w *world, _ int64) opened {
			b := session(t, w)
			same := *b
			return opened{b, nil, func() {
				same.do(http.MethodPost, func(ctx context.Context) { must(t, w.accounts.SignOut(ctx)) })
			}}
		},
		"a session that has lasted long enough": func(t *testing.T, w *world, _ int64) opened {
			return opened{session(t, w), nil, func() { w.wait(time.Since(w.now) + 365*24*time.Hour) }} // sessions use the real clock
		},
		"a user that is disabled": func(t *testing.T, w *world, user int64) opened {
			_, header := token(t, w)
			return opened{&browser{w: w}, []string{header}, func() {
				must(t, w.client.User.UpdateOneID(user).SetDisabledAt(w.now).Exec(w.system))
			}}
		},
		"a password that is changed": func(t *testing.T, w *world, user int64) opened {
			return opened{session(t, w), nil, func() {
				must(t, w.client.User.UpdateOneID(user).SetPasswordHash("another").Exec(w.system))
			}}
		},
	} {
		for kind, header := range map[string]string{"events": "Accept: text/event-stream", "socket": "Upgrade: websocket"} {
			t.Run(name+" over "+kind, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				o := open(t, w, w.user("ann@acme.example", viewer.Affiliate).ID)
				seen := false
				o.browser.do(http.MethodGet, func(ctx context.Context) {
					seen = viewer.From(ctx) != nil
					if ctx.Err() != nil {
						t.Error("it ends while it is signed in")
					}
					o.end()
					select {
					case <-ctx.Done():
					case <-time.After(20 * time.Second):
						t.Error("it outlives its sign-in")
					}
				}, append(o.headers, header)...)
				if !seen {
					t.Error("nobody was signed in")
				}
			})
		}
	}
}

// A request that is no stream is not checked again, and ends when it is answered.
func TestWhileEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := &viewer.Viewer{UserID: 1, Role: viewer.Affiliate}
	ctx, cancel := context.WithCancel(t.Context())
	again := make(chan struct{}, 1)
	while := w.accounts.While(ctx, v, func(context.Context) (*viewer.Viewer, error) {
		select {
		case again <- struct{}{}:
		default:
		}
		return v, nil
	})
	<-again
	<-again
	if while.Err() != nil || viewer.From(while) != v {
		t.Error("it ends, though nothing has changed")
	}
	cancel()
	<-while.Done()
	if account.IsStream(&http.Request{Header: http.Header{"Accept": {"application/json, text/event-stream"}}}) {
		t.Error("whoever takes JSON as well is answered with JSON")
	}
}
