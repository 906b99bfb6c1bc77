package secret_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"postrider/internal/secret"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	hash, err := secret.HashPassword(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	again, err := secret.HashPassword(t.Context(), "correct horse battery")
	if err != nil || again == hash {
		t.Fatal("the salt is not random")
	}
	for _, tc := range []struct {
		name, password, hash string
		match, fails         bool
	}{
		{"the right one", "correct horse battery", hash, true, false},
		{"another one", "correct horse batterz", hash, false, false},
		{"an empty one", "", hash, false, false},
		{"a huge one", strings.Repeat("x", 1<<20), hash, false, false},
		{"of nobody", "correct horse battery", "", false, false},
		{"against a broken digest", "x", "$argon2id$nonsense", false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			match, err := secret.MatchPassword(t.Context(), tc.password, tc.hash)
			if match != tc.match || (err != nil) != tc.fails {
				t.Fatalf("%v, %v", match, err)
			}
		})
	}
}

func TestHashingGivesWayWhenTheRequestIsGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := secret.HashPassword(ctx, "correct horse battery"); err == nil {
		t.Fatal("it hashed for nobody")
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"ninechars": "has 9 characters; use at least 10", "tencharsss": "", "äöüäöüäöüä": "",
		strings.Repeat("x", 201): "has 201 characters; use at most 200",
	} {
		err := secret.CheckPassword(password)
		if (want == "") != (err == nil) || (err != nil && err.Error() != want) {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	token, digest := secret.NewToken()
	other, _ := secret.NewToken()
	if token == other || !strings.HasPrefix(token, "prt_") || len(token) != 47 || !secret.IsToken(token) {
		t.Fatalf("%q and %q", token, other)
	}
	if !bytes.Equal(digest, secret.HashToken(token)) || len(digest) != 32 {
		t.Fatalf("digest %x", digest)
	}
	if hint := secret.Hint(token); hint != token[:8]+"…" {
		t.Fatalf("hint %q", hint)
	}
	for _, text := range []string{"", "prt_", "prt_short", token[1:], token + "x", "Bearer " + token} {
		if secret.IsToken(text) {
			t.Errorf("%q passes for a token", text)
		}
	}
}

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	sealed := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range sealed { // nodes that start at once
		wg.Go(func() {
			key, err := secret.MakeRing(dir)
			if err != nil {
				t.Error(err)
				return
			}
			if sealed[i], err = key.Seal("value", "place"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	later, err := secret.FindRing("", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sealed {
		if got, err := later.Open(s, "place"); err != nil || got != "value" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "key-*")); err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

func TestSealedValueOpensOnlyInItsPlaceAndWithItsKey(t *testing.T) {
	t.Parallel()
	text := secret.NewKey()
	key, err := secret.FindRing(text, "unused")
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.FindRing(secret.NewKey(), "unused")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := key.Seal("s3cret", "source:7:secret")
	if err != nil || bytes.Contains(sealed, []byte("s3cret")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if got, err := key.Open(sealed, "source:7:secret"); err != nil || got != "s3cret" {
		t.Fatalf("%q, %v", got, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() (string, error){
		"another place": func() (string, error) { return key.Open(sealed, "source:8:secret") },
		"another key":   func() (string, error) { return other.Open(sealed, "source:7:secret") },
		"a changed bit": func() (string, error) { return key.Open(changed, "source:7:secret") },
		"nothing":       func() (string, error) { return key.Open(nil, "source:7:secret") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opened to %q", name, got)
		}
	}
}

func TestKeyThatIsNoneSaysHowToMakeOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"password", "AAAA", secret.NewKey()[1:], secret.NewKey() + ",AAAA", secret.NewKey() + ";" + secret.NewKey()} {
		if _, err := secret.FindRing(text, "unused"); err == nil || !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func ring(t *testing.T, keys ...string) *secret.Ring {
	t.Helper()
	r, err := secret.ParseRing(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheFirstKeySealsAndAllOpen(t *testing.T) {
	t.Parallel()
	a, b := secret.NewKey(), secret.NewKey()
	sealed, err := ring(t, a, b).Seal("s3cret", "place")
	if err != nil {
		t.Fatal(err)
	}
	if id := secret.SealedBy(sealed); id == "" || id != ring(t, a).IDs()[0] {
		t.Errorf("it says that it was sealed by %q", id)
	}
	for name, r := range map[string]*secret.Ring{"its key": ring(t, a), "its key second": ring(t, b, a), "with space between": ring(t, b+" \n"+a)} {
		if got, err := r.Open(sealed, "place"); err != nil || got != "s3cret" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	_, err = ring(t, b).Open(sealed, "place")
	for _, part := range []string{"sealed with key " + ring(t, a).IDs()[0], "POSTRIDER_KEY has " + ring(t, b).IDs()[0]} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if text := fmt.Sprint(ring(t, a)); strings.Contains(text, a) {
		t.Errorf("a ring prints its key: %s", text)
	}
}

// What was sealed before there were several keys has no key id: nonce, text and tag.
func TestWhatWasSealedBeforeOpens(t *testing.T) {
	t.Parallel()
	text := secret.NewKey()
	bits, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := subtle.NewXChaCha20Poly1305(bits)
	if err != nil {
		t.Fatal(err)
	}
	for {
		sealed, err := aead.Encrypt([]byte("s3cret"), []byte("place"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ring(t, secret.NewKey(), text).Open(sealed, "place"); err != nil || got != "s3cret" {
			t.Fatalf("%x: %q, %v", sealed, got, err)
		}
		if sealed[0] == 1 { // even one that looks as if it had a key id
			return
		}
	}
}
