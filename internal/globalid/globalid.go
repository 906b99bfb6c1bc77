// Package globalid makes and parses the opaque ids that GraphQL shows: the kind of an object and
// its key, so that one id alone is enough to find it again.
package globalid

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/problem"
)

// ID is a parsed global id. Key is decimal for configuration rows and 32 hex digits for facts.
type ID struct {
	Kind string
	Key  string
}

// Int returns the global id of a configuration row.
func Int(kind string, key int64) string { return encode(kind, strconv.FormatInt(key, 10)) }

// UUID returns the global id of a fact.
func UUID(kind string, key uuid.UUID) string { return encode(kind, Hex(key)) }

// Hex returns the key of a fact as 32 hex digits, as URLs and macros show it.
func Hex(key uuid.UUID) string { return hex.EncodeToString(key[:]) }

// Parse parses a global id; false if it is none.
func Parse(id string) (ID, bool) {
	text, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return ID{}, false
	}
	kind, key, ok := strings.Cut(string(text), ":")
	return ID{Kind: kind, Key: key}, ok && kind != "" && key != ""
}

// Int returns the key of a configuration row; false if it is none.
func (id ID) Int() (int64, bool) {
	n, err := strconv.ParseInt(id.Key, 10, 64)
	return n, err == nil
}

// UUID returns the key of a fact; false if it is none.
func (id ID) UUID() (uuid.UUID, bool) {
	u, err := uuid.FromString(id.Key)
	return u, err == nil
}

// IntOf returns the key of a configuration row of one kind; false if id is not the id of such a row.
func IntOf(kind, id string) (int64, bool) {
	parsed, _ := Parse(id)
	key, isInt := parsed.Int()
	return key, isInt && parsed.Kind == kind
}

// UUIDOf returns the key of a fact of one kind; false if id is not the id of such a fact.
func UUIDOf(kind, id string) (uuid.UUID, bool) {
	parsed, _ := Parse(id)
	key, isUUID := parsed.UUID()
	return key, isUUID && parsed.Kind == kind
}

// Noun returns a kind as people say it, with its article: an API token, a landing page.
func Noun(kind string) string {
	words := strings.ToLower(hump.ReplaceAllString(kind, "$1 $2"))
	if rest, isAPI := strings.CutPrefix(words, "api "); isAPI {
		words = "API " + rest
	}
	article := "a "
	if strings.ContainsAny(words[:1], "aAeio") { // a user is spoken with a consonant
		article = "an "
	}
	return article + words
}

// hump is where a word ends in a kind.
var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// Refusal returns the problem of a field whose id is not that of an object of this kind.
func Refusal(kind, field, id string) *problem.Error {
	if other, ok := Parse(id); ok && kinds.MatchString(other.Kind) && other.Kind != kind {
		return problem.Invalid(field, "%.80q is the id of %s: give the id of %s", id, Noun(other.Kind), Noun(kind))
	}
	return problem.Invalid(field, "%.80q is not the id of %s: give an id as the API shows it", id, Noun(kind))
}

// kinds matches what can be a kind.
var kinds = regexp.MustCompile(`^([A-Z][a-z]+){1,3}$`)

func encode(kind, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + ":" + key))
}
