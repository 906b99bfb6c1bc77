package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// keySize is the size of a key in bytes.
const keySize = 32

// key is one key of a Ring.
type key struct {
	id   string // the first 4 bytes of a digest of the key, in hex: identifies the key and reveals nothing of it
	aead *subtle.XChaCha20Poly1305
}

// FindRing reads the given keys (POSTRIDER_KEY), or, if there are none, those kept under dir. It
// returns nil if there are none either.
func FindRing(given, dir string) (*Ring, error) {
	if given != "" {
		ring, err := ParseRing(given)
		if err != nil {
			return nil, fmt.Errorf("POSTRIDER_KEY: %w", err)
		}
		return ring, nil
	}
	text, err := os.ReadFile(KeyFile(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	ring, err := ParseRing(string(text))
	if err != nil {
		return nil, fmt.Errorf("the key in %s: %w", KeyFile(dir), err)
	}
	return ring, nil
}

// MakeRing makes a key, stores it under dir and returns a ring of it. Processes that share dir may
// call it at once: they end up with one key.
func MakeRing(dir string) (*Ring, error) {
	path := KeyFile(dir)
	if err := makeKey(dir, path); err != nil {
		return nil, fmt.Errorf("making the key %s: %w", path, err)
	}
	return FindRing("", dir)
}

// KeyFile returns the path of the key that is used if none is given.
func KeyFile(dir string) string { return filepath.Join(dir, "key") }

// NewKey returns a new key in the format of POSTRIDER_KEY.
func NewKey() string {
	bits := make([]byte, keySize)
	_, _ = rand.Read(bits) // never fails
	return base64.StdEncoding.EncodeToString(bits)
}

// ParseRing parses keys separated by commas or space.
func ParseRing(text string) (*Ring, error) {
	var ring Ring
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		k, err := parseKey(part)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", len(ring.keys)+1, err)
		}
		ring.keys = append(ring.keys, k)
	}
	if len(ring.keys) == 0 {
		return nil, errors.New("has no key")
	}
	return &ring, nil
}

func parseKey(text string) (key, error) {
	bits, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(bits) != keySize {
		return key{}, fmt.Errorf("want %d bytes in base64, as `openssl rand -base64 %d` prints; several keys have commas between them", keySize, keySize)
	}
	aead, err := subtle.NewXChaCha20Poly1305(bits)
	if err != nil {
		return key{}, err
	}
	return key{id: keyID(bits), aead: aead}, nil
}

// makeKey writes a new key to a temporary file and links it into place: a second process finds the
// first one's, and no process ever reads half a key.
func makeKey(dir, path string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(dir, "key-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name())
	_, writeErr := fresh.WriteString(NewKey() + "\n")
	if err := errors.Join(writeErr, fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	if err := os.Link(fresh.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// keyID identifies a key and reveals nothing of it.
func keyID(bits []byte) string {
	mac := hmac.New(sha256.New, bits)
	mac.Write([]byte("postrider key id"))
	return hex.EncodeToString(mac.Sum(nil)[:idSize])
}
