package secret

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"
)

// Lengths of a password, in characters. The longest keeps hashing affordable.
const (
	MinPassword = 10
	MaxPassword = 200
)

// hashParams are OWASP's second recommendation: 19 MiB, two passes, one lane.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing bounds how many passwords are hashed at once: each costs memory and a
// core, and somebody who tries many must not take all of either.
var hashing = semaphore.NewWeighted(int64(max(1, runtime.GOMAXPROCS(0)/2)))

// CheckPassword says what is wrong with a password that a user has chosen.
func CheckPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fmt.Errorf("has %d characters; use at least %d", n, MinPassword)
	case n > MaxPassword:
		return fmt.Errorf("has %d characters; use at most %d", n, MaxPassword)
	}
	return nil
}

// HashPassword returns an argon2id digest with its salt and parameters, to be stored.
func HashPassword(ctx context.Context, password string) (string, error) {
	if err := hashing.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer hashing.Release(1)
	return argon2id.CreateHash(password, hashParams)
}

// MatchPassword tells whether password is the one that hash was made from. With
// an empty hash (no such user) it works as long and says no, so that the time
// does not tell who exists.
func MatchPassword(ctx context.Context, password, hash string) (bool, error) {
	if err := hashing.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer hashing.Release(1)
	if hash == "" || utf8.RuneCountInString(password) > MaxPassword {
		_, err := argon2id.CreateHash("nobody's password", hashParams)
		return false, err
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, errors.Join(errors.New("the stored digest of a password cannot be read"), err)
	}
	return match, nil
}
