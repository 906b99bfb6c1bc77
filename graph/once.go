package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"postrider/graph/gen"
	"postrider/idempotency"
	"postrider/internal/problem"
)

// finishTimeout bounds the statement that keeps a payload.
const finishTimeout = 5 * time.Second

// resumable lists mutations of several transactions, each of which does nothing where it was done
// before: one that a crash cut off is called again.
var resumable = map[string]bool{"attributeByRule": true, "importStatusChanges": true, "mapGoal": true}

// cutOff says of mutations whose payload is known only at their end what to do after a crash.
var cutOff = map[string]string{
	"runScenarios": "the run with this key was cut off after some of its tests, which `postbackTests` shows: start another one with a new key",
}

// once calls a mutation. If its input has an idempotency key, it is done once, and a repeat gets
// the payload of the first call, with its objects as the viewer sees them now.
func (r *Resolver) once(ctx context.Context, next graphql.Resolver) (any, error) {
	field := graphql.GetFieldContext(ctx)
	if field.Object != "Mutation" {
		return next(ctx)
	}
	input := field.Args["input"]
	key := keyOf(input)
	if key == nil {
		return next(ctx)
	}
	name := field.Field.Name
	call, err := r.Keys.Begin(ctx, *key, name, input)
	if err != nil {
		return refusal(name, err)
	}
	defer call.End()
	if call.Kept != nil {
		if call.Kept.Payload != nil || !resumable[name] {
			return r.again(ctx, name, call.Kept)
		}
		if err := call.Resume(ctx); err != nil {
			return nil, err
		}
	}
	payload, err := next(idempotency.With(ctx, call))
	if err == nil && !refusing(payload) {
		r.finish(ctx, call, payload)
		return payload, nil
	}
	// It may have failed because another call has done it meanwhile, whose process died as it
	// committed, or that had lost its lock.
	switch overtaken, readErr := call.Overtaken(ctx); {
	case problem.CodeOf(readErr) == problem.CodeConflict:
		return refusal(name, readErr)
	case readErr == nil && overtaken:
		return r.again(ctx, name, call.Kept)
	}
	return payload, err
}

// keyOf returns the key of a mutation's input; nil if it has none.
func keyOf(input any) *string {
	v := reflect.ValueOf(input)
	if v.Kind() != reflect.Struct {
		return nil
	}
	if field := v.FieldByName("IdempotencyKey"); field.IsValid() {
		key, _ := reflect.TypeAssert[*string](field)
		return key
	}
	return nil
}

// payloads are the types of the mutations' payloads, by the mutation's name in lower case.
var payloads = sync.OnceValue(func() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for method := range reflect.TypeFor[gen.MutationResolver]().Methods() {
		found[strings.ToLower(method.Name)] = method.Type.Out(0).Elem()
	}
	return found
})

// newPayload returns an empty payload of a mutation: its lists are empty.
func newPayload(name string) reflect.Value {
	payload := reflect.New(payloads()[strings.ToLower(name)])
	for _, field := range payload.Elem().Fields() {
		if field.Kind() == reflect.Slice {
			field.Set(reflect.MakeSlice(field.Type(), 0, 0))
		}
	}
	return payload
}

// refusal returns a payload that says what the user can fix.
func refusal(name string, err error) (any, error) {
	errs, err := userErrors(err)
	if err != nil {
		return nil, err
	}
	payload := newPayload(name)
	payload.Elem().FieldByName("UserErrors").Set(reflect.ValueOf(errs))
	return payload.Interface(), nil
}

// refusing reports whether a payload says that nothing was done.
func refusing(payload any) bool {
	v := reflect.ValueOf(payload)
	return v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().FieldByName("UserErrors").Len() > 0
}

// finish keeps a payload. Without it the next call makes it again from what was done.
func (r *Resolver) finish(ctx context.Context, call *idempotency.Call, payload any) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	var note noted
	note.Payload = note.write(reflect.ValueOf(payload))
	text, err := json.Marshal(note)
	if err == nil {
		err = call.Finish(ctx, text)
	}
	if err != nil {
		r.Log.WarnContext(ctx, "keeping what a mutation returned for its repeats", "error", err)
	}
}

// again returns the payload of a call that was made before.
func (r *Resolver) again(ctx context.Context, name string, kept *idempotency.Result) (any, error) {
	payload := newPayload(name)
	if kept.Payload == nil {
		if why := cutOff[name]; why != "" {
			return refusal(name, problem.Conflict(idempotency.Field, "%s", why))
		}
		return payload.Interface(), r.retell(ctx, payload.Elem(), kept)
	}
	var note struct {
		IDs     []string        `json:"ids"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(kept.Payload, &note); err != nil {
		return nil, fmt.Errorf("reading the payload of %s: %w", name, err)
	}
	found, err := r.byID(ctx, note.IDs)
	if err != nil {
		return nil, err
	}
	if _, err := found.read(payload, note.Payload); err != nil {
		return nil, fmt.Errorf("reading the payload of %s: %w", name, err)
	}
	showSecret(payload.Elem(), kept.Secret)
	return payload.Interface(), nil
}
