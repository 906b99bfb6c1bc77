package graph

import (
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/live"
)

// Hubs are the sources of subscriptions. A subscriber gets what is within its viewer's scope.
type Hubs struct {
	Deliveries  *live.Hub[*db.Delivery]
	Conversions *live.Hub[*db.Conversion]
	Received    *live.Hub[*db.ReceivedPostback]
	Alerts      *live.Hub[*db.Alert]
	Echoes      *live.Hub[*db.EchoRequest]
}

// NewHubs returns the hubs of a node.
func NewHubs() Hubs {
	return Hubs{
		Deliveries:  live.NewHub(func(d *db.Delivery) ids.Affiliate { return ids.Affiliate(d.AffiliateID) }),
		Conversions: live.NewHub(ownerOfConversion),
		Received:    live.NewHub(func(*db.ReceivedPostback) ids.Affiliate { return 0 }), // for staff
		Alerts:      live.NewHub(func(a *db.Alert) ids.Affiliate { return ids.Affiliate(a.AffiliateID) }),
		Echoes:      live.NewHub(func(e *db.EchoRequest) ids.Affiliate { return ids.Affiliate(e.AffiliateID) }),
	}
}

// ownerOfConversion returns the affiliate of a conversion: none while it is unattributed, which is
// for staff.
func ownerOfConversion(c *db.Conversion) ids.Affiliate {
	if c.AffiliateID == nil {
		return 0
	}
	return ids.Affiliate(*c.AffiliateID)
}
