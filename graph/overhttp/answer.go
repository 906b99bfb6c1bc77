package overhttp

import (
	"context"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/internal/problem"
	"postrider/internal/requestid"
)

// Response is a response as it is written: without data if nothing was executed.
type Response struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Label      string          `json:"label,omitempty"`
	Path       ast.Path        `json:"path,omitempty"`
	HasNext    *bool           `json:"hasNext,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// Written returns a response of the executor as it is written.
func Written(res *graphql.Response) *Response {
	return &Response{Errors: res.Errors, Data: res.Data, Label: res.Label, Path: res.Path, HasNext: res.HasNext, Extensions: res.Extensions}
}

// Executed reports whether a response is that of an operation that was executed, even if all of it
// failed.
func Executed(res *graphql.Response) bool { return len(res.Data) > 0 }

// Error returns an error as the API shows it.
func Error(code problem.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
}

// CodeOf returns the code of an error of the API; empty if it has none.
func CodeOf(err *gqlerror.Error) problem.Code {
	code, _ := err.Extensions["code"].(string)
	return problem.Code(code)
}

// Refuse answers a request that is no operation to be executed.
func Refuse(w http.ResponseWriter, r *http.Request, status int, errs ...*gqlerror.Error) {
	write(w, r, status, &Response{Errors: errs, Extensions: extensions(r)})
}

// RefuseFor is Refuse with the status that the problem's code has.
func RefuseFor(w http.ResponseWriter, r *http.Request, p *problem.Error) {
	switch p.Code {
	case problem.CodeMethodNotAllowed:
		w.Header().Set("Allow", allowed(r.Method))
	case problem.CodeUnsupportedMediaType:
		w.Header().Set("Accept", mediaJSON)
	case problem.CodeRequestTimeout:
		w.Header().Set("Connection", "close")
	}
	Refuse(w, r, StatusOf(p.Code), Error(p.Code, p.PublicMessage()))
}

// allowed returns the methods that a client is to use in place of one.
func allowed(instead string) string {
	if instead == http.MethodGet {
		return http.MethodPost
	}
	return "GET, POST, OPTIONS"
}

func extensions(r *http.Request) map[string]any {
	if id := requestid.From(r.Context()); id != "" {
		return map[string]any{"requestId": id}
	}
	return nil
}

// StatusOf returns the HTTP status of a request that is refused with a code.
func StatusOf(code problem.Code) int {
	switch code {
	case problem.CodeUnauthenticated:
		return http.StatusUnauthorized
	case problem.CodeForbidden:
		return http.StatusForbidden
	case problem.CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case problem.CodeRequestTimeout:
		return http.StatusRequestTimeout
	case problem.CodeUnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case problem.CodeRateLimited:
		return http.StatusTooManyRequests
	case problem.CodeInternal:
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

// media returns the media type that a client prefers of those that a response may have;
// application/json if it does not say, or only accepts others.
func media(r *http.Request) string {
	best, preferred := 0.0, mediaJSON
	for accepted := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, params, err := mime.ParseMediaType(accepted)
		if err != nil {
			continue
		}
		quality := 1.0
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
			quality = q
		}
		switch name {
		case "*/*", "application/*":
			name = mediaJSON
		case mediaJSON, mediaResponse:
		default:
			continue
		}
		if quality > best {
			best, preferred = quality, name
		}
	}
	return preferred
}

func write(w http.ResponseWriter, r *http.Request, status int, res *Response) {
	text, err := json.Marshal(res)
	if err != nil { // nothing of what the executor makes is no JSON
		status, text = http.StatusInternalServerError, []byte(`{"errors":[{"message":"the response could not be written","extensions":{"code":"INTERNAL"}}]}`)
	}
	w.Header().Set("Content-Type", media(r)+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// OfRequest returns errors that name ctx's request: those of a stream's operation that did not
// start come without a response that could.
func OfRequest(ctx context.Context, errs gqlerror.List) gqlerror.List {
	id := requestid.From(ctx)
	if id == "" {
		return errs
	}
	named := make(gqlerror.List, len(errs))
	for i, err := range errs {
		copied := *err
		copied.Extensions = map[string]any{"requestId": id}
		maps.Copy(copied.Extensions, err.Extensions)
		named[i] = &copied
	}
	return named
}
