package intake

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postrider/commission"
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
	if s.RequireHTTPS && !c.Secure {
		return "it came without https"
	}
	if len(s.Allowed) > 0 && !contains(s.Allowed, c.Address) {
		return "the address it came from is not on the source's list"
	}
	if s.RequireToken && !s.hasToken(values.Get(commission.ParamToken), now) {
		if values.Get(commission.ParamToken) == "" {
			return "the token is missing"
		}
		return "the token is wrong"
	}
	if s.RequireSignature {
		return s.checkSignature(c, values, now)
	}
	return ""
}

// checkSignature checks that one of the source's keys signed the call, and where
// the source says when, that it was lately: a call that somebody overheard is good
// for as long as the window is.
func (s *source) checkSignature(c Call, values url.Values, now time.Time) string {
	given := s.signatureOf(c, values)
	if given == "" {
		return "the signature is missing"
	}
	stamp, inHeader := s.timestampOf(c, values)
	text := c.signedText(s.words.signatureName())
	if inHeader {
		text = append([]byte(stamp+"."), text...)
	}
	if !s.signed(text, given, now) {
		return "the signature is wrong"
	}
	if s.TimestampName == "" || s.TimestampWindow == 0 {
		return ""
	}
	at, err := readStamp(stamp)
	switch {
	case stamp == "":
		return "it does not say when it was signed"
	case err != nil:
		return "when it was signed cannot be read"
	case now.Sub(at).Abs() > s.TimestampWindow:
		return fmt.Sprintf("it was signed at %s, more than %s away: a replay?", at.Format(time.RFC3339), s.TimestampWindow)
	}
	return ""
}

// timestampOf is when a call says that it was signed. A header is signed with the
// text, as "{timestamp}.{text}"; a parameter is part of the text itself.
func (s *source) timestampOf(c Call, values url.Values) (stamp string, inHeader bool) {
	if s.TimestampName == "" {
		return "", false
	}
	if h := c.header(s.TimestampName); h != "" {
		return strings.TrimSpace(h), true
	}
	return strings.TrimSpace(values.Get(s.TimestampName)), false
}

// readStamp reads RFC 3339, Unix seconds or Unix milliseconds.
func readStamp(stamp string) (time.Time, error) {
	const longestSeconds = 11
	if n, err := strconv.ParseInt(stamp, 10, 64); err == nil && len(stamp) > longestSeconds {
		return time.UnixMilli(n).UTC(), nil
	}
	return readTime(stamp, time.Time{})
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
	found := false
	for _, k := range s.secrets {
		if k.kind == kindHMAC && k.valid(now) && secret.Signed([]byte(k.value), text, given) {
			found = true // and on: how long it takes tells nobody which key it was
		}
	}
	return found
}

func (s sourceSecret) valid(now time.Time) bool { return s.expires.IsZero() || now.Before(s.expires) }

// signatureOf is the one that came with a call: as a header or as a parameter.
func (s *source) signatureOf(c Call, values url.Values) string {
	name := s.SignatureHeader
	if name == "" {
		name = DefaultSignatureHeader
	}
	if h := c.header(name); h != "" {
		return h
	}
	return values.Get(commission.ParamSignature)
}

// DefaultSignatureHeader carries the signature of a call to an integration that names no
// other.
const DefaultSignatureHeader = "X-Signature"

// signedText is what a signature is made over: the raw body where there is one,
// else the raw query, either without its own signature.
func (c Call) signedText(signatureName string) []byte {
	if c.hasBody() {
		if looksLikeJSON(c.Body) {
			return c.Body
		}
		return []byte(withoutPair(string(c.Body), signatureName))
	}
	return []byte(withoutPair(c.RawQuery, signatureName))
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
