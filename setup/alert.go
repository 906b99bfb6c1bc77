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
	var alert *db.Alert
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Alert.Get(ctx, id)
		switch {
		case db.IsNotFound(err):
			return problem.NotFound("there is no such alert").At("id")
		case err != nil:
			return fmt.Errorf("reading the alert: %w", err)
		case before.DismissedAt != nil:
			alert = before
			return nil
		}
		if alert, err = c.client.Alert.UpdateOne(before).SetDismissedAt(c.now).Save(ctx); err != nil {
			return fmt.Errorf("dismissing the alert: %w", err)
		}
		if err := c.audit(ctx, Act{Action: "update", Entity: "alert", ID: globalid.Hex(id), affiliateID: ids.Affiliate(alert.AffiliateID), Before: before, After: alert}); err != nil {
			return err
		}
		return live.Notify(ctx, c.tx, live.Alerts, id)
	})
	return alert, err
}
