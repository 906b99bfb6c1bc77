package intake

import (
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/internal/globalid"
)

// snapshot returns the value of each macro in the postbacks of a new conversion. It is stored
// with the event, so that a delivery has the same values however late it is sent.
// {delivery_id} is the delivery's own and not in it.
func snapshot(c *conversion, g *goal, click *clickFacts) map[macro.Name]string {
	m := map[macro.Name]string{
		macro.OfferID:       strconv.FormatInt(int64(c.OfferID), 10),
		macro.GoalName:      g.Name,
		macro.GoalID:        g.Key,
		macro.ConversionID:  globalid.Hex(c.ID),
		macro.TransactionID: c.TransactionID,
		macro.PlayerID:      hexOrNothing(c.PlayerID),
	}
	setState(m, c)
	if click == nil {
		return m
	}
	m[macro.AffID] = strconv.FormatInt(int64(click.AffiliateID), 10)
	m[macro.OfferName] = click.OfferName
	m[macro.ClickID] = globalid.Hex(click.ID)
	m[macro.Param1], m[macro.Param2], m[macro.Param3] = click.Params[0], click.Params[1], click.Params[2]
	m[macro.Country], m[macro.LandingPage] = click.Country, click.LandingPage
	m[macro.UserAgent], m[macro.Referrer] = click.UserAgent, click.Referrer
	if click.CampaignID != 0 {
		m[macro.CampID], m[macro.CampName] = strconv.FormatInt(int64(click.CampaignID), 10), click.CampaignName
	}
	return m
}

// setState sets the macros that change over a conversion's life.
func setState(m map[macro.Name]string, c *conversion) {
	m[macro.Status] = string(c.Status)
	m[macro.Amount] = commission.AmountText(c.Amount)
	m[macro.Payout] = commission.AmountText(c.Payout)
	m[macro.Currency] = c.Currency
	m[macro.Date] = c.OccurredAt.UTC().Format(time.RFC3339)
	m[macro.Timestamp] = strconv.FormatInt(c.OccurredAt.Unix(), 10)
}

func hexOrNothing(id uuid.NullUUID) string {
	if !id.Valid {
		return ""
	}
	return globalid.Hex(id.UUID)
}
