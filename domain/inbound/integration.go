package inbound

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"postrider/domain/commission"
	"postrider/domain/pasted"
)

// Integration is how an operator's calls are parsed and authenticated.
type Integration struct {
	RequireHTTPS     bool
	RequireToken     bool
	RequireSignature bool
	SignatureHeader  string        // empty for DefaultSignatureHeader
	TimestampName    string        // the parameter or header with the time of signing; empty for none
	TimestampWindow  time.Duration // how long a signature is valid; zero for no limit
	Allowed          []netip.Prefix
	Words            Dialect
	Secrets          []Secret
}

// SecretKind is how a secret authenticates a call.
type SecretKind string

// The kinds of an integration's secrets.
const (
	Token SecretKind = "token" // it is sent with the call
	HMAC  SecretKind = "hmac"  // it signs the call
)

// SecretKinds lists every kind.
func SecretKinds() []SecretKind { return []SecretKind{Token, HMAC} }

// Secret is a secret of an integration: two are valid while one replaces the other.
type Secret struct {
	Kind    SecretKind
	Value   string
	Expires time.Time // zero for never
}

func (s Secret) valid(now time.Time) bool { return s.Expires.IsZero() || now.Before(s.Expires) }

// ParseAddresses parses a list of addresses and CIDR blocks.
func ParseAddresses(texts []string) ([]netip.Prefix, error) {
	prefixes := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				return nil, fmt.Errorf("%q is neither an IP address nor a block such as 203.0.113.0/24", text)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}

// Admit returns the events of a call, in our names and words, and why the call is refused if it
// fails authentication. A call that cannot be parsed is an error of *problem.Error: it cannot be
// authenticated either. The events of a list are authenticated once, by what the query says and the
// first one; a token that a later one has must be right as well.
func (s *Integration) Admit(c *Call, now time.Time) (Admission, error) {
	events, b, err := s.read(c)
	if err != nil {
		return Admission{}, err
	}
	a := Admission{Events: events, List: b.shape == list}
	first := slices.IndexFunc(events, func(e Event) bool { return len(e.Bad) == 0 })
	a.Refused, a.Cause = s.authenticate(c, b, events[max(first, 0)].Values, now)
	for _, e := range events {
		if token := e.Values.Get(commission.ParamToken); a.Refused == "" && s.RequireToken && token != "" && !s.hasToken(token, now) {
			a.Refused, a.Cause = "the token of an event is wrong", BadToken
		}
	}
	return a, nil
}

// authenticate checks everything that an integration requires of a call. It returns why the
// call is refused, or nothing.
func (s *Integration) authenticate(c *Call, b content, values url.Values, now time.Time) (refused string, cause Cause) {
	if s.RequireHTTPS && !c.Secure {
		return "https is required", BadAddress
	}
	if len(s.Allowed) > 0 && !contains(s.Allowed, c.Address) {
		return "the IP address is not on the integration's list of allowed IPs", BadAddress
	}
	if s.RequireToken && !s.hasToken(values.Get(commission.ParamToken), now) {
		if values.Get(commission.ParamToken) == "" {
			return "the token is missing", BadToken
		}
		return "the token is wrong", BadToken
	}
	if s.RequireSignature {
		if refused = s.checkSignature(c, b, values, now); refused != "" {
			return refused, BadSignature
		}
	}
	return "", ""
}

// checkSignature checks that one of the integration's keys signed the call, and, if the
// integration has a timestamp, that it did so recently: a call that was overheard can be
// replayed only within the window.
func (s *Integration) checkSignature(c *Call, b content, values url.Values, now time.Time) string {
	given := s.signatureOf(c, values)
	if given == "" {
		return "the signature is missing"
	}
	stamp, inHeader := s.timestampOf(c, values)
	text := c.signedText(b, s.Words.signatureName())
	if inHeader {
		text = append([]byte(stamp+"."), text...)
	}
	if !s.signed(text, given, now) {
		return "the signature is wrong"
	}
	if s.TimestampName == "" || s.TimestampWindow == 0 {
		return ""
	}
	at, err := ParseTime(stamp)
	switch {
	case stamp == "":
		return "the timestamp of the signature is missing"
	case err != nil:
		return "the timestamp of the signature cannot be read"
	case now.Sub(at).Abs() > s.TimestampWindow:
		return fmt.Sprintf("the timestamp of the signature is %s, more than %s off: possibly a replayed call", at.Format(time.RFC3339), s.TimestampWindow)
	}
	return ""
}

// timestampOf returns when a call was signed, as it states. A header's value is signed with
// the text, as "{timestamp}.{text}"; a parameter is part of the text itself.
func (s *Integration) timestampOf(c *Call, values url.Values) (stamp string, inHeader bool) {
	if s.TimestampName == "" {
		return "", false
	}
	if h := c.Header.Get(s.TimestampName); h != "" {
		return strings.TrimSpace(h), true
	}
	return strings.TrimSpace(values.Get(s.TimestampName)), false
}

func contains(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// hasToken compares a token with every one of the integration, in constant time.
func (s *Integration) hasToken(given string, now time.Time) bool {
	found := false
	for _, k := range s.Secrets {
		if k.Kind == Token && k.valid(now) && equal(given, k.Value) {
			found = true
		}
	}
	return found
}

// signed reports whether one of the integration's keys made the signature, hex of HMAC-SHA256.
func (s *Integration) signed(text []byte, came string, now time.Time) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(strings.ToLower(came), "sha256="))
	if err != nil {
		return false
	}
	found := false
	for _, k := range s.Secrets {
		if k.Kind == HMAC && k.valid(now) && hmac.Equal(Sign(k.Value, text), given) {
			found = true // no break: the time taken must not reveal which key it was
		}
	}
	return found
}

// equal compares two secrets in a time that reveals nothing about either, not even their
// lengths.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Sign returns a key's signature of a text: HMAC-SHA256.
func Sign(key string, text []byte) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write(text)
	return h.Sum(nil)
}

// signatureOf returns the signature of a call: from a header or a parameter.
func (s *Integration) signatureOf(c *Call, values url.Values) string {
	name := s.SignatureHeader
	if name == "" {
		name = DefaultSignatureHeader
	}
	if h := c.Header.Get(name); h != "" {
		return h
	}
	return values.Get(commission.ParamSignature)
}

// DefaultSignatureHeader is the header with a call's signature if the integration names no
// other.
const DefaultSignatureHeader = "X-Signature"

// signedText returns the text that a signature covers: the raw body, as it was sent, if it says
// something, else the raw query. The signature itself is left out of a query and of a form.
func (c *Call) signedText(b content, signatureName string) []byte {
	switch {
	case b.shape == nothing:
		return []byte(pasted.Without(c.RawQuery, signatureName))
	case b.shape == form && b.raw:
		return []byte(pasted.Without(string(c.Body), signatureName))
	}
	return c.Body
}
