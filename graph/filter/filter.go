// Package filter has the filters of the API's lists: one struct for each list, as in GraphQL, and
// its predicates.
package filter

import (
	"time"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/outbox"
)

// Campaign narrows campaigns.
type Campaign struct {
	Search       *string
	States       []tracking.RunState
	OfferIDs     []string
	Archived     *bool
	AffiliateIDs []string
}

// Tracker narrows trackers.
type Tracker struct {
	Search       *string
	CampaignIDs  []string
	Archived     *bool
	AffiliateIDs []string
}

// Click narrows clicks.
type Click struct {
	CampaignIDs  []string
	OfferIDs     []string
	TrackerIDs   []string
	Countries    []string
	From, To     *time.Time
	Search       *string
	HasParam     *bool
	AffiliateIDs []string
}

// Conversion narrows conversions.
type Conversion struct {
	CampaignIDs  []string
	OfferIDs     []string
	TrackerIDs   []string
	Goals        []string
	Statuses     []commission.Status
	From, To     *time.Time // by receivedAt
	Search       *string
	AffiliateIDs []string
	Unattributed *bool

	IntegrationIDs           []string // for staff
	PlayerIDs                []string
	OccurredFrom, OccurredTo *time.Time
	UpdatedFrom, UpdatedTo   *time.Time
	Amount                   *AmountRange

	params params
}

// AmountRange narrows amounts of one currency.
type AmountRange struct {
	Currency string
	Min, Max *string
}

// Audit narrows the audit log.
type Audit struct {
	Entities     []string
	Actions      []string
	AffiliateIDs []string
	UserIDs      []string
	From, To     *time.Time
}

// Postback narrows postbacks.
type Postback struct {
	Scopes       []firing.Scope
	Goals        []string
	CampaignIDs  []string
	OfferIDs     []string
	TrackerIDs   []string
	Enabled      *bool
	Search       *string
	AffiliateIDs []string
}

// Alert narrows alerts.
type Alert struct {
	Open      *bool
	Dismissed *bool
	Kinds     []doctor.AlertKind
}

// Delivery narrows deliveries, in lists and in subscriptions alike.
type Delivery struct {
	States         []outbox.State
	Goals          []string
	CampaignIDs    []string
	PostbackIDs    []string
	TrackerIDs     []string
	StatusCodeFrom *int
	StatusCodeTo   *int
	From, To       *time.Time
	Search         *string
	Superseded     *bool
	Test           *bool
	Warning        *bool
	AffiliateIDs   []string

	params params
	// ofTrackers are the postbacks of TrackerIDs; nil before Reach.
	ofTrackers []int64
	// reached are the postbacks with an endpoint that matches Search; nil before Reach.
	reached []int64
}

// ReceivedPostback narrows the received log.
type ReceivedPostback struct {
	IntegrationIDs []string
	Results        []string
	Causes         []inbound.Cause
	AffiliateIDs   []string
	From, To       *time.Time
	Search         *string
}
