// Package account turns a request into a Viewer: users, passwords, sessions of
// the web app, and API tokens.
//
// It owns the rows of users, api_tokens and sessions, and the cookie. What a
// Viewer may see is not decided here but by ent's privacy rules and by the code
// that has the Viewer.
//
// Rules:
//   - Whether an address has an account cannot be found out: a wrong password
//     and an unknown address get the same message after the same work.
//   - Password attempts are counted before anything is read, per account and
//     client, so that a stranger's do not lock the owner out; few passwords are
//     hashed concurrently, and few may wait for it.
//   - A new password ends a session, disabling a user ends everything at once: both
//     are checked on every request, and for a stream every 15 seconds.
//   - Sessions and tokens are stored as digests; a copy of the database
//     authenticates nobody.
package account

import (
	"context"
	"database/sql"
	"log/slog"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"

	"postrider/ent/db"
	"postrider/internal/problem"
	"postrider/internal/secret"
)

// Params configures Accounts.
type Params struct {
	DB     *sql.DB
	Client *db.Client
	Log    *slog.Logger
	Secure bool // the cookie is sent over https only
	Now    func() time.Time

	// Secrets seals the cookie by which a browser that has signed in is recognised; if nil,
	// none is.
	Secrets *secret.Ring

	// Hasher hashes passwords; nil for the process's own.
	Hasher *secret.Hasher

	// RecheckEvery is how often a stream's session or token is checked again; 15 s by default.
	RecheckEvery time.Duration

	// ClientAddr returns the address of a request; it may be invalid.
	ClientAddr func(ctx context.Context) netip.Addr
}

// Accounts authenticates people and programs. Create it with New.
type Accounts struct {
	db         *sql.DB
	client     *db.Client
	log        *slog.Logger
	now        func() time.Time
	clientAddr func(ctx context.Context) netip.Addr
	sessions   *scs.SessionManager
	secrets    *secret.Ring
	hasher     *secret.Hasher
	slow       *throttle

	deviceCookie string

	recheckEvery time.Duration
}

// New returns Accounts over p.
func New(p Params) *Accounts {
	a := &Accounts{
		db: p.DB, client: p.Client, log: p.Log, now: p.Now, clientAddr: p.ClientAddr, recheckEvery: p.RecheckEvery,
		secrets: p.Secrets, hasher: p.Hasher, deviceCookie: cookieName("postrider_device", p.Secure),
	}
	if a.recheckEvery == 0 {
		a.recheckEvery = defaultRecheckEvery
	}
	if a.hasher == nil {
		a.hasher = secret.SharedHasher()
	}
	a.sessions = newSessions(p)
	a.slow = newThrottle(a.now)
	return a
}

// notFoundAs distinguishes "no such row" from a broken database.
func notFoundAs(err error, what string) error {
	if db.IsNotFound(err) {
		return problem.NotFound("there is no such %s", what)
	}
	return err
}
