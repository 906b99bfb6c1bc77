package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// What secrets are sealed for: the context of Seal and Open.
const (
	ForIntegration = "source"   // an integration's token or signing key; what is sealed already says "source"
	ForPostback    = "postback" // a postback's signing secret
	ForLookup      = "lookup"   // the key of digests that are searched for
	ForDevice      = "device"   // the cookie by which a browser that has signed in is known: sealed, and kept nowhere
)

// A sealed value begins with a byte that says so and the id of its key, as tink
// writes them, and goes on with nonce, text and tag. Those of before there were
// several keys begin with the nonce.
const (
	namedBy    = 0x01
	idSize     = 4
	prefixSize = 1 + idSize
)

// Ring seals and opens secrets that have to be read again. The first of its keys
// seals, all of them open. Every process of one installation has the same.
type Ring struct {
	keys []key
}

// IDs are those of the keys, the one that seals first.
func (r *Ring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String lists the ids, so that no log ever prints a key.
func (r *Ring) String() string { return strings.Join(r.IDs(), ", ") }

// Prefixes are what values begin with that the ring's keys have sealed, in the
// keys' order.
func (r *Ring) Prefixes() [][]byte {
	all := make([][]byte, len(r.keys))
	for i, k := range r.keys {
		all[i] = k.prefix()
	}
	return all
}

// Seal encrypts value with the first key. context says what it is, for example
// ForIntegration; Open must be given the same.
func (r *Ring) Seal(value, context string) ([]byte, error) {
	first := r.keys[0]
	sealed, err := first.aead.Encrypt([]byte(value), []byte(context))
	if err != nil {
		return nil, fmt.Errorf("sealing for %s: %w", context, err)
	}
	return append(first.prefix(), sealed...), nil
}

// Open decrypts what Seal made for the same context with a key of the ring.
func (r *Ring) Open(sealed []byte, context string) (string, error) {
	for _, k := range r.keys {
		if rest, ok := bytes.CutPrefix(sealed, k.prefix()); ok {
			if value, err := k.aead.Decrypt(rest, []byte(context)); err == nil {
				return string(value), nil
			}
		}
	}
	for _, k := range r.keys { // of before, without a name
		if value, err := k.aead.Decrypt(sealed, []byte(context)); err == nil {
			return string(value), nil
		}
	}
	return "", fmt.Errorf("opening what was sealed for %s: %w", context, r.whyNot(sealed))
}

// whyNot says why no key opens a value.
func (r *Ring) whyNot(sealed []byte) error {
	id := SealedBy(sealed)
	for _, k := range r.keys {
		if k.id == id {
			return fmt.Errorf("it was changed since, or belongs elsewhere (key %s)", id)
		}
	}
	if id == "" {
		return errors.New("it was sealed with another POSTRIDER_KEY, or changed since")
	}
	return fmt.Errorf("it was sealed with key %s, and POSTRIDER_KEY has %s", id, r)
}

// SealedBy is the id of the key that a value names; empty where it names none. A
// value of before may seem to name one that nobody has.
func SealedBy(sealed []byte) string {
	if len(sealed) < prefixSize || sealed[0] != namedBy {
		return ""
	}
	return hex.EncodeToString(sealed[1:prefixSize])
}

func (k key) prefix() []byte {
	id, _ := hex.DecodeString(k.id) // parseKey made it
	return append([]byte{namedBy}, id...)
}
