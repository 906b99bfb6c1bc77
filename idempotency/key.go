package idempotency

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// Kept is how long a key is kept.
const Kept = 24 * time.Hour

// Field is the field of an input that has the key; problems with it name it.
const Field = "idempotencyKey"

// longest is the maximum length of a key.
const longest = 255

// defaultWait is how long a call waits for an earlier one with its key.
const defaultWait = 10 * time.Second

// Config is what Keys need.
type Config struct {
	DB      *sql.DB
	Secrets *secret.Ring
	Now     func() time.Time
	Wait    time.Duration // for an earlier call with the same key; 10 s
}

// Keys are the keys of an installation. It is safe for concurrent use.
type Keys struct {
	Config

	locks locks
}

// New returns the keys of a database.
func New(cfg Config) *Keys {
	if cfg.Wait == 0 {
		cfg.Wait = defaultWait
	}
	return &Keys{Config: cfg, locks: locks{db: cfg.DB}}
}

// Call is one call of a mutation with a key. Its Kept is what was kept of an earlier one; nil if
// there is none, and the call is the one that does it.
type Call struct {
	Kept *Result

	keys     *Keys
	key      string
	by       caller
	owner    uuid.UUID
	mutation string
	hash     []byte
	release  func()
}

// caller is whose key it is.
type caller struct {
	user      ids.User
	token     int64 // zero for a session
	affiliate ids.Affiliate
}

// Result is what was kept of a call.
type Result struct {
	Done    []Done
	Secret  string // what the payload shows once; empty for nothing
	Payload []byte // JSON; nil if the call ended before it was kept

	owner uuid.UUID
}

// Done is something that a call did, in one transaction.
type Done struct {
	IDs     []string `json:"ids"`               // global ids of what it made or changed, in the payload's order
	Created bool     `json:"created,omitempty"` // they are new: what else was changed only followed from that
	Result  string   `json:"result,omitempty"`  // what became of it, where that is told
	Count   int      `json:"count,omitempty"`   // how many there were, where that is told
	Secret  string   `json:"-"`                 // what is shown once; it is sealed
}

// IDs returns the global ids of what was created or, if nothing was, changed, each once.
func (r *Result) IDs() []string {
	created := slices.ContainsFunc(r.Done, func(d Done) bool { return d.Created })
	var list []string
	for _, d := range r.Done {
		for _, id := range d.IDs {
			if d.Created == created && !slices.Contains(list, id) { // several transactions may name it
				list = append(list, id)
			}
		}
	}
	return list
}

// Begin begins a call with a key, for the viewer in the context. It waits for an earlier call with
// that key, and refuses another mutation or input than the earlier one's. The caller must End it.
func (k *Keys) Begin(ctx context.Context, key, mutation string, input any) (*Call, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	hash, err := Hash(mutation, input)
	if err != nil {
		return nil, err
	}
	owner, err := uuid.NewV4()
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	c := &Call{
		keys: k, key: key, owner: owner, mutation: mutation, hash: hash,
		by: caller{user: v.UserID, token: v.TokenID, affiliate: scope.AffiliateID()},
	}
	if err := c.lock(ctx); err != nil {
		return nil, err
	}
	if err := c.read(ctx); err != nil {
		c.End()
		return nil, err
	}
	return c, nil
}

// check refuses what is no key.
func check(key string) error {
	switch {
	case key == "":
		return problem.Invalid(Field, "is empty: use 1 to %d printable ASCII characters, such as a UUID, or leave it out", longest)
	case len(key) > longest:
		return problem.Invalid(Field, "has %d characters; the limit is %d", len(key), longest)
	}
	for _, c := range []byte(key) {
		if c < ' ' || c > '~' {
			return problem.Invalid(Field, "has a character that is not printable ASCII: use a UUID, for example")
		}
	}
	return nil
}

func (c *Call) lock(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, c.keys.Wait)
	defer cancel()
	release, err := c.keys.locks.take(waiting, pg.LockIdempotency.Of(c.by.user, c.by.token, c.by.affiliate, c.key))
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return problem.Conflict(Field, "the first call with this key is still running: repeat it in a moment")
	}
	c.release = release
	return err
}

// Overtaken reports whether another call has done the work under the key since this one began. Its
// result is then in Kept.
func (c *Call) Overtaken(ctx context.Context) (bool, error) {
	err := c.read(ctx)
	return c.Kept != nil && c.Kept.owner != c.owner, err
}

// End lets the next call with the key begin.
func (c *Call) End() { c.release() }

// read reads what is kept under the key, and refuses the call if that is something else. A row
// that has expired is dropped.
func (c *Call) read(ctx context.Context) error {
	var row struct {
		mutation           string
		hash, sealed, made []byte
		payload            []byte
		createdAt          time.Time
		id                 int64
		owner              uuid.UUID
	}
	c.Kept = nil
	err := c.keys.DB.QueryRowContext(ctx, `
		SELECT id, owner, mutation, input_hash, made, secret, payload, created_at FROM idempotency_keys
		WHERE user_id = $1 AND token_id = $2 AND affiliate_id = $3 AND key = $4`, c.by.user, c.by.token, c.by.affiliate, c.key).
		Scan(&row.id, &row.owner, &row.mutation, &row.hash, &row.made, &row.sealed, &row.payload, &row.createdAt)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading a key: %w", err)
	case row.createdAt.Before(c.keys.Now().Add(-Kept)):
		if _, err := c.keys.DB.ExecContext(ctx, `DELETE FROM idempotency_keys WHERE id = $1`, row.id); err != nil {
			return fmt.Errorf("dropping a key that has expired: %w", err)
		}
		return nil
	case row.mutation != c.mutation:
		return problem.Conflict(Field, "this key was used for %s: use another one", row.mutation)
	case !bytes.Equal(row.hash, c.hash):
		return problem.Conflict(Field, "this key was used for another input of %s: use another one", row.mutation)
	}
	kept := &Result{Payload: row.payload, owner: row.owner}
	if err := json.Unmarshal(row.made, &kept.Done); err != nil {
		return fmt.Errorf("reading what was done under a key: %w", err)
	}
	if row.sealed != nil {
		if kept.Secret, err = c.keys.Secrets.Open(row.sealed, secret.ForRepeat); err != nil {
			return fmt.Errorf("opening the secret of a key: %w", err)
		}
	}
	c.Kept = kept
	return nil
}

// Resume takes over what an earlier call began and did not end.
func (c *Call) Resume(ctx context.Context) error {
	_, err := c.keys.DB.ExecContext(ctx, `
		UPDATE idempotency_keys SET owner = $5 WHERE user_id = $1 AND token_id = $2 AND affiliate_id = $3 AND key = $4`,
		c.by.user, c.by.token, c.by.affiliate, c.key, c.owner)
	if err != nil {
		return fmt.Errorf("taking a key over: %w", err)
	}
	return nil
}

// keepSQL writes down what a call did: the key's first transaction makes the row, later ones of
// the same call add to it. For another call's row the owner becomes null, which the table refuses.
const keepSQL = `
INSERT INTO idempotency_keys AS k (user_id, token_id, affiliate_id, key, owner, mutation, input_hash, created_at, made, secret, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11::text::jsonb)
ON CONFLICT (user_id, token_id, affiliate_id, key) DO UPDATE SET
  owner = CASE WHEN k.owner = excluded.owner THEN k.owner END,
  made = k.made || excluded.made, secret = coalesce(excluded.secret, k.secret), payload = coalesce(excluded.payload, k.payload)`

func (c *Call) keepArgs(done []Done, payload []byte) ([]any, error) {
	made, err := json.Marshal(done)
	if err != nil {
		return nil, fmt.Errorf("writing what was done down: %w", err)
	}
	var sealed []byte
	for _, d := range done {
		if d.Secret != "" {
			if sealed, err = c.keys.Secrets.Seal(d.Secret, secret.ForRepeat); err != nil {
				return nil, err
			}
		}
	}
	text := sql.NullString{String: string(payload), Valid: payload != nil}
	return []any{c.by.user, c.by.token, c.by.affiliate, c.key, c.owner, c.mutation, c.hash, c.keys.Now(), string(made), sealed, text}, nil
}

// Tx is a transaction that statements are queued in: a pg.Pipeline or a pg.Group.
type Tx interface {
	Queue(query string, args ...any)
}

// Done writes down what the call did, in the transaction that does it. Without a call, as most
// work is done, it does nothing.
func (c *Call) Done(tx Tx, d Done) error {
	if c == nil {
		return nil
	}
	args, err := c.keepArgs([]Done{d}, nil)
	if err != nil {
		return err
	}
	tx.Queue(keepSQL, args...)
	return nil
}

// Finish keeps the payload of the call, which has done all of its work.
func (c *Call) Finish(ctx context.Context, payload []byte) error {
	args, err := c.keepArgs([]Done{}, payload)
	if err != nil {
		return err
	}
	if _, err := c.keys.DB.ExecContext(ctx, keepSQL, args...); err != nil {
		return fmt.Errorf("keeping the payload of a key: %w", err)
	}
	return nil
}

type callKey struct{}

// With returns a context whose work is the call's.
func With(ctx context.Context, c *Call) context.Context { return context.WithValue(ctx, callKey{}, c) }

// From returns the call that the context's work is for; nil if it needs no key.
func From(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// forgetRows is how many rows Forget deletes in one statement.
const forgetRows = 1000

// Forget deletes the keys that have expired, some at a time, so that nothing else waits long.
func Forget(ctx context.Context, db *sql.DB, now time.Time) error {
	for {
		result, err := db.ExecContext(ctx, `
			DELETE FROM idempotency_keys WHERE id IN (SELECT id FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
			now.Add(-Kept), forgetRows)
		if err != nil {
			return fmt.Errorf("dropping keys that have expired: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n < forgetRows {
			return err
		}
	}
}
