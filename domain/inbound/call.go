package inbound

import (
	"bytes"
	"mime"
	"net/http"
	"net/netip"
)

// The limits of a call.
const (
	MaxBody       = 256 << 10 // bytes of a body
	maxParameters = 200
	MaxID         = 255 // bytes of an operator's id
)

// Call is an operator's request, as received.
type Call struct {
	IntegrationKey string
	Method         string
	RawQuery       string
	ContentType    string
	Body           []byte // at most MaxBody
	Truncated      bool   // the body was longer than MaxBody
	Header         http.Header
	Address        netip.Addr
	Secure         bool // over https, as far as that can be trusted
}

// hasBody reports whether the call's parameters are in its body. The body of a GET is ignored:
// no signature covers it.
func (c *Call) hasBody() bool { return c.Method != http.MethodGet && len(c.Body) > 0 }

// isForm reports whether the body is a form; one without a content type is taken for a form.
func (c *Call) isForm() bool {
	kind, _, err := mime.ParseMediaType(c.ContentType)
	return c.ContentType == "" || err == nil && kind == "application/x-www-form-urlencoded"
}

func looksLikeJSON(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }
