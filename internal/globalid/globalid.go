// Package globalid makes and parses the opaque ids that GraphQL shows: the kind of an object and
// its key, so that one id alone is enough to find it again.
package globalid

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/gofrs/uuid/v5"
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

func encode(kind, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + ":" + key))
}
