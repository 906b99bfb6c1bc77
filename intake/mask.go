package intake

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postrider/commission"
	"postrider/dispatch"
)

// mask stands where a secret stood.
const mask = "***"

func secretName(name string) bool {
	return name == commission.ParamToken || name == commission.ParamSignature
}

// maskPairs hides the values of secrets in a raw query or form.
func maskPairs(raw string, hides func(name string) bool) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, _, has := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && has && hides(plain) {
			pairs[i] = name + "=" + mask
		}
	}
	return strings.Join(pairs, "&")
}

// maskBody hides secrets in a form or a JSON object; what is neither and might
// hold one is not kept.
func maskBody(c Call) string {
	if len(c.Body) == 0 {
		return ""
	}
	switch {
	case looksLikeJSON(c.Body):
		if !json.Valid(c.Body) {
			return c.unlessSecret()
		}
		if masked, found := maskJSON(c.Body, "", c.hides); found {
			return string(masked)
		}
		return string(c.Body)
	case c.isForm():
		return maskPairs(string(c.Body), c.hides)
	default:
		return c.unlessSecret()
	}
}

// maskJSON hides secrets in a JSON value that stands at a path. What holds none
// stays as it came, to the byte.
func maskJSON(value json.RawMessage, path string, hides func(path string) bool) (masked json.RawMessage, found bool) {
	if path != "" && (hides(path) || secretName(path[strings.LastIndexByte(path, '.')+1:])) {
		return json.RawMessage(`"` + mask + `"`), true
	}
	switch trimmed := bytes.TrimSpace(value); {
	case bytes.HasPrefix(trimmed, []byte("{")):
		var object map[string]json.RawMessage
		if json.Unmarshal(trimmed, &object) != nil {
			return value, false
		}
		for name, inner := range object {
			if m, hidden := maskJSON(inner, join(path, name), hides); hidden {
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
			if m, hidden := maskJSON(inner, join(path, strconv.Itoa(i)), hides); hidden {
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

// join is the path of what has a name inside of what stands at a path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// unlessSecret keeps a body that cannot be read only where nothing in it looks
// like the name of a secret, spelled out or with escapes.
func (c Call) unlessSecret() string {
	lower := strings.ToLower(string(c.Body))
	signs := []string{commission.ParamToken, commission.ParamSignature, `\u`}
	for name := range c.secretNames {
		signs = append(signs, strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]))
	}
	for _, sign := range signs {
		if strings.Contains(lower, sign) {
			return "(not kept: it cannot be read and may hold a secret)"
		}
	}
	return string(c.Body)
}

func maskHeaders(headers []dispatch.Header, more ...string) []dispatch.Header {
	masked := make([]dispatch.Header, len(headers))
	for i, h := range headers {
		switch strings.ToLower(h.Name) {
		case "authorization", "cookie", "x-signature", "proxy-authorization":
			h.Value = mask
		}
		if slices.ContainsFunc(more, func(name string) bool { return strings.EqualFold(name, h.Name) }) {
			h.Value = mask
		}
		h.Value = clean(h.Value, maxID*4)
		masked[i] = h
	}
	return masked
}
