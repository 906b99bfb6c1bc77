package account

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"postrider/ent/db"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// sessionLife is how long a browser stays signed in.
const sessionLife = 14 * 24 * time.Hour

// The keys of a session's values.
const (
	sessionUser       = "user"       // id
	sessionPassword   = "password"   // the password it was opened with, see passwordMark
	sessionGeneration = "generation" // the generation of the user's sessions it belongs to
)

func newSessions(p Params) *scs.SessionManager {
	// Not scs.New: it starts a goroutine that cannot be stopped, for a store that is not used.
	return &scs.SessionManager{
		Store: sessionStore{db: p.DB, now: p.Now}, Codec: scs.GobCodec{},
		Lifetime: sessionLife, HashTokenInStore: true,
		Cookie: scs.SessionCookie{
			Name: cookieName("postrider_session", p.Secure), Path: "/", Persist: true, Secure: p.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		},
		ErrorFunc: func(w http.ResponseWriter, r *http.Request, err error) {
			problem.Log(r.Context(), p.Log, "reading or writing a session", err)
			Refuse(w, r, problem.From(err))
		},
	}
}

// cookieName returns a cookie's name: over TLS with the prefix that makes browsers accept it
// from this host only.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// SignIn opens a session for the request of ctx, which must have come through
// Middleware.
func (a *Accounts) SignIn(ctx context.Context, email, password string) (*viewer.Viewer, error) {
	if err := mustHaveCookies(ctx); err != nil {
		return nil, err
	}
	from := a.clientOf(ctx, email)
	try, err := a.slow.signIn(email, from)
	if err != nil {
		return nil, err
	}
	u, err := a.userByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	hash := "" // of no user: the work is the same
	if u != nil {
		hash = u.PasswordHash
	}
	match, err := a.hasher.Match(ctx, password, hash, from.known)
	if err != nil {
		try.back()
		return nil, err
	}
	if u == nil || !match {
		return nil, problem.Unauthenticated("the e-mail address or the password is wrong")
	}
	try.right()
	if err := a.openSession(ctx, u); err != nil {
		return nil, err
	}
	if err := a.rememberDevice(ctx, email); err != nil {
		return nil, err
	}
	if err := a.client.User.UpdateOneID(u.ID).SetLastSignInAt(a.now()).Exec(viewer.AsSystem(ctx)); err != nil {
		return nil, fmt.Errorf("recording the sign-in: %w", err)
	}
	return viewerOf(u), nil
}

// SignOut ends the session of the request of ctx.
func (a *Accounts) SignOut(ctx context.Context) error {
	if err := mustHaveCookies(ctx); err != nil {
		return err
	}
	return a.sessions.Destroy(ctx)
}

type cookiesKey struct{}

// exchange is a request whose response can set cookies, and the response.
type exchange struct {
	request *http.Request
	writer  http.ResponseWriter
}

// mustHaveCookies refuses a request whose response cannot set a cookie: over a stream, or with
// a token.
func mustHaveCookies(ctx context.Context) error {
	if _, can := ctx.Value(cookiesKey{}).(*exchange); !can {
		return problem.Invalid("", "sign in and out by POST, without an Authorization header")
	}
	return nil
}

// openSession opens a session under a new token, so that one planted before the sign-in is
// worthless (session fixation).
func (a *Accounts) openSession(ctx context.Context, u *db.User) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	a.sessions.Put(ctx, sessionUser, u.ID)
	a.sessions.Put(ctx, sessionPassword, passwordMark(u.PasswordHash))
	a.sessions.Put(ctx, sessionGeneration, u.SessionGeneration)
	return nil
}

// sessionViewer returns the viewer of the loaded session of ctx; nil for none.
func (a *Accounts) sessionViewer(ctx context.Context) (*viewer.Viewer, error) {
	id := a.sessions.GetInt64(ctx, sessionUser)
	if id == 0 {
		return nil, nil
	}
	u, err := a.client.User.Get(viewer.AsSystem(ctx), id)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if a.sessions.GetInt64(ctx, sessionGeneration) != u.SessionGeneration || a.sessions.GetString(ctx, sessionPassword) != passwordMark(u.PasswordHash) {
		return nil, nil
	}
	return viewerOf(u), nil
}

// passwordMark distinguishes passwords without revealing anything about them: the digest it is
// made from has its own salt.
func passwordMark(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

// sessionStore keeps scs's sessions in PostgreSQL. scs's own store takes no context and starts
// a goroutine to prune.
type sessionStore struct {
	db  *sql.DB
	now func() time.Time
}

// FindCtx returns a session that has not expired.
func (s sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = $1 AND expiry > $2", token, s.now()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx writes a session.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO sessions (token, data, expiry) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`, token, data, expiry)
	return err
}

// DeleteCtx deletes a session; a missing one is no error.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM sessions WHERE token = $1", token)
	return err
}

// Find is FindCtx for scs's older interface.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for scs's older interface.
func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for scs's older interface.
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
