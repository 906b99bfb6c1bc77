package graph

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"postrider/graph/gen"
	"postrider/idempotency"
)

// identified is an object with an id.
type identified interface{ GlobalID() string }

// noted is how a payload is kept: its objects by their ids, and without its secrets.
type noted struct {
	IDs     []string `json:"ids"`
	Payload any      `json:"payload"`
}

// secretFields are the fields of payloads that show something once. They are sealed, and kept with
// what was done.
var secretFields = []string{"Secret", "Password"}

// notKept reports whether a field of a payload is not kept with it.
func notKept(name string) bool { return name == "UserErrors" || slices.Contains(secretFields, name) }

// write returns a part of a payload for its JSON.
func (n *noted) write(v reflect.Value) any {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice) && v.IsNil() {
		return nil
	}
	switch part := v.Interface().(type) {
	case identified:
		n.IDs = append(n.IDs, part.GlobalID())
		return part.GlobalID()
	case json.Marshaler:
		return part
	}
	switch v.Kind() {
	case reflect.Pointer:
		return n.write(v.Elem())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = n.write(v.Index(i))
		}
		return list
	case reflect.Struct:
		fields := map[string]any{}
		for f, value := range v.Fields() {
			if !notKept(f.Name) {
				fields[f.Name] = n.write(value)
			}
		}
		return fields
	default:
		return v.Interface()
	}
}

// visible are objects that the viewer sees now, by id.
type visible map[string]gen.Node

func (r *Resolver) byID(ctx context.Context, ids []string) (visible, error) {
	rows, err := r.objects(ctx, ids)
	found := visible{}
	for i, row := range rows {
		if row != nil {
			found[ids[i]] = row
		}
	}
	return found, err
}

var (
	identifiedType  = reflect.TypeFor[identified]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
)

// read fills a part of a payload from its JSON, and reports whether there is one: an object that
// is gone, or that the viewer does not see any more, is left out.
func (found visible) read(into reflect.Value, text json.RawMessage) (bool, error) {
	if string(text) == "null" {
		return false, nil
	}
	kind := into.Kind()
	switch {
	case into.Type().Implements(identifiedType):
		var id string
		if err := json.Unmarshal(text, &id); err != nil {
			return false, err
		}
		row := reflect.ValueOf(found[id])
		if !row.IsValid() || !row.Type().AssignableTo(into.Type()) {
			return false, nil
		}
		into.Set(row)
		return true, nil
	case kind == reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		return found.read(into.Elem(), text)
	case kind == reflect.Slice:
		return true, found.readList(into, text)
	case kind == reflect.Struct && !into.Addr().Type().Implements(unmarshalerType):
		return true, found.readFields(into, text)
	}
	return true, json.Unmarshal(text, into.Addr().Interface())
}

func (found visible) readList(into reflect.Value, text json.RawMessage) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	list := reflect.MakeSlice(into.Type(), 0, len(parts))
	for _, part := range parts {
		element := reflect.New(into.Type().Elem()).Elem()
		there, err := found.read(element, part)
		if err != nil {
			return err
		}
		if there {
			list = reflect.Append(list, element)
		}
	}
	into.Set(list)
	return nil
}

func (found visible) readFields(into reflect.Value, text json.RawMessage) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	for f, field := range into.Fields() {
		if part, ok := parts[f.Name]; ok {
			if _, err := found.read(field, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// showSecret sets the field of a payload that shows something once.
func showSecret(payload reflect.Value, secret string) {
	for _, name := range secretFields {
		if field := payload.FieldByName(name); field.IsValid() {
			field.Set(reflect.ValueOf(textOrNull(secret)))
		}
	}
}

// retell fills a payload from what the call did, where it ended before its payload was kept.
func (r *Resolver) retell(ctx context.Context, payload reflect.Value, kept *idempotency.Result) error {
	for _, done := range kept.Done {
		if field := payload.FieldByName("Result"); field.IsValid() && done.Result != "" {
			result := gen.RecordResult(strings.ToUpper(done.Result))
			field.Set(reflect.ValueOf(&result))
		}
		if field := payload.FieldByName("Count"); field.IsValid() && done.Count != 0 {
			field.SetInt(int64(done.Count))
		}
	}
	rows, err := r.objects(ctx, kept.IDs())
	if err != nil {
		return err
	}
	for _, row := range rows {
		place(payload, reflect.ValueOf(row))
	}
	showSecret(payload, kept.Secret)
	return nil
}

// place sets the first field of a payload that an object fits, or appends it to a list.
func place(payload, row reflect.Value) {
	if !row.IsValid() {
		return
	}
	for _, field := range payload.Fields() {
		switch {
		case field.Kind() == reflect.Slice && row.Type().AssignableTo(field.Type().Elem()):
			field.Set(reflect.Append(field, row))
			return
		case row.Type().AssignableTo(field.Type()) && field.IsNil():
			field.Set(row)
			return
		}
	}
}
