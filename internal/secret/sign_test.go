package secret_test

import (
	"encoding/hex"
	"testing"

	"postrider/internal/secret"
)

// The second test case of RFC 4231.
func TestSignIsHMACSHA256(t *testing.T) {
	t.Parallel()
	key, text := []byte("Jefe"), []byte("what do ya want for nothing?")
	signature := secret.Sign(key, text)
	if got := hex.EncodeToString(signature); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("%s", got)
	}
	for name, ok := range map[string]bool{
		"its own":      secret.Signed(key, text, signature),
		"half of it":   !secret.Signed(key, text, signature[:16]),
		"another key":  !secret.Signed([]byte("Jeff"), text, signature),
		"another text": !secret.Signed(key, text[1:], signature),
		"none":         !secret.Signed(key, text, nil),
	} {
		if !ok {
			t.Error(name)
		}
	}
}
