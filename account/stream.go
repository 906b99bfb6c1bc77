package account

import (
	"context"
	"net/http"
	"slices"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// defaultRecheckEvery is how long a stream may outlive the sign-in that opened it.
const defaultRecheckEvery = 15 * time.Second

// IsStream tells whether a request stays open: a WebSocket, or server-sent events.
func IsStream(r *http.Request) bool { return WantsEvents(r) || r.Header.Get("Upgrade") != "" }

// While gives a context of v that ends with ctx, and soon after v is signed in no
// more: its token is revoked or expired, its session is over, its password
// changed, its user disabled or made something else. again signs in once more,
// with what v signed in with.
func (a *Accounts) While(ctx context.Context, v *viewer.Viewer, again func(context.Context) (*viewer.Viewer, error)) context.Context {
	signedIn, end := context.WithCancel(viewer.With(ctx, v))
	go func() {
		defer end()
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
				return
			}
		}
	}()
	return signedIn
}
