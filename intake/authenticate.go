package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"postrider/internal/secret"
)

// The kinds of a source's secrets.
const (
	kindToken = "token"
	kindHMAC  = "hmac"
)

// authenticate checks everything that a source requires of a call. It gives why
// the call is refused, or nothing.
func (s *source) authenticate(c Call, values url.Values, now time.Time) string {
	if len(s.Allowed) > 0 && !contains(s.Allowed, c.Address) {
		return "the address it came from is not on the source's list"
	}
	if s.RequireToken && !s.hasToken(values.Get(paramToken), now) {
		if values.Get(paramToken) == "" {
			return "the token is missing"
		}
		return "the token is wrong"
	}
	if s.RequireSignature {
		given := c.signature(values)
		if given == "" {
			return "the signature is missing"
		}
		if !s.signed(c.signedText(), given, now) {
			return "the signature is wrong"
		}
	}
	return ""
}

func contains(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// hasToken compares with every token of the source, in constant time.
func (s *source) hasToken(given string, now time.Time) bool {
	found := false
	for _, k := range s.secrets {
		if k.kind == kindToken && k.valid(now) && secret.Equal(given, k.value) {
			found = true
		}
	}
	return found
}

// signed tells whether one of the source's keys made the signature, hex of
// HMAC-SHA256.
func (s *source) signed(text []byte, signature string, now time.Time) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(strings.ToLower(signature), "sha256="))
	if err != nil {
		return false
	}
	for _, k := range s.secrets {
		if k.kind == kindHMAC && k.valid(now) {
			mac := hmac.New(sha256.New, []byte(k.value))
			mac.Write(text)
			if hmac.Equal(given, mac.Sum(nil)) {
				return true
			}
		}
	}
	return false
}

func (s sourceSecret) valid(now time.Time) bool { return s.expires.IsZero() || now.Before(s.expires) }

// signature is the one that came with a call: as a header or as a parameter.
func (c Call) signature(values url.Values) string {
	if h := c.header("X-Signature"); h != "" {
		return h
	}
	return values.Get(paramSignature)
}

// signedText is what a signature is made over: the raw body where there is one,
// else the raw query, either without its own signature.
func (c Call) signedText() []byte {
	if c.hasBody() {
		if looksLikeJSON(c.Body) {
			return c.Body
		}
		return []byte(withoutPair(string(c.Body), paramSignature))
	}
	return []byte(withoutPair(c.RawQuery, paramSignature))
}

// withoutPair takes name=value out of a raw query and leaves every other byte as
// it is.
func withoutPair(raw, name string) string {
	pairs := strings.Split(raw, "&")
	kept := pairs[:0]
	for _, pair := range pairs {
		if key, _, _ := strings.Cut(pair, "="); key != name {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}
