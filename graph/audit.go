package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"postrider/graph/gen"
)

// auditChanges returns the fields in which two states differ.
func auditChanges(before, after map[string]any) ([]*gen.AuditChange, error) {
	list := []*gen.AuditChange{}
	names := slices.Sorted(maps.Keys(before))
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		was, err := jsonText(before, name)
		if err != nil {
			return nil, err
		}
		is, err := jsonText(after, name)
		if err != nil {
			return nil, err
		}
		if was != nil && is != nil && *was == *is {
			continue
		}
		list = append(list, &gen.AuditChange{Field: name, Before: was, After: is})
	}
	return list, nil
}

// jsonText returns a field as JSON; nil if there is none.
func jsonText(of map[string]any, name string) (*string, error) {
	v, ok := of[name]
	if !ok {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing down %s: %w", name, err)
	}
	written := string(bytes.TrimSpace(b.Bytes()))
	return &written, nil
}
