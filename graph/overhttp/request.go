package overhttp

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"postrider/internal/problem"
)

// mediaJSON is the media type of requests, and of responses to clients that do not ask for
// mediaResponse.
const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
)

// Read reads the operation of a request: from its body, or by GET from its query. The error is a
// *problem.Error.
func Read(r *http.Request) (*graphql.RawParams, error) {
	start := graphql.Now()
	var params *graphql.RawParams
	var err error
	switch r.Method {
	case http.MethodGet:
		params, err = readQuery(r)
	case http.MethodPost:
		params, err = readBody(r)
	default:
		err = refused(problem.CodeMethodNotAllowed, "send operations by POST, or queries by GET")
	}
	if err != nil {
		return nil, err
	}
	params.Headers, params.ReadTime = r.Header, graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func refused(code problem.Code, message string) *problem.Error {
	return &problem.Error{Code: code, Message: message}
}

func readBody(r *http.Request) (*graphql.RawParams, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON {
		return nil, refused(problem.CodeUnsupportedMediaType, "send the operation as JSON, with Content-Type: application/json")
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, refused(problem.CodeUnsupportedMediaType, "send the operation in UTF-8")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, refused(problem.CodeBadRequest, "the body could not be read")
	}
	return Operation(body)
}

// Operation reads an operation as clients send it in JSON. The error is a *problem.Error.
func Operation(text []byte) (*graphql.RawParams, error) {
	var asked struct {
		Query         *string        `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     map[string]any `json:"variables"`
		Extensions    map[string]any `json:"extensions"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) || d.Decode(&asked) != nil || hasMore(d) {
		return nil, refused(problem.CodeBadRequest,
			"the body is not an operation: send a JSON object with query, and optionally operationName, variables and extensions")
	}
	params := &graphql.RawParams{OperationName: asked.OperationName, Variables: asked.Variables, Extensions: asked.Extensions}
	if asked.Query != nil {
		params.Query = *asked.Query
	}
	return params, complete(params)
}

func hasMore(d *json.Decoder) bool {
	_, err := d.Token()
	return err != io.EOF
}

func readQuery(r *http.Request) (*graphql.RawParams, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refused(problem.CodeBadRequest, "the query string cannot be read: percent-encode each value")
	}
	params := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if text := values.Get(name); text != "" {
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			if d.Decode(into) != nil || hasMore(d) {
				return nil, refused(problem.CodeBadRequest, "the parameter "+name+" is not a JSON object")
			}
		}
	}
	return params, complete(params)
}

// complete refuses a request without a query, unless it names a persisted one.
func complete(params *graphql.RawParams) error {
	if params.Query == "" && params.Extensions["persistedQuery"] == nil {
		return refused(problem.CodeBadRequest, "the request has no query")
	}
	return nil
}
