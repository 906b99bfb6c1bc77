// Package page implements Relay's connections over ent: keyset pagination by the rows' keys or by
// a time, at most 100 rows a page, and the number of rows where somebody asks for it.
package page

import "postrider/ent/db"

// Connection is one page of a list.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo *Info

	total total
}

// Edge is one row of a page, and the cursor that points at it.
type Edge[T any] struct {
	Node   T
	Cursor string
}

// Info is where a page begins and ends, and whether there are more rows.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// PageInfo is Info under the schema's name for it.
type PageInfo = Info

// The schema has a type name for each instance.

// BulkReplayConnection is a page of bulk replays.
type BulkReplayConnection = Connection[*db.BulkReplay]

// BulkReplayEdge is a bulk replay on a page.
type BulkReplayEdge = Edge[*db.BulkReplay]

// ClashConnection is a page of clashes.
type ClashConnection = Connection[*db.Clash]

// ClashEdge is a row of it.
type ClashEdge = Edge[*db.Clash]

// EchoRequestConnection is a page of echoed requests.
type EchoRequestConnection = Connection[*db.EchoRequest]

// EchoRequestEdge is a row of it.
type EchoRequestEdge = Edge[*db.EchoRequest]

// AffiliateConnection is a page of affiliates.
type AffiliateConnection = Connection[*db.Affiliate]

// AffiliateEdge is a row of it.
type AffiliateEdge = Edge[*db.Affiliate]

// OfferConnection is a page of offers.
type OfferConnection = Connection[*db.Offer]

// OfferEdge is a row of it.
type OfferEdge = Edge[*db.Offer]

// CampaignConnection is a page of campaigns.
type CampaignConnection = Connection[*db.Campaign]

// CampaignEdge is a row of it.
type CampaignEdge = Edge[*db.Campaign]

// ClickConnection is a page of clicks.
type ClickConnection = Connection[*db.Click]

// ClickEdge is a row of it.
type ClickEdge = Edge[*db.Click]

// ConversionConnection is a page of conversions.
type ConversionConnection = Connection[*db.Conversion]

// ConversionEdge is a row of it.
type ConversionEdge = Edge[*db.Conversion]

// PostbackConnection is a page of postbacks.
type PostbackConnection = Connection[*db.Postback]

// PostbackEdge is a row of it.
type PostbackEdge = Edge[*db.Postback]

// DeliveryConnection is a page of deliveries.
type DeliveryConnection = Connection[*db.Delivery]

// DeliveryEdge is a row of it.
type DeliveryEdge = Edge[*db.Delivery]

// AlertConnection is a page of alerts.
type AlertConnection = Connection[*db.Alert]

// AlertEdge is a row of it.
type AlertEdge = Edge[*db.Alert]

// PostbackTestConnection is a page of tests.
type PostbackTestConnection = Connection[*db.PostbackTest]

// PostbackTestEdge is a row of it.
type PostbackTestEdge = Edge[*db.PostbackTest]

// ReceivedPostbackConnection is a page of received calls.
type ReceivedPostbackConnection = Connection[*db.ReceivedPostback]

// ReceivedPostbackEdge is a row of it.
type ReceivedPostbackEdge = Edge[*db.ReceivedPostback]

// AuditEntryConnection is a page of the audit log.
type AuditEntryConnection = Connection[*db.AuditEntry]

// AuditEntryEdge is a row of it.
type AuditEntryEdge = Edge[*db.AuditEntry]

// TrackerConnection is a page of trackers.
type TrackerConnection = Connection[*db.Tracker]

// TrackerEdge is a row of it.
type TrackerEdge = Edge[*db.Tracker]
