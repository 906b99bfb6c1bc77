package setup

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/problem"
)

// DismissAlert dismisses an alert; one that already is stays unchanged.
func (s *Setup) DismissAlert(ctx context.Context, id uuid.UUID) (*db.Alert, error) {
	return s.changeAlert(ctx, id, func(before *db.Alert, c *change) *db.AlertUpdateOne {
		if before.DismissedAt != nil {
			return nil
		}
		return c.client.Alert.UpdateOne(before).SetDismissedAt(c.now)
	})
}

// RestoreAlert shows a dismissed alert again.
func (s *Setup) RestoreAlert(ctx context.Context, id uuid.UUID) (*db.Alert, error) {
	return s.changeAlert(ctx, id, func(before *db.Alert, c *change) *db.AlertUpdateOne {
		if before.DismissedAt == nil {
			return nil
		}
		return c.client.Alert.UpdateOne(before).ClearDismissedAt()
	})
}

// changeAlert makes the update that `to` returns; nil leaves the alert as it is.
func (s *Setup) changeAlert(ctx context.Context, id uuid.UUID, to func(*db.Alert, *change) *db.AlertUpdateOne) (*db.Alert, error) {
	var alert *db.Alert
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Alert.Get(ctx, id)
		if db.IsNotFound(err) {
			return problem.NotFoundAt("id", "there is no such alert")
		}
		if err != nil {
			return fmt.Errorf("reading the alert: %w", err)
		}
		update := to(before, c)
		if update == nil {
			alert = before
			return nil
		}
		if alert, err = update.Save(ctx); err != nil {
			return fmt.Errorf("dismissing or restoring the alert: %w", err)
		}
		if err := c.audit(ctx, Act{Action: "update", Entity: "alert", ID: globalid.Hex(id), affiliateID: ids.Affiliate(alert.AffiliateID), Before: before, After: alert}); err != nil {
			return err
		}
		return live.Notify(ctx, c.tx, live.Alerts, id)
	})
	return alert, err
}
