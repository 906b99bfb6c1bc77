package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/ids"
)

// AssignmentPreview is what an assignment would do.
type AssignmentPreview struct {
	AffiliateID    ids.Affiliate
	OfferID        ids.Offer
	CampaignID     ids.Campaign        // zero for a default link
	Payout         decimal.NullDecimal // invalid without a deal or a rate
	PayoutCurrency string
	CappedBy       string // offer or campaign, if its daily cap is used up
	Considered     []AssignmentDecision
}

// AssignmentDecision is a decision about a postback, for the status of one past step.
type AssignmentDecision struct {
	firing.Decision

	Status commission.Status
}

// errPreviewed rolls back what was done to be looked at.
var errPreviewed = errors.New("it was only a preview")

// previewAssign makes an assignment, looks at it, and rolls it back: what it shows cannot differ from what
// an assignment does. Nothing is queued by then, so no delivery leaves.
func (r *recorder) previewAssign(ctx context.Context, conversionID uuid.UUID, a Assignment) (AssignmentPreview, error) {
	var p AssignmentPreview
	err := r.changeOne(ctx, conversionID, func(ctx context.Context, ch *changes, c *conversion) error {
		if err := assignTo(ctx, ch, c, a); err != nil {
			return err
		}
		p = AssignmentPreview{
			AffiliateID: c.AffiliateID, OfferID: c.OfferID, CampaignID: c.CampaignID,
			Payout: c.Payout, PayoutCurrency: c.PayoutCurrency, CappedBy: c.CappedBy,
		}
		for _, e := range ch.events {
			var decisions []firing.Decision
			if err := json.Unmarshal([]byte(e.considered), &decisions); err != nil {
				return fmt.Errorf("reading decisions: %w", err)
			}
			for _, d := range decisions {
				p.Considered = append(p.Considered, AssignmentDecision{Decision: d, Status: e.step.Status})
			}
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return p, err
}
