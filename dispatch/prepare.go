package dispatch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postrider/domain/firing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// prepared is a request ready to leave.
type prepared struct {
	request *http.Request
	body    []byte
}

// url returns what is sent: the host as it was written, and the rest as on the request
// line.
func (p prepared) url() string {
	u := p.request.URL
	return u.Scheme + "://" + u.Host + u.RequestURI()
}

// prepare builds the HTTP request for one attempt.
func (c *Client) prepare(r Request, now time.Time) (prepared, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return prepared{}, fmt.Errorf("the URL cannot be read")
	}
	u.Fragment, u.RawFragment = "", "" // never sent
	p := prepared{request: &http.Request{
		Method: string(r.Method), URL: u, Host: u.Host, Header: http.Header{}, Body: unrepeatable{},
	}}
	h := p.request.Header
	h.Set("Accept", "*/*")
	h.Set("User-Agent", c.options.UserAgent)
	if r.DeliveryID != "" {
		h.Set("X-Postrider-Delivery", r.DeliveryID)
		h.Set("X-Postrider-Attempt", strconv.Itoa(r.Attempt))
	}
	if r.Method != firing.POST {
		return p, nil
	}
	if p.body, err = queryAsJSON(u.RawQuery); err != nil {
		return prepared{}, err
	}
	u.RawQuery, u.ForceQuery = "", false
	h.Set("Content-Type", "application/json")
	p.request.Body, p.request.ContentLength = io.NopCloser(bytes.NewReader(p.body)), int64(len(p.body))
	return p, sign(h, r, now, p.body)
}

// unrepeatable is the empty body of a GET. net/http retries a request without a body on its
// own when a kept connection breaks, even after it was written; with this one, it leaves
// that to us.
type unrepeatable struct{}

// Read returns io.EOF.
func (unrepeatable) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing.
func (unrepeatable) Close() error { return nil }

// sign sets the headers of Standard Webhooks, with a signature for each secret
// that is valid: a receiver needs to know one of them.
func sign(h http.Header, r Request, now time.Time, body []byte) error {
	h.Set(standardwebhooks.HeaderWebhookID, r.DeliveryID)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	var signatures []string
	for _, secret := range []string{r.SigningSecret, r.OldSecret} {
		if secret == "" {
			continue
		}
		webhook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			webhook, err = standardwebhooks.NewWebhookRaw([]byte(secret))
		}
		if err != nil {
			return err
		}
		signature, err := webhook.Sign(r.DeliveryID, now, body)
		if err != nil {
			return err
		}
		signatures = append(signatures, signature)
	}
	if len(signatures) > 0 {
		h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	}
	return nil
}

// queryAsJSON turns a query into a JSON object of its values, in the query's order. A name
// that occurs several times has an array.
func queryAsJSON(rawQuery string) ([]byte, error) {
	var names []string
	values := map[string][]string{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, value := unescapeQuery(rawName), unescapeQuery(rawValue)
		if _, seen := values[name]; !seen {
			names = append(names, name)
		}
		values[name] = append(values[name], value)
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSON(&b, name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		var value any = values[name]
		if len(values[name]) == 1 {
			value = values[name][0]
		}
		if err := writeJSON(&b, value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writeJSON writes a value without HTML escapes, so that "&" stays readable.
func writeJSON(b *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the line break that Encode adds
	return nil
}

func unescapeQuery(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}
