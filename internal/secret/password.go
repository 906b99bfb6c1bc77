package secret

import (
	"fmt"
	"unicode/utf8"
)

// The length limits of a password, in characters. The maximum keeps hashing affordable.
const (
	MinPassword = 10
	MaxPassword = 200
)

// CheckPassword returns what is wrong with a password that a user has chosen.
func CheckPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fmt.Errorf("has %d characters; use at least %d", n, MinPassword)
	case n > MaxPassword:
		return fmt.Errorf("has %d characters; use at most %d", n, MaxPassword)
	}
	return nil
}
