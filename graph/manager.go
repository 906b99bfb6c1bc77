package graph

import (
	"context"
	"fmt"

	"postrider/ent/db"
	"postrider/graph/gen"
)

// manager returns whom an affiliate asks. The row of a user of the network is not for affiliates: its name
// and address are.
func manager(ctx context.Context, a *db.Affiliate) (*gen.Contact, error) {
	u, err := find(ctx, load(ctx).managers, a.ManagerID)
	if u == nil || err != nil {
		return nil, err
	}
	return &gen.Contact{Name: textOrNull(u.Name), Email: u.Email}, nil
}

// managerOf returns whom an affiliate asks, in words; empty for nobody.
func managerOf(ctx context.Context, affiliateID int64) (string, error) {
	a, err := load(ctx).affiliates.Load(ctx, affiliateID)
	if err != nil {
		return "", fmt.Errorf("reading affiliate %d: %w", affiliateID, err)
	}
	c, err := manager(ctx, a)
	if c == nil || err != nil {
		return "", err
	}
	if c.Name == nil {
		return c.Email, nil
	}
	return *c.Name + " (" + c.Email + ")", nil
}
