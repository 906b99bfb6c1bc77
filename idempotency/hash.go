package idempotency

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// keyField is the field of an input that has the key.
const keyField = "IdempotencyKey"

// Hash returns the hash of a mutation's name and its input, a pointer to a struct or a struct as
// the API read it: with its defaults, and without the key. What was left out differs from null
// where the API tells them apart.
func Hash(mutation string, input any) ([]byte, error) {
	text, err := json.Marshal([]any{mutation, plain(reflect.ValueOf(input))})
	if err != nil {
		return nil, fmt.Errorf("writing the input of %s down: %w", mutation, err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

// plain returns a value as maps and lists, whose JSON is the same for the same input.
func plain(v reflect.Value) any {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		return plain(v.Elem())
	}
	switch given := v.Interface().(type) {
	case time.Time: // one moment may be written in several zones
		return given.UTC()
	case interface{ IsSet() bool }: // an input that may be left out
		if !given.IsSet() {
			return "left out"
		}
		return []any{plain(v.MethodByName("Value").Call(nil)[0])}
	case json.Marshaler:
		return given
	}
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Struct:
		fields := map[string]any{}
		for f, value := range v.Fields() {
			if f.IsExported() && f.Name != keyField {
				fields[f.Name] = plain(value)
			}
		}
		return fields
	default:
		return v.Interface()
	}
}
