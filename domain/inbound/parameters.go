package inbound

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/url"
	"strconv"
	"strings"

	"postrider/domain/commission"
	"postrider/internal/problem"
)

// parameters returns the names and values of a call: the query's, overridden by the body's, a
// form or a JSON object. If only the body is signed, just the credentials are read of the
// query: nobody who overheard one call may make another of it.
func (s *Integration) parameters(c *Call) (url.Values, error) {
	values, err := url.ParseQuery(c.RawQuery)
	if err != nil {
		return nil, problem.Invalid("query", "the query string cannot be read (%s): percent-encode each value", err)
	}
	if c.hasBody() {
		body, err := bodyParameters(c)
		if err != nil {
			return nil, err
		}
		if s.RequireSignature {
			maps.DeleteFunc(values, func(name string, _ []string) bool { return !s.Hides(name) })
		}
		maps.Copy(values, body)
	}
	if len(values) > maxParameters {
		return nil, problem.Invalid("query", "%d parameters are more than the limit of %d", len(values), maxParameters)
	}
	return values, nil
}

func bodyParameters(c *Call) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.ContentType)
	switch {
	case err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")), looksLikeJSON(c.Body):
		return jsonParameters(c.Body)
	case c.isForm():
		values, err := url.ParseQuery(strings.TrimSpace(string(c.Body)))
		if err != nil {
			return nil, problem.Invalid("body", "the form cannot be read (%s): percent-encode each value", err)
		}
		return values, nil
	default:
		return nil, problem.Invalid("body", "the content type %q is not supported: send a form or a JSON object", c.ContentType)
	}
}

// jsonParameters parses a JSON object; numbers keep their digits. Nested values are named by
// their dotted paths: data.player.id, events.0.type.
func jsonParameters(body []byte) (url.Values, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		if _, other := errors.AsType[*json.UnmarshalTypeError](err); other {
			return nil, problem.Invalid("body", "the JSON in the body is not an object")
		}
		return nil, problem.Invalid("body", "the body is not a JSON object (%s)", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, problem.Invalid("body", "the body has more after the JSON object")
	}
	for name, v := range object {
		if what := compound(v); what != "" && commission.IsParameter(name) {
			return nil, problem.Invalid(name, "must be a string or a number, not %s", what)
		}
	}
	values := url.Values{}
	flatten(values, "", object)
	return values, nil
}

// compound names the type of a JSON value that has others in it; empty for a plain one.
func compound(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return ""
}

// flatten adds the plain values of a JSON value under their paths, up to the limit of
// parameters.
func flatten(values url.Values, path string, v any) {
	if len(values) > maxParameters {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(values, join(path, name), inner)
		}
	case []any:
		for i, inner := range v {
			flatten(values, join(path, strconv.Itoa(i)), inner)
		}
	case string:
		values.Set(path, v)
	case json.Number:
		values.Set(path, v.String())
	case bool:
		values.Set(path, strconv.FormatBool(v))
	}
}

// join returns the path of a name within a path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Heard returns the parameters of a call from the inbound log; none of what cannot be parsed.
func Heard(query, body string) map[string]string {
	found := map[string]string{}
	keep := func(values url.Values) {
		for name := range values {
			found[name] = strings.TrimSpace(values.Get(name))
		}
	}
	if values, err := url.ParseQuery(query); err == nil {
		keep(values)
	}
	if looksLikeJSON([]byte(body)) {
		if values, err := jsonParameters([]byte(body)); err == nil {
			keep(values)
		}
	} else if values, err := url.ParseQuery(body); err == nil {
		keep(values)
	}
	return found
}
