package account

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// defaultRecheckEvery is how long a stream may outlive the sign-in that opened it.
const defaultRecheckEvery = 15 * time.Second

// ErrSignInOver is why a stream's context ends when whoever opened it is signed in
// no more.
var ErrSignInOver = errors.New("the sign-in is over")

// SignInOver tells whether ctx has ended because of that.
func SignInOver(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrSignInOver) }

// IsStream tells whether a request asks to stay open: a WebSocket, or server-sent
// events. It is the client's word alone: nothing is granted for it.
func IsStream(r *http.Request) bool { return WantsEvents(r) || r.Header.Get("Upgrade") != "" }

// SignInStream signs somebody in on a stream that is open already, by what
// Authenticate takes: the context it gives ends with the sign-in. What the stream
// asked to look at when it was opened holds.
func (a *Accounts) SignInStream(ctx context.Context, authorization string) (context.Context, error) {
	v, err := a.Authenticate(ctx, authorization)
	if err != nil {
		return nil, err
	}
	seen, err := a.lookingAs(ctx, v)
	if err != nil {
		return nil, err
	}
	ctx = a.While(ctx, v, func(ctx context.Context) (*viewer.Viewer, error) { return a.Authenticate(ctx, authorization) })
	return viewer.With(ctx, seen), nil
}

// While gives a context of v that ends with ctx, and, because of ErrSignInOver,
// soon after v is signed in no more: its token is revoked or expired, its session is over, its password
// changed, its user disabled or made something else. again signs in once more,
// with what v signed in with.
func (a *Accounts) While(ctx context.Context, v *viewer.Viewer, again func(context.Context) (*viewer.Viewer, error)) context.Context {
	signedIn, end := context.WithCancelCause(viewer.With(ctx, v))
	go func() {
		defer end(nil)
		ticker := time.NewTicker(a.recheckEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			now, err := again(ctx)
			if p := problem.From(err); err != nil && p.Code != problem.CodeUnauthenticated {
				continue // whether it is over cannot be told now
			}
			if now == nil || now.UserID != v.UserID || now.Role != v.Role || now.AffiliateID != v.AffiliateID || !slices.Equal(now.Scopes, v.Scopes) {
				end(ErrSignInOver)
				return
			}
		}
	}()
	return signedIn
}
