package setup

import (
	"context"
	"fmt"

	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/ent/db/ignoredattention"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// IgnorePostback ignores the failures of a postback until it fails again, or shows them again.
func (s *Setup) IgnorePostback(ctx context.Context, id ids.Postback, ignored bool) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		p, err := c.client.Postback.Get(ctx, int64(id))
		if err != nil {
			return missing(err, "id", "postback")
		}
		return c.ignore(ctx, ids.Affiliate(p.AffiliateID), ignored,
			c.client.IgnoredAttention.Query().Where(ignoredattention.PostbackID(p.ID)),
			func(create *db.IgnoredAttentionCreate) { create.SetPostbackID(p.ID) })
	})
}

// IgnoreGoal ignores that a goal has no postback, in every campaign of the viewer's affiliate, or
// shows it again.
func (s *Setup) IgnoreGoal(ctx context.Context, id int64, ignored bool) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		if c.scope.All() {
			return problem.Invalid("id", "only the affiliate itself can ignore a goal")
		}
		g, err := c.client.Goal.Query().Where(goal.ID(id)).Only(ctx)
		if err != nil {
			return missing(err, "id", "goal")
		}
		owner := c.scope.AffiliateID()
		return c.ignore(ctx, owner, ignored,
			c.client.IgnoredAttention.Query().Where(ignoredattention.Goal(g.Key), ignoredattention.AffiliateID(int64(owner))),
			func(create *db.IgnoredAttentionCreate) { create.SetGoal(g.Key) })
	})
}

// ignore keeps or deletes the row that a query finds. The affiliate is locked: of two who ignore the same at once, the second
// changes the row of the first.
func (c *change) ignore(ctx context.Context, owner ids.Affiliate, ignored bool, q *db.IgnoredAttentionQuery, about func(*db.IgnoredAttentionCreate)) error {
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM affiliates WHERE id = $1 FOR NO KEY UPDATE`, owner); err != nil {
		return fmt.Errorf("locking the affiliate: %w", err)
	}
	before, err := q.Only(ctx)
	if err != nil && !db.IsNotFound(err) {
		return fmt.Errorf("reading what is ignored: %w", err)
	}
	act := Act{Entity: "ignored_attention", affiliateID: owner}
	switch {
	case before == nil && ignored:
		create := c.client.IgnoredAttention.Create().SetAffiliateID(int64(owner)).SetIgnoredAt(c.now)
		about(create)
		after, err := create.Save(ctx)
		if err != nil {
			return saved("ignored item", err)
		}
		act.Action, act.ID, act.After = "create", fmt.Sprint(after.ID), after
	case before != nil && ignored:
		after, err := c.client.IgnoredAttention.UpdateOne(before).SetIgnoredAt(c.now).Save(ctx)
		if err != nil {
			return saved("ignored item", err)
		}
		act.Action, act.ID, act.Before, act.After = "update", fmt.Sprint(before.ID), before, after
	case before != nil:
		if err := c.client.IgnoredAttention.DeleteOne(before).Exec(ctx); err != nil {
			return fmt.Errorf("showing an ignored item again: %w", err)
		}
		act.Action, act.ID, act.Before = "delete", fmt.Sprint(before.ID), before
	default:
		return nil
	}
	return c.audit(ctx, act)
}
