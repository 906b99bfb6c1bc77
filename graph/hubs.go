package graph

import (
	"postrider/ent/db"
	"postrider/internal/live"
)

// Hubs are what subscriptions listen to. A subscriber gets what is within its
// viewer's scope.
type Hubs struct {
	Deliveries *live.Hub[*db.Delivery]
	Received   *live.Hub[*db.ReceivedPostback]
	Alerts     *live.Hub[*db.Alert]
	Echoes     *live.Hub[*db.EchoRequest]
}

// NewHubs makes the hubs of a node.
func NewHubs() Hubs {
	return Hubs{
		Deliveries: live.NewHub(func(d *db.Delivery) int64 { return d.AffiliateID }),
		Received:   live.NewHub(func(*db.ReceivedPostback) int64 { return 0 }), // for staff
		Alerts:     live.NewHub(func(a *db.Alert) int64 { return a.AffiliateID }),
		Echoes:     live.NewHub(func(e *db.EchoRequest) int64 { return e.AffiliateID }),
	}
}
