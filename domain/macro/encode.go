package macro

import "strings"

// Place is the part of the URL that a macro is in; it decides what a raw value may keep.
type Place uint8

// The places.
const (
	InPath       Place = iota // a path segment, or part of one
	InQueryName               // before a parameter's "="
	InQueryValue              // after it
	InFragment                // after "#"
)

const upperHex = "0123456789ABCDEF"

// byteClass holds, for every byte, where it may be left unencoded: bit 0 for any value, the
// bit of rawBit(place) for a raw value in that place.
var byteClass = func() (class [256]uint8) {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	const everywhere = "!$'()*+,:@"
	allow := func(bytes string, bits uint8) {
		for i := range len(bytes) {
			class[bytes[i]] |= bits
		}
	}
	path, name, value, fragment := rawBit(InPath), rawBit(InQueryName), rawBit(InQueryValue), rawBit(InFragment)
	allow(unreserved, 1|path|name|value|fragment)
	allow(everywhere, path|name|value|fragment)
	allow("/?", name|value|fragment)
	allow("=", path|value|fragment)
	allow("&", path)
	return class
}()

func rawBit(p Place) uint8 { return 2 << p }

// appendEncoded appends the value percent-encoded: only unreserved characters stay.
func appendEncoded(dst []byte, value string) []byte {
	start := 0
	for i := range len(value) {
		if c := value[i]; byteClass[c]&1 == 0 {
			dst = append(dst, value[start:i]...)
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
			start = i + 1
		}
	}
	return append(dst, value[start:]...)
}

// appendRaw appends the value as it is, except for what could break out of its place or out of
// the URL.
func appendRaw(dst []byte, value string, place Place) []byte {
	bit := rawBit(place)
	for i := range len(value) {
		c := value[i]
		if byteClass[c]&bit != 0 || c == '%' && isEscape(value[i:]) {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendDots appends a value of dots so that no server takes it for a dot segment, even one
// that decodes "%2E" before it resolves.
func appendDots(dst []byte, value string) []byte {
	for range len(value) {
		dst = append(dst, "%252E"...)
	}
	return dst
}

// isDots reports whether the text is a dot segment.
func isDots(text string) bool { return text == "." || text == ".." }

// decodeDots decodes percent-encoded dots, in literal text and in raw values.
func decodeDots(text string) string {
	if !strings.Contains(text, "%2") {
		return text
	}
	return strings.NewReplacer("%2e", ".", "%2E", ".").Replace(text)
}

// isEscape reports whether s begins with a percent escape.
func isEscape(s string) bool {
	return len(s) >= 3 && s[0] == '%' && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
