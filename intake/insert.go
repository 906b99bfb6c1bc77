package intake

import (
	"context"
	"time"
)

// insert prices conversions and inserts those that are new, in the order given; it returns
// them, counted against the caps of their day.
func insert(ctx context.Context, ch *changes, conversions []*conversion) ([]*conversion, error) {
	rows := make([]conversion, len(conversions))
	for i, c := range conversions {
		if c.AffiliateID != 0 {
			if err := price(ctx, ch, c); err != nil {
				return nil, err
			}
		}
		rows[i] = *c
	}
	isNew, err := insertConversions(ctx, ch.tx, rows)
	if err != nil {
		return nil, err
	}
	var recorded []*conversion
	for _, c := range conversions {
		if isNew[c.ID] {
			recorded = append(recorded, c)
		}
	}
	if err := priceTiered(ctx, ch, recorded); err != nil {
		return nil, err
	}
	return recorded, takeCaps(ctx, ch, recorded, time.Time{})
}
