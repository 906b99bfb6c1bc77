package dispatch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/net/html/charset"
)

// gzipMagic is what gzip begins with.
const gzipMagic = "\x1f\x8b"

// maxCodings is how many codings of a body are undone: more than one is a mistake, more than a few
// an attack.
const maxCodings = 3

// unpack undoes the codings of a body that its Content-Encoding names, and gzip that no header
// names. We ask for none, which allows any (RFC 9110, 12.5.3). It returns at most limit bytes, and
// whether there was more. What cannot be unpacked stays as it came.
func unpack(body []byte, header http.Header, limit int64) (unpacked []byte, more bool) {
	codings := Codings(header)
	if len(codings) == 0 && bytes.HasPrefix(body, []byte(gzipMagic)) {
		codings = []string{"gzip"}
	}
	if len(codings) > maxCodings {
		return body, false
	}
	for _, coding := range slices.Backward(codings) { // the last was applied last
		from := unpacker(coding, body)
		if from == nil {
			return body, more
		}
		// A body that breaks off, or whose rest was not kept, is read as far as it goes.
		text, err := io.ReadAll(io.LimitReader(from, limit+1))
		if len(text) == 0 && err != nil {
			return body, more
		}
		if more = int64(len(text)) > limit; more {
			text = text[:limit]
		}
		body = text
	}
	return body, more
}

// Codings lists the codings that a response's header names, in the order in which they were
// applied; empty for a body that is as it is.
func Codings(header http.Header) []string {
	var list []string
	for _, line := range header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" {
				list = append(list, coding)
			}
		}
	}
	return list
}

// unpacker returns a reader of what a coding makes of a body; nil for a coding that is unknown, or
// not that of the body.
func unpacker(coding string, body []byte) io.Reader {
	switch coding {
	case "gzip", "x-gzip":
		if from, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			return from
		}
	case "deflate": // with or without the header of zlib: both are sent by that name
		if from, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			return from
		}
		return flate.NewReader(bytes.NewReader(body))
	case "br":
		return brotli.NewReader(bytes.NewReader(body))
	case "zstd":
		from, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(8<<20), zstd.WithDecoderMaxWindow(8<<20))
		if err == nil {
			return from
		}
	}
	return nil
}

// text returns a body as text that a database, JSON and a terminal all accept. Its encoding is the
// one that its byte order mark or content type says; what is UTF-8 is read as that whatever is said,
// and what cannot be read in any way keeps the replacement character in its place.
func text(body []byte, contentType string) string {
	kind, parameters, err := mime.ParseMediaType(contentType)
	label := ""
	if err == nil {
		label = strings.ToLower(parameters["charset"])
	}
	wide := strings.HasPrefix(label, "utf-16") || bytes.HasPrefix(body, []byte("\xFE\xFF")) || bytes.HasPrefix(body, []byte("\xFF\xFE"))
	readable := kind == "" || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "xml") || strings.Contains(kind, "javascript")
	if wide || !utf8.Valid(trimCut(body)) && (label != "" || readable) {
		encoding, _, _ := charset.DetermineEncoding(body, contentType)
		if decoded, err := encoding.NewDecoder().Bytes(body); err == nil {
			body = decoded
		}
	}
	return strings.TrimPrefix(cleanText(body), "\uFEFF")
}

// trimCut cuts a character off that the end of what is kept has split.
func trimCut(body []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(body); n++ {
		if last := body[len(body)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return body[:len(body)-n]
			}
			break
		}
	}
	return body
}
