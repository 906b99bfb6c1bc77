package inbound

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/tracking"
)

// Mask replaces a secret.
const Mask = "***"

// secretName reports whether a parameter is a secret in every integration.
func secretName(name string) bool {
	return name == commission.ParamToken || name == commission.ParamSignature
}

// Hides reports whether a parameter of this name is a secret. For a nil integration only the
// usual names are.
func (s *Integration) Hides(name string) bool {
	return secretName(name) || s != nil && s.Words.hides(name)
}

// MaskQuery masks the values of secrets in a raw query or form.
func (s *Integration) MaskQuery(raw string) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, _, has := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && has && s.Hides(plain) {
			pairs[i] = name + "=" + Mask
		}
	}
	return strings.Join(pairs, "&")
}

// MaskBody masks secrets in a form or a JSON object; a body that is neither and might hold one
// is not kept.
func (s *Integration) MaskBody(c *Call) string {
	if len(c.Body) == 0 {
		return ""
	}
	switch {
	case looksLikeJSON(c.Body):
		if !json.Valid(c.Body) {
			return s.unlessSecret(c)
		}
		if masked, found := s.maskJSON(c.Body, ""); found {
			return string(masked)
		}
		return string(c.Body)
	case c.isForm():
		return s.MaskQuery(string(c.Body))
	default:
		return s.unlessSecret(c)
	}
}

// maskJSON masks secrets in the JSON value at a path. A value without any is returned
// unchanged, to the byte.
func (s *Integration) maskJSON(value json.RawMessage, path string) (masked json.RawMessage, found bool) {
	if path != "" && (s.Hides(path) || secretName(path[strings.LastIndexByte(path, '.')+1:])) {
		return json.RawMessage(`"` + Mask + `"`), true
	}
	switch trimmed := bytes.TrimSpace(value); {
	case bytes.HasPrefix(trimmed, []byte("{")):
		var object map[string]json.RawMessage
		if json.Unmarshal(trimmed, &object) != nil {
			return value, false
		}
		for name, inner := range object {
			if m, hidden := s.maskJSON(inner, join(path, name)); hidden {
				object[name], found = m, true
			}
		}
		masked, _ = json.Marshal(object)
	case bytes.HasPrefix(trimmed, []byte("[")):
		var list []json.RawMessage
		if json.Unmarshal(trimmed, &list) != nil {
			return value, false
		}
		for i, inner := range list {
			if m, hidden := s.maskJSON(inner, join(path, strconv.Itoa(i))); hidden {
				list[i], found = m, true
			}
		}
		masked, _ = json.Marshal(list)
	}
	if !found {
		return value, false
	}
	return masked, true
}

// unlessSecret returns a body that cannot be parsed only if nothing in it looks like the name
// of a secret, plain or with escapes.
func (s *Integration) unlessSecret(c *Call) string {
	lower := strings.ToLower(string(c.Body))
	signs := []string{commission.ParamToken, commission.ParamSignature, `\u`}
	if s != nil {
		for _, ours := range []string{commission.ParamToken, commission.ParamSignature} {
			if theirs := s.Words.Names[ours]; theirs != "" {
				signs = append(signs, strings.ToLower(theirs[strings.LastIndexByte(theirs, '.')+1:]))
			}
		}
	}
	for _, sign := range signs {
		if strings.Contains(lower, sign) {
			return "(not kept: it cannot be read and may hold a secret)"
		}
	}
	return string(c.Body)
}

// maxHeader is how many bytes of a header are kept.
const maxHeader = 1020

// MaskHeader returns a header's value as it is logged: masked if it is a credential, by
// convention or by the integration's settings.
func (s *Integration) MaskHeader(name, value string) string {
	switch strings.ToLower(name) {
	case "authorization", "cookie", "x-signature", "proxy-authorization":
		return Mask
	}
	if s != nil && s.SignatureHeader != "" && strings.EqualFold(name, s.SignatureHeader) {
		return Mask
	}
	return tracking.Clean(value, maxHeader)
}
