package secret

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Sign is the HMAC-SHA256 of a text.
func Sign(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)
}

// Signed tells, in constant time, whether a signature is of a text and a key.
func Signed(key, text, signature []byte) bool { return hmac.Equal(signature, Sign(key, text)) }
