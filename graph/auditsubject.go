package graph

import (
	"context"
	"fmt"
	"strconv"

	"postrider/domain/macro"
	"postrider/ent/db"
)

// naming are the fields by which something is called, of whatever kind it is.
var naming = []string{"name", "email", "quote", "message"}

// subject returns what an entry is about by its name: as it was called then, or else as it is called now.
func subject(ctx context.Context, publicURL string, e *db.AuditEntry) (string, error) {
	for _, state := range []map[string]any{e.After, e.Before} {
		for _, field := range naming {
			if name, _ := state[field].(string); name != "" {
				return name, nil
			}
		}
	}
	if id, err := strconv.ParseInt(e.EntityID, 10, 64); err == nil { // a fact has no name
		name, err := nameNow(ctx, publicURL, e, id)
		if err != nil {
			return "", fmt.Errorf("naming %s %d: %w", e.Entity, id, err)
		}
		return name, nil
	}
	return "", nil
}

// nameNow reads the name of a row; it is empty if the row is gone.
func nameNow(ctx context.Context, publicURL string, e *db.AuditEntry, id int64) (string, error) {
	switch e.Entity {
	case "postback":
		p, err := find(ctx, load(ctx).postbacks, &id)
		if p == nil || err != nil {
			return "", err
		}
		if p.Name != "" {
			return p.Name, nil
		}
		if template, err := macro.ParseFor(p.URLTemplate, macro.Aggregated); err == nil {
			return p.Goal + " to " + sentTo(publicURL, template.Endpoint()), nil
		}
		return p.Goal, nil
	case "integration":
		i, err := find(ctx, load(ctx).integrations, &id)
		if i == nil || err != nil {
			return "", err
		}
		return i.Name, nil
	case "user":
		u, err := find(ctx, load(ctx).users, &id)
		if u == nil || err != nil {
			return "", err
		}
		return u.Email, nil
	case "deal":
		for _, state := range []map[string]any{e.After, e.Before} {
			number, ok := state["offer_id"].(float64)
			if !ok {
				continue
			}
			offer := int64(number)
			o, err := find(ctx, load(ctx).offers, &offer)
			if o == nil || err != nil {
				return "", err
			}
			return o.Name, nil
		}
	}
	return "", nil
}
