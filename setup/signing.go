package setup

import (
	"context"
	"fmt"
	"time"

	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
)

// maxSecretOverlap is the longest time for which the old signing secret of a postback may be
// used beside the new one.
const maxSecretOverlap = 30 * 24 * time.Hour

// RotateSigningSecret gives a postback a new secret. During the overlap its POSTs are signed
// with both, so that the receiver can change over at any time; without an overlap the old one
// is invalid from now on.
func (s *Setup) RotateSigningSecret(ctx context.Context, id int64, overlap time.Duration) (*db.Postback, error) {
	if overlap < 0 || overlap > maxSecretOverlap {
		return nil, problem.Invalid("overlapHours", "%d is not between 0 and %d", int(overlap.Hours()), int(maxSecretOverlap.Hours()))
	}
	var changed *db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.livePostback(ctx, id)
		if err != nil {
			return err
		}
		sealed, err := s.Secrets.Seal(secret.NewSigningSecret(), secret.ForPostback)
		if err != nil {
			return fmt.Errorf("sealing the signing secret: %w", err)
		}
		update := c.client.Postback.UpdateOne(before).SetSigningSecret(sealed).SetUpdatedAt(c.now)
		if overlap == 0 {
			update.ClearRetiredSigningSecret().ClearRetiredSigningSecretUntil()
		} else {
			update.SetRetiredSigningSecret(before.SigningSecret).SetRetiredSigningSecretUntil(c.now.Add(overlap))
		}
		if changed, err = update.Save(ctx); err != nil {
			return fmt.Errorf("changing the signing secret: %w", err)
		}
		return c.audit(ctx, Act{Action: "rotate_secret", Entity: "postback", ID: fmt.Sprint(id), affiliateID: ids.Affiliate(before.AffiliateID)})
	})
	return changed, err
}
