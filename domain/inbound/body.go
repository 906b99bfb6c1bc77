package inbound

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"postrider/internal/problem"
)

// shape is what a body is.
type shape int

const (
	nothing shape = iota // it says nothing, or is not looked at
	form
	object
	list
)

// content is a body that was unpacked.
type content struct {
	text  []byte // a multipart form as the urlencoded form that says the same
	shape shape
	raw   bool // the text is the body as it came
	notes []string
}

// refused is a problem with its code: what is too large or of another type has a status of its own.
func refused(code problem.Code, field, format string, args ...any) error {
	return &problem.Error{Code: code, Field: []string{field}, Message: fmt.Sprintf(format, args...)}
}

// content unpacks the body and says what it is. The body of a GET is not looked at: no signature
// covers it.
func (c *Call) content() (content, error) {
	if c.Method == http.MethodGet || len(c.Body) == 0 {
		return content{}, nil
	}
	if c.Truncated {
		return content{}, refused(problem.CodeLimitExceeded, "body", "is longer than %d bytes", MaxBody)
	}
	b := content{text: c.Body}
	if err := b.unpack(c); err != nil {
		return content{}, err
	}
	b.readMarks(c.ContentType)
	b.raw = len(b.text) > 0 && len(b.text) == len(c.Body)
	return b, b.recognize(c)
}

// gzipMagic is what gzip begins with.
const gzipMagic = "\x1f\x8b"

// unpack undoes the coding of a body, up to the limit of a body.
func (b *content) unpack(c *Call) error {
	if c.item {
		return nil
	}
	coding := strings.ToLower(strings.TrimSpace(c.Header.Get("Content-Encoding")))
	packed := bytes.HasPrefix(b.text, []byte(gzipMagic))
	switch coding {
	case "", "identity", "none":
		if !packed {
			return nil
		}
		b.notes = note(b.notes, "the body is gzip without the header Content-Encoding")
	case "gzip", "x-gzip":
		if !packed {
			b.notes = note(b.notes, "the header Content-Encoding says gzip, and the body is not packed")
			return nil
		}
	case "deflate":
	default:
		return refused(problem.CodeUnsupportedMediaType, "body", "the coding %q (Content-Encoding) is not read: send gzip, deflate or none", coding)
	}
	from, err := unpacker(coding, b.text)
	if err == nil {
		b.text, err = io.ReadAll(io.LimitReader(from, MaxBody+1))
	}
	switch {
	case len(b.text) > MaxBody:
		return refused(problem.CodeLimitExceeded, "body", "unpacks to more than %d bytes", MaxBody)
	case err != nil:
		return problem.Invalid("body", "cannot be unpacked (%s): it is broken, or not what Content-Encoding says", err)
	}
	return nil
}

// unpacker reads gzip, or deflate with or without the header of zlib: both are sent by that name.
func unpacker(coding string, packed []byte) (io.Reader, error) {
	if coding != "deflate" {
		return gzip.NewReader(bytes.NewReader(packed))
	}
	if from, err := zlib.NewReader(bytes.NewReader(packed)); err == nil {
		return from, nil
	}
	return flate.NewReader(bytes.NewReader(packed)), nil
}

// readMarks takes byte order marks away, and decodes UTF-16 where a mark or the content type
// says so and the bytes are it.
func (b *content) readMarks(contentType string) {
	const utf8Mark, bigEndian, littleEndian = "\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE"
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b.text, []byte(bigEndian)):
		order, b.text = binary.BigEndian, b.text[2:]
	case bytes.HasPrefix(b.text, []byte(littleEndian)):
		order, b.text = binary.LittleEndian, b.text[2:]
	case len(b.text) < 2 || !strings.Contains(strings.ToLower(contentType), "utf-16"):
	case b.text[0] == 0:
		order = binary.BigEndian
	case b.text[1] == 0:
		order = binary.LittleEndian
	}
	if order != nil {
		units := make([]uint16, len(b.text)/2)
		for i := range units {
			units[i] = order.Uint16(b.text[2*i:])
		}
		b.text, b.notes = []byte(string(utf16.Decode(units))), note(b.notes, "the body was read as UTF-16")
	}
	for bytes.HasPrefix(b.text, []byte(utf8Mark)) {
		b.text, b.notes = b.text[len(utf8Mark):], note(b.notes, "a byte order mark before the body was ignored")
	}
}

// recognize finds out what a body is: by its first character, then by its content type.
func (b *content) recognize(c *Call) error {
	trimmed := bytes.TrimSpace(b.text)
	kind, parameters, _ := strings.Cut(strings.ToLower(c.ContentType), ";")
	kind = strings.TrimSpace(kind)
	isJSON := kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
	switch {
	case saysNothing(trimmed):
		b.shape = nothing
	case strings.HasPrefix(kind, "multipart/"):
		return b.readMultipart(c.ContentType)
	case trimmed[0] == '{':
		b.shape = object
	case trimmed[0] == '[' && (isJSON || json.Valid(trimmed)):
		b.shape = list
	case isJSON && bytes.IndexByte(trimmed, '=') > 0 && !json.Valid(trimmed):
		b.shape, b.notes = form, note(b.notes, "the content type says JSON, and the body was read as a form")
	case isJSON:
		b.shape = object // which it is not, as its reader says
	case slices.Contains([]string{"", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"}, kind):
		b.shape = form
	default:
		return refused(problem.CodeUnsupportedMediaType, "body", "the content type %q is not read: send a form or JSON", c.ContentType)
	}
	if b.shape == form && kind != "" && kind != "application/x-www-form-urlencoded" && !isJSON {
		b.notes = note(b.notes, fmt.Sprintf("a body of the type %s was read as a form", kind))
	}
	if _, _, err := mime.ParseMediaType(c.ContentType); err != nil && parameters != "" {
		b.notes = note(b.notes, "what follows the content type cannot be read and was ignored")
	}
	return nil
}

// saysNothing reports whether a body has nothing in it, in any of the forms in which programs
// write that.
func saysNothing(trimmed []byte) bool {
	const longest = 64
	if len(trimmed) > longest {
		return len(bytes.TrimSpace(trimmed)) == 0
	}
	return slices.Contains([]string{"", "{}", "[]", "null", `""`}, string(bytes.Join(bytes.Fields(trimmed), nil)))
}

// readMultipart makes a form of a multipart form. Files are ignored.
func (b *content) readMultipart(contentType string) error {
	from := multipart.NewReader(bytes.NewReader(b.text), b.boundary(contentType))
	var pairs []string
	files := 0
	for {
		part, err := from.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var value []byte
		if err == nil {
			value, err = io.ReadAll(part)
		}
		if err != nil {
			return problem.Invalid("body", "the multipart form cannot be read (%s)", err)
		}
		if part.FileName() != "" {
			files++
			continue
		}
		pairs = append(pairs, url.QueryEscape(part.FormName())+"="+url.QueryEscape(string(value)))
	}
	if files > 0 {
		b.notes = note(b.notes, fmt.Sprintf("files in the form were ignored: %d", files))
	}
	b.text, b.shape = []byte(strings.Join(pairs, "&")), form
	if len(pairs) == 0 {
		b.shape = nothing
	}
	return nil
}

// boundary returns what separates the parts of a multipart form: as the content type says, else
// as the first line does.
func (b *content) boundary(contentType string) string {
	if _, parameters, err := mime.ParseMediaType(contentType); err == nil && parameters["boundary"] != "" {
		return parameters["boundary"]
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(b.text, "\r\n"), []byte("\n"))
	return strings.TrimPrefix(string(bytes.TrimRight(line, "\r ")), "--")
}
