package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// The purposes of sealed secrets: the context of Seal and Open.
const (
	ForIntegration = "source"   // an integration's token or signing key; existing sealed values have "source"
	ForPostback    = "postback" // a postback's signing secret
	ForLookup      = "lookup"   // the key of the digests used for look-ups
	ForRepeat      = "repeat"   // what a mutation with an idempotency key showed once
	ForDevice      = "device"   // the cookie that identifies a browser that has signed in: sealed, and stored nowhere
)

// A sealed value begins with a format byte and the id of its key, as tink writes them, followed by
// nonce, text and tag. Values from before there were several keys begin with the nonce.
const (
	namedBy    = 0x01
	idSize     = 4
	prefixSize = 1 + idSize
)

// Ring seals and opens secrets that have to be read again. Its first key seals, all of its keys
// open. Every process of an installation has the same ring.
type Ring struct {
	keys []key
}

// IDs returns the ids of the keys, the one that seals first.
func (r *Ring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String lists the ids, so that no log ever prints a key.
func (r *Ring) String() string { return strings.Join(r.IDs(), ", ") }

// Prefixes returns the prefixes of values that the ring's keys have sealed, in the keys' order.
func (r *Ring) Prefixes() [][]byte {
	all := make([][]byte, len(r.keys))
	for i, k := range r.keys {
		all[i] = k.prefix()
	}
	return all
}

// Seal encrypts value with the first key. context is its purpose, for example ForIntegration; Open
// must be given the same.
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
	for _, k := range r.keys { // from before keys had ids
		if value, err := k.aead.Decrypt(sealed, []byte(context)); err == nil {
			return string(value), nil
		}
	}
	return "", fmt.Errorf("opening what was sealed for %s: %w", context, r.whyNot(sealed))
}

// whyNot returns the reason why no key opens a value.
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

// SealedBy returns the id of the key that a value names; empty if it names none. A value from
// before keys had ids may seem to name a key that does not exist.
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
