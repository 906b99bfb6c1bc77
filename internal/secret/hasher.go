package secret

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"

	"postrider/internal/problem"
)

// hashParams are OWASP's second recommendation: 19 MiB, two passes, one lane.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// How many passwords one process hashes at once, and how many more may wait: each costs memory and
// a core, and an attacker who tries many must not use up either. Clients seen before may wait in a
// longer queue than strangers.
const (
	hashedAtOnce     = 2
	strangersWaiting = 24
	everybodyWaiting = 48
)

// ErrBusy is returned when the queue of passwords to be hashed is full.
var ErrBusy error = problem.RateLimited("many passwords are being checked right now; try again in a few seconds")

// Hasher hashes and compares passwords, a few at once and with a bounded queue.
type Hasher struct {
	atOnce  *semaphore.Weighted
	waiting atomic.Int64
	done    atomic.Int64
}

// NewHasher returns a Hasher. A process needs one: SharedHasher returns it.
func NewHasher() *Hasher {
	return &Hasher{atOnce: semaphore.NewWeighted(int64(min(hashedAtOnce, max(1, runtime.GOMAXPROCS(0)/2))))}
}

// SharedHasher returns the process's Hasher.
var SharedHasher = sync.OnceValue(NewHasher)

// HashPassword is Hash of the process's Hasher, for passwords that no stranger chooses.
func HashPassword(ctx context.Context, password string) (string, error) {
	return SharedHasher().Hash(ctx, password)
}

// MatchPassword is Match of the process's Hasher.
func MatchPassword(ctx context.Context, password, hash string) (bool, error) {
	return SharedHasher().Match(ctx, password, hash, true)
}

// Hashed returns how many passwords have been hashed or compared.
func (h *Hasher) Hashed() int64 { return h.done.Load() }

// Hash returns an argon2id digest with its salt and parameters, to be stored.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx, everybodyWaiting)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, hashParams)
}

// Match reports whether password is the one that hash was made from. With an empty hash (no such
// user) it takes as long and returns false, so that the time does not reveal which users exist.
// known marks a client that is not a stranger: it may wait longer before ErrBusy.
func (h *Hasher) Match(ctx context.Context, password, hash string, known bool) (bool, error) {
	most := int64(strangersWaiting)
	if known {
		most = everybodyWaiting
	}
	leave, err := h.enter(ctx, most)
	if err != nil {
		return false, err
	}
	defer leave()
	if hash == "" || utf8.RuneCountInString(password) > MaxPassword {
		_, err := argon2id.CreateHash("nobody's password", hashParams)
		return false, err
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("the stored digest of a password cannot be read: %w", err)
	}
	return match, nil
}

// enter waits for a slot, in a queue of at most that many; leave releases it.
func (h *Hasher) enter(ctx context.Context, most int64) (leave func(), err error) {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > most {
		return nil, ErrBusy
	}
	if err := h.atOnce.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	h.done.Add(1)
	return func() { h.atOnce.Release(1) }, nil
}
