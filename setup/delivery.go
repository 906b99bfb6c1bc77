package setup

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/outbox"
)

// CancelDelivery cancels a delivery that is not sent yet; one that was cancelled before stays as it
// is. While an attempt is in flight it cannot be cancelled: the tracker may have it already.
func (s *Setup) CancelDelivery(ctx context.Context, id uuid.UUID) (*db.Delivery, error) {
	var d *db.Delivery
	err := s.within(ctx, func(ctx context.Context, c *change) error {
		before, err := c.delivery(ctx, id)
		if err != nil {
			return err
		}
		cancelled, err := outbox.CancelOne(ctx, c.tx, id, c.now)
		if err != nil {
			return fmt.Errorf("cancelling the delivery: %w", err)
		}
		if d, err = c.delivery(ctx, id); err != nil {
			return err
		}
		switch {
		case cancelled:
			return c.audit(ctx, Act{
				Action: "cancel", Entity: "delivery", ID: globalid.Hex(id), affiliateID: ids.Affiliate(d.AffiliateID),
				Before: map[string]any{"state": before.State}, After: map[string]any{"state": d.State},
			})
		case d.State == outbox.Cancelled:
			return nil
		case d.State.Final():
			return problem.Conflict("id", "it is %s: only a delivery that has not ended can be cancelled", d.State)
		default:
			return problem.Conflict("id", "an attempt is in flight, which the tracker may have already: see how it ends")
		}
	})
	return d, err
}

func (c *change) delivery(ctx context.Context, id uuid.UUID) (*db.Delivery, error) {
	d, err := c.client.Delivery.Get(ctx, id)
	if db.IsNotFound(err) {
		return nil, problem.NotFound("there is no such delivery").At("id")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the delivery: %w", err)
	}
	return d, nil
}
