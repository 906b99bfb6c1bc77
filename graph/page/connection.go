// Package page is Relay's connections over ent: keyset pages by key, newest
// first, at most 100 rows.
package page

import "postrider/ent/db"

// Connection is one page of a list.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo *Info
}

// Edge is one row of a page, and the cursor that points at it.
type Edge[T any] struct {
	Node   T
	Cursor string
}

// Info says where a page begins and ends, and whether there is more.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// PageInfo is Info under the name that the schema has for it.
type PageInfo = Info

// The connections of the schema.
type (
	EchoRequestConnection      = Connection[*db.EchoRequest]
	EchoRequestEdge            = Edge[*db.EchoRequest]
	AffiliateConnection        = Connection[*db.Affiliate]
	AffiliateEdge              = Edge[*db.Affiliate]
	OfferConnection            = Connection[*db.Offer]
	OfferEdge                  = Edge[*db.Offer]
	CampaignConnection         = Connection[*db.Campaign]
	CampaignEdge               = Edge[*db.Campaign]
	ClickConnection            = Connection[*db.Click]
	ClickEdge                  = Edge[*db.Click]
	ConversionConnection       = Connection[*db.Conversion]
	ConversionEdge             = Edge[*db.Conversion]
	PostbackConnection         = Connection[*db.Postback]
	PostbackEdge               = Edge[*db.Postback]
	DeliveryConnection         = Connection[*db.Delivery]
	DeliveryEdge               = Edge[*db.Delivery]
	ReceivedPostbackConnection = Connection[*db.ReceivedPostback]
	ReceivedPostbackEdge       = Edge[*db.ReceivedPostback]
)
