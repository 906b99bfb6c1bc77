package firing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// BodyRule is what a response must satisfy for the delivery to count as received: some trackers
// answer 200 to what they refuse. The zero value accepts every 2xx. Rules that read the body do so
// in a 2xx response; text is compared case-insensitively.
type BodyRule struct {
	Kind  BodyRuleKind `json:"kind"`
	Path  string       `json:"path,omitempty"` // for JSONField: names and array positions joined by dots
	Value string       `json:"value"`          // the text looked for, or the field's value as text: ok, true, 0; for StatusCode the codes: 200, 302
}

// maxRuleText bounds each text of a rule, in bytes.
const maxRuleText = 512

// IsZero reports whether there is no rule.
func (r BodyRule) IsZero() bool { return r == BodyRule{} }

// Validate returns what is missing from a rule, in words for the person who wrote it.
func (r BodyRule) Validate() error {
	if len(r.Value) > maxRuleText || len(r.Path) > maxRuleText {
		return fmt.Errorf("each value of the rule can be at most %d bytes long", maxRuleText)
	}
	switch r.Kind {
	case "":
		if !r.IsZero() {
			return errors.New("choose the kind of rule: contains, not_contains, json_field or status_code")
		}
	case StatusCode:
		return validateCodes(r.Value)
	case Contains, NotContains:
		if r.Value == "" {
			return errors.New("enter the text to look for in the body")
		}
	case JSONField:
		if r.Path == "" {
			return errors.New("enter the JSON field to read, such as status or result.code")
		}
	default:
		return fmt.Errorf("%q is not a kind of rule: use contains, not_contains, json_field or status_code", r.Kind)
	}
	return nil
}

// validateCodes refuses what is no list of status codes, and codes that no delivery can count as
// received by: 410 is the tracker's way to end a postback, and a server that fails is tried again.
func validateCodes(list string) error {
	for word := range strings.SplitSeq(list, ",") {
		code, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || code < 200 || code > 499 || code == http.StatusGone || code == http.StatusTooManyRequests {
			return fmt.Errorf("%q is not a status code that can mean success: enter codes from 200 to 499, such as 200 or 200, 302", strings.TrimSpace(word))
		}
	}
	return nil
}

// HasCode reports whether a StatusCode rule names a code.
func (r BodyRule) HasCode(code int) bool {
	for word := range strings.SplitSeq(r.Value, ",") {
		if strings.TrimSpace(word) == strconv.Itoa(code) {
			return true
		}
	}
	return false
}

// Accepts reports whether the body passes, and, in words, what it failed.
func (r BodyRule) Accepts(body []byte) (ok bool, failed string) {
	switch r.Kind {
	case Contains:
		return containsFold(body, r.Value), fmt.Sprintf("the response does not contain %q", r.Value)
	case NotContains:
		return !containsFold(body, r.Value), fmt.Sprintf("the response contains %q", r.Value)
	case JSONField:
		return r.acceptsJSON(body)
	default:
		return true, ""
	}
}

func containsFold(body []byte, text string) bool {
	return bytes.Contains(bytes.ToLower(body), bytes.ToLower([]byte(text)))
}

func (r BodyRule) acceptsJSON(body []byte) (ok bool, failed string) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return false, "the response is not JSON"
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return false, "the response is not JSON"
	}
	value, found := lookup(document, r.Path)
	if !found {
		return false, fmt.Sprintf("the response has no field %q", r.Path)
	}
	got := jsonText(value)
	return strings.EqualFold(got, r.Value), fmt.Sprintf("the field %q is %q, not %q", r.Path, got, r.Value)
}

// lookup follows a dotted path through objects and arrays.
func lookup(document any, path string) (value any, found bool) {
	for name := range strings.SplitSeq(path, ".") {
		switch at := document.(type) {
		case map[string]any:
			if document, found = at[name]; !found {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			document = at[i]
		default:
			return nil, false
		}
	}
	return document, true
}

// jsonText formats a JSON value as a person would in the rule: text without quotes.
func jsonText(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}
