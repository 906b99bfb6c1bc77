package dispatch

import (
	"net/http"
	"slices"
)

// Header is one header of an HTTP message, as it is kept and shown.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Headers lists an http.Header by name, one entry a value, as text that can be kept.
func Headers(h http.Header) []Header {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	list := make([]Header, 0, len(names))
	for _, name := range names {
		for _, value := range h[name] {
			list = append(list, Header{Name: cleanText([]byte(name)), Value: cleanText([]byte(value))})
		}
	}
	return list
}

// MaskHeaders returns headers with their values replaced by mask.
func MaskHeaders(headers []Header, mask func(name, value string) string) []Header {
	masked := make([]Header, len(headers))
	for i, h := range headers {
		masked[i] = Header{Name: h.Name, Value: mask(h.Name, h.Value)}
	}
	return masked
}
