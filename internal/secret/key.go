package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// keySize is the size of the installation's key in bytes.
const keySize = 32

// What secrets are sealed for: the context of Seal and Open.
const (
	ForSource   = "source"   // an operator's token or signing key
	ForPostback = "postback" // a postback's signing secret
	ForDevice   = "device"   // the cookie by which a browser that has signed in is known
)

// Key seals and opens secrets that have to be read again. Every node of one
// installation has the same.
type Key struct {
	aead *subtle.XChaCha20Poly1305
}

// LoadKey reads the key that was given (POSTRIDER_KEY), or, when none was, the
// one kept under dir, which is made the first time. Nodes that share dir may
// start at once: they end up with one key.
func LoadKey(given, dir string) (*Key, error) {
	if given != "" {
		key, err := parseKey(given)
		if err != nil {
			return nil, fmt.Errorf("POSTRIDER_KEY: %w", err)
		}
		return key, nil
	}
	path := filepath.Join(dir, "key")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeKey(dir, path); err != nil {
			return nil, fmt.Errorf("making the key %s: %w", path, err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, err := parseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("the key in %s: %w", path, err)
	}
	return key, nil
}

// NewKey returns a new key as POSTRIDER_KEY takes it.
func NewKey() string {
	bits := make([]byte, keySize)
	_, _ = rand.Read(bits) // never fails
	return base64.StdEncoding.EncodeToString(bits)
}

// Seal encrypts value. context says where it belongs, for example
// "source:7:secret"; Open must be given the same.
func (k *Key) Seal(value, context string) ([]byte, error) {
	sealed, err := k.aead.Encrypt([]byte(value), []byte(context))
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", context, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same context with the same key.
func (k *Key) Open(sealed []byte, context string) (string, error) {
	value, err := k.aead.Decrypt(sealed, []byte(context))
	if err != nil {
		return "", fmt.Errorf("opening %s: it was sealed with another POSTRIDER_KEY, or changed since: %w", context, err)
	}
	return string(value), nil
}

func parseKey(text string) (*Key, error) {
	bits, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(bits) != keySize {
		return nil, fmt.Errorf("want %d bytes in base64, as `openssl rand -base64 %d` prints", keySize, keySize)
	}
	aead, err := subtle.NewXChaCha20Poly1305(bits)
	if err != nil {
		return nil, err
	}
	return &Key{aead: aead}, nil
}

// makeKey writes a new key beside its place and links it there: whoever comes
// second finds the first one's, and nobody ever reads half a key.
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
