package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// tokenPrefix makes an API token recognisable wherever it is found: in a log, a paste, by a
// scanner for leaked secrets.
const tokenPrefix = "prt_"

// NewToken returns an API token and its digest, which is stored. The token itself is shown once
// and stored nowhere.
func NewToken() (token string, digest []byte) {
	token = tokenPrefix + Random()
	return token, HashToken(token)
}

// HashToken returns the digest by which a token is looked up.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// IsToken reports whether text has the form of an API token.
func IsToken(text string) bool {
	raw, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok {
		return false
	}
	bits, err := base64.RawURLEncoding.DecodeString(raw)
	return err == nil && len(bits) == 32
}

// Hint returns the part of a token that may be shown later, to distinguish it from others.
func Hint(token string) string {
	const shown = len(tokenPrefix) + 4
	if len(token) < 2*shown {
		return tokenPrefix + "…"
	}
	return token[:shown] + "…"
}

// Random returns 256 random bits as 43 characters that need no escaping in a URL.
func Random() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails
	return base64.RawURLEncoding.EncodeToString(bits)
}

// NewSigningSecret returns a secret for signing a postback, in the form that Standard Webhooks
// prescribes: whsec_ and base64.
func NewSigningSecret() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(bits)
}
