package dispatch

import "net/http"

// DecodeBody returns what is kept of a body, and whether there was more.
func DecodeBody(body []byte, header http.Header, limit int64) (string, bool) {
	unpacked, more := unpack(body[:min(int64(len(body)), limit)], header, limit)
	return text(unpacked, header.Get("Content-Type")), more
}
