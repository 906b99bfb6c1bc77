package account

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"postrider/internal/secret"
)

// deviceLife is how long a browser is recognised after its last sign-in; browsers keep no
// cookie for longer.
const deviceLife = 400 * 24 * time.Hour

// deviceOf returns the browser of the request if it has signed in to the account before: its
// tries are counted separately from all others.
func (a *Accounts) deviceOf(ctx context.Context, email string) (client, bool) {
	r, ok := ctx.Value(cookiesKey{}).(*exchange)
	if !ok || a.secrets == nil {
		return client{}, false
	}
	cookie, err := r.request.Cookie(a.deviceCookie)
	if err != nil {
		return client{}, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return client{}, false
	}
	opened, err := a.secrets.Open(sealed, secret.ForDevice)
	if err != nil {
		return client{}, false
	}
	account, device, _ := strings.Cut(opened, " ")
	if account != accountMark(email) {
		return client{}, false
	}
	return client{key: keyOf("device", device), known: true}, true
}

// rememberDevice sets a cookie by which the browser of ctx is recognised when it signs in
// again. The cookie authenticates nobody.
func (a *Accounts) rememberDevice(ctx context.Context, email string) error {
	r, ok := ctx.Value(cookiesKey{}).(*exchange)
	if !ok || a.secrets == nil {
		return nil
	}
	if _, known := a.deviceOf(ctx, email); known {
		return nil
	}
	sealed, err := a.secrets.Seal(accountMark(email)+" "+secret.Random(), secret.ForDevice)
	if err != nil {
		return err
	}
	http.SetCookie(r.writer, &http.Cookie{ //nolint:gosec // Secure is as the session's: not where the public URL is http
		Name: a.deviceCookie, Value: base64.RawURLEncoding.EncodeToString(sealed), Path: "/",
		MaxAge: int(deviceLife.Seconds()), Secure: a.sessions.Cookie.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// accountMark identifies an account without its e-mail address.
func accountMark(email string) string {
	k := keyOf("account", cleanly(email))
	return hex.EncodeToString(k[:])
}

// clientOf returns the client that tries to sign in to the account of an e-mail address.
func (a *Accounts) clientOf(ctx context.Context, email string) client {
	if device, known := a.deviceOf(ctx, email); known {
		return device
	}
	return stranger(a.clientAddr(ctx))
}
