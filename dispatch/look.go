package dispatch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// look says what the answer of a 2xx looks like, if it does not look like that of a tracker that
// took the postback; empty if all is well. Trackers refuse with 200, and so do the web pages of
// parked domains and of sign-in forms. It only describes: without a rule on the body, the delivery
// stays delivered.
func look(e Exchange) string {
	body := strings.TrimSpace(e.ResponseBody)
	switch {
	case isWebPage(body):
		return "is a web page, not a tracker's"
	case strings.HasPrefix(body, "{") && len(body) <= maxLooked:
		return quoted(refusalInJSON([]byte(body)))
	case len(body) <= maxSaid && !strings.HasPrefix(body, "<"):
		return quoted(refusalIn(body))
	}
	return ""
}

// The most bytes that are looked at: of JSON, and of text that could be a sentence.
const (
	maxLooked = 8 << 10
	maxSaid   = 300
	maxQuoted = 120
)

func quoted(said string) string {
	if said == "" {
		return ""
	}
	if len(said) > maxQuoted {
		said = strings.ToValidUTF8(said[:maxQuoted], "") + "…"
	}
	return fmt.Sprintf("looks like a refusal: %q", said)
}

// pageParts are elements that a document for people has, and a tracker's "OK" in HTML has not.
var pageParts = []string{"<title", "<script", "<form", "<meta", "<link", "<style"}

func isWebPage(body string) bool {
	const head = 4 << 10
	start := strings.ToLower(body[:min(len(body), head)])
	if !strings.HasPrefix(start, "<!doctype html") && !strings.HasPrefix(start, "<html") && !strings.HasPrefix(start, "<head") {
		return false
	}
	return slices.ContainsFunc(pageParts, func(part string) bool { return strings.Contains(start, part) })
}

// refusing are words that say no, as words of their own.
var refusing = regexp.MustCompile(`(?i)\b(?:errors?|fail(?:ed|ure)?|invalid|incorrect|unknown|not[ _-]?found|no such|denied|refused|rejected|forbidden|unauthori[sz]ed|not allowed|expired|missing|wrong|bad request|already exists|exists|duplicated?)\b`)

// negated are such words where they say that there is nothing of it.
var negated = regexp.MustCompile(`(?i)\b(?:no|0|zero|without|not)[ _-](?:errors?|fail\w*)\b|\b(?:errors?|fail\w*|error_?code)["']?\s*[:=]\s*["']?(?:0|false|null|none|no|ok|\[\]|\{\}|"")?["']?\s*(?:[,;&}\n]|$)`)

// refusalIn returns a text that says no.
func refusalIn(text string) string {
	if rest := strings.ReplaceAll(negated.ReplaceAllString(text, " "), "_", " "); refusing.MatchString(rest) {
		return strings.Join(strings.Fields(text), " ")
	}
	return ""
}

// refusalInJSON returns what a JSON object says that says no.
func refusalInJSON(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer map[string]any
	if err := decoder.Decode(&answer); err != nil {
		return ""
	}
	said := ""
	for _, name := range []string{"message", "msg", "error", "errors", "error_message", "error_description", "reason", "detail", "description", "status_message", "info"} {
		if value, ok := answer[name]; ok && said == "" {
			said = words(value)
		}
	}
	if saysNo(answer) || refusalIn(said) != "" {
		if said == "" {
			said = string(body)
		}
		return strings.Join(strings.Fields(said), " ")
	}
	return ""
}

// saysNo reports whether one of an answer's fields says no by itself.
func saysNo(answer map[string]any) bool {
	for _, name := range []string{"success", "ok", "accepted", "valid"} {
		if value := answer[name]; value == false || value == "false" || value == json.Number("0") {
			return true
		}
	}
	for _, name := range []string{"status", "result", "state"} {
		if text, ok := answer[name].(string); ok && refusalIn(text) != "" {
			return true
		}
	}
	for _, name := range []string{"error", "errors"} {
		if words(answer[name]) != "" {
			return true
		}
	}
	return false
}

// words returns what a value says, if it says something: null, false, 0 and what is empty do not.
func words(value any) string {
	switch v := value.(type) {
	case string:
		if strings.EqualFold(v, "ok") || strings.EqualFold(v, "none") || strings.EqualFold(v, "null") || strings.EqualFold(v, "false") || v == "0" {
			return ""
		}
		return v
	case json.Number:
		if v == "0" {
			return ""
		}
		return v.String()
	case bool:
		if !v {
			return ""
		}
		return "true"
	case nil:
		return ""
	}
	text, err := json.Marshal(value)
	if empty := string(text); err != nil || empty == "[]" || empty == "{}" {
		return ""
	}
	return string(text)
}
