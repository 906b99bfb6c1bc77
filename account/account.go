// Package account turns a request into a Viewer: users, passwords, sessions of
// the web app, and API tokens.
//
// It owns the rows of users, api_tokens and sessions, and the cookie. What a
// Viewer may see is not decided here but by ent's privacy rules and by whoever
// holds the Viewer.
//
// Rules:
//   - Whether an address has an account cannot be found out: a wrong password
//     and an unknown address get the same words after the same work.
//   - Tries at passwords are counted before anything is looked at, per account and
//     client, so that a stranger's do not lock the owner out; few passwords are
//     hashed at once, and few may wait for it.
//   - A session ends with its password, a disabled user ends everything at once:
//     both are looked at on every request, and of a stream every 15 seconds.
//   - Sessions and tokens are stored as digests; a copy of the database opens
//     nothing.
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

// Params is what Accounts are made of.
type Params struct {
	DB     *sql.DB
	Client *db.Client
	Log    *slog.Logger
	Secure bool // the cookie goes over https only
	Now    func() time.Time

	// Secrets seals the cookie by which a browser that has signed in is known; where
	// nil, none is.
	Secrets *secret.Ring

	// Hasher hashes passwords; the process's own where nil.
	Hasher *secret.Hasher

	// RecheckEvery is how often it is looked whether a stream's sign-in still holds; 15 s.
	RecheckEvery time.Duration

	// ClientAddr says where a request came from; it may be invalid.
	ClientAddr func(ctx context.Context) netip.Addr
}

// Accounts signs people and programs in. Make it with New.
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

// notFoundAs keeps the difference between "no such row" and a broken database.
func notFoundAs(err error, what string) error {
	if db.IsNotFound(err) {
		return problem.NotFound("there is no such %s", what)
	}
	return err
}
