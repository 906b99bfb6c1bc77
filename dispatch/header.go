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
