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

// defaultRecheckEvery is how long a stream may outlive its session or token.
const defaultRecheckEvery = 15 * time.Second

// ErrSignInOver is why a stream's context ends when its session or token has ended.
var ErrSignInOver = errors.New("the session or the token has ended")

// SignInOver reports whether ctx has ended because of ErrSignInOver.
func SignInOver(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrSignInOver) }

// IsStream reports whether a request asks to stay open: a WebSocket, or server-sent events.
// The client's headers decide; nothing is granted for it.
func IsStream(r *http.Request) bool { return WantsEvents(r) || r.Header.Get("Upgrade") != "" }

// SignInStream authenticates an open stream with an Authorization header: the context that
// it returns ends when the token does. The affiliate to view as is the one with which the
// stream was opened.
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

// While returns a context of v that ends with ctx, and with ErrSignInOver soon after v's
// token is revoked or expired, its session has ended, its password was changed, or its user
// was disabled or given another role. again authenticates again, with the same session or
// token.
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
				continue // the database cannot be read: check again at the next tick
			}
			if now == nil || now.UserID != v.UserID || now.Role != v.Role || now.AffiliateID != v.AffiliateID || !slices.Equal(now.Scopes, v.Scopes) {
				end(ErrSignInOver)
				return
			}
		}
	}()
	return signedIn
}
