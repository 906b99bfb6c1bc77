package graph

import (
	"postrider/domain/commission"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/graph/page"
)

// Costs of fields that are not one more than the fields below them. A list that has no price costs
// childRows times the fields below it.
const (
	defaultRows = 20 // of a connection without first or last
	childRows   = 5  // of a list inside an object, on average
)

// Prices of fields that do not read row by row: statements that count or add up, and answers that
// take other work.
const (
	priceOfDays      = 1500 // three days of everything
	priceOfSums      = 1500 // of all earnings of an affiliate
	priceOfWatching  = 1500 // the engine's state, the gaps between postbacks
	priceOfChecklist = 200
	priceOfRecent    = 400 // the last 1,000 calls of an integration
	priceOfCount     = 200 // of the rows of a list, up to page.MaxTotal
	priceOfNumbers   = 10  // of one campaign, one postback, in a list of them
	priceOfReading   = 20  // a text that is parsed, recognised, checked
	priceOfCalling   = 200
	monthDays        = 30
	rowsOfDictionary = 40 // rows of Postrider's built-in lists: macros, trackers, goals
)

// complexity returns the schema's prices.
func complexity() gen.ComplexityRoot {
	var c gen.ComplexityRoot
	connections(&c)
	totals(&c)
	c.Query.Nodes = func(child int, ids []string) int { return 1 + child*len(ids) }
	c.Postback.Tests = func(child int, first *int) int { return rows(child, first, nil) }

	c.Query.HomeNumbers = func(child int, _ *string) int { return priceOfDays + child }
	c.Query.Earnings = func(child int) int { return priceOfSums + list(child) }
	c.Query.Attention = func(child int) int { return priceOfWatching + child }
	c.Query.CrossedTrackers = func(child int) int { return priceOfWatching + child } // few affiliates have any
	few := func(child int) int { return 1 + 2*child }                                // most campaigns have one tracker, most trackers one server
	c.Campaign.Trackers, c.Click.Trackers, c.Tracker.Endpoints, c.TrackerCrossing.Trackers = few, few, few, few
	c.Tracker.Health = func(child int) int { return priceOfNumbers + child }
	c.Tracker.MissingGoals = func(child int) int { return priceOfNumbers + list(child) }
	c.Query.PostbackGaps = func(child int) int { return priceOfWatching + list(child) }
	c.Query.Engine = func(child int) int { return priceOfWatching + child }
	c.Query.StaffHome = func(child int) int { return priceOfWatching + child }
	c.Query.AttributionPreview = func(child int, _, _ string) int { return priceOfCalling + child }
	c.Query.UndoAttributionPreview = func(child int, _ string) int { return priceOfCalling + child }
	c.Query.ConversionTotals = func(child int, _ *filter.Conversion) int { return priceOfSums + child }
	c.Query.SetupChecklist = func(child int, _ string) int { return priceOfChecklist + child }
	c.Query.ConversionTrace = func(child int, _ string) int { return priceOfReading + child }
	c.Campaign.Numbers = func(child int, _ *string) int { return priceOfNumbers + child }
	c.GoalPayouts.Payouts = func(child int) int { return 1 + child } // few goals have any
	c.Delivery.Aggregated = func(child int) int { return 1 + child } // few deliveries have any
	c.CampaignNumbers.Days = func(child int) int { return monthDays * child }
	c.Postback.Health = func(child int) int { return priceOfNumbers + child }
	c.PostbackHealth.Hours = func(child int) int { return 24 * child }
	c.Conversion.Proposals = func(child int) int { return priceOfNumbers + list(child) }
	c.Integration.UnmappedStatuses = func(child int) int { return priceOfNumbers + list(child) }
	c.Integration.UnmappedGoals = c.Integration.UnmappedStatuses
	c.Query.PreviewGoalMapping = func(child int, _, _, _ string) int { return priceOfCalling + list(child) }
	c.Integration.Snippets = func(child int) int { return priceOfReading + list(child) }

	for _, price := range []*func(int) int{
		&c.Query.Macros, &c.Query.MacroFilters, &c.Query.TrackerPresets, &c.Query.OperatorPlatforms, &c.Query.Staff, &c.Query.ExchangeRates,
	} {
		*price = func(child int) int { return 1 + rowsOfDictionary*child }
	}
	c.Query.Goals = func(child int, _ *bool) int { return 1 + rowsOfDictionary*child }
	c.Query.Integrations = c.Query.Goals
	c.Offer.LandingPages = func(child int, _ *bool) int { return list(child) }
	texts(&c)
	return c
}

// texts sets the prices of fields that parse pasted text, or make a request to another host.
func texts(c *gen.ComplexityRoot) {
	c.Query.RecognizePostback = func(child int, _ string) int { return priceOfReading + child }
	c.Query.RecognizeTrackingLink = func(child int, _ string) int { return priceOfReading + child }
	c.Query.GoalPayouts = func(child int, _ *gen.PostbackInput) int { return priceOfReading + rowsOfDictionary*child }
	c.Query.PreviewPostback = func(child int, _ *string, _ []*gen.MacroValueInput, _ *gen.PostbackInput, _, _ *string) int {
		return priceOfReading + child
	}
	c.Query.PreviewTracker = func(child int, _ gen.UpdateTrackerInput) int { return priceOfReading + list(child) }
	c.Query.LintPostback = func(child int, _, _ *string, _ []string, _ *gen.PostbackInput, network *bool) int {
		if network != nil && *network {
			return priceOfCalling + list(child)
		}
		return priceOfReading + list(child)
	}
	c.Query.SimulatePostback = func(child int, _, _ string, _ *commission.Status, _ *gen.PostbackInput, _ []*gen.MacroValueInput) int {
		return priceOfReading + child
	}
	c.Mutation.TestPostback = func(child int, _ gen.TestPostbackInput) int { return priceOfCalling + child }
	c.Mutation.RunScenarios = func(child int, _ gen.TestPostbackInput) int { return 7*priceOfCalling + child }
}

// connections sets the prices of pages by their rows.
func connections(c *gen.ComplexityRoot) {
	c.Query.Affiliates = func(child int, first *int, _ *string, last *int, _, _ *string, _ *bool) int {
		return rows(child, first, last)
	}
	c.Query.Offers = c.Query.Affiliates
	c.Query.PostbackTests = func(child int, first *int, _ *string, last *int, _, _ *string) int { return rows(child, first, last) }
	c.Query.EchoRequests = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Query.BulkReplays = c.Query.EchoRequests
	c.Query.Clashes = func(child int, first *int, _ *string, last *int, _ *string, _ *bool) int {
		return rows(child, first, last)
	}
	c.Query.Campaigns = pageOfKind[filter.Campaign, gen.ListOrder]
	c.Offer.Campaigns, c.Affiliate.Campaigns = c.Query.Campaigns, c.Query.Campaigns
	c.Query.Clicks = pageOfKind[filter.Click, gen.ListOrder]
	c.Campaign.Clicks = c.Query.Clicks
	c.Query.Conversions = pageOfKind[filter.Conversion, gen.ConversionOrder]
	c.Campaign.Conversions, c.Click.Conversions, c.Integration.Conversions = c.Query.Conversions, c.Query.Conversions, c.Query.Conversions
	c.Query.Postbacks = pageOfKind[filter.Postback, gen.ListOrder]
	c.Query.Trackers = pageOfKind[filter.Tracker, gen.ListOrder]
	c.Query.ConversionChanges = func(child int, _ *string, first *int, _ *gen.ChangesStart) int { return rows(child, first, nil) }
	c.Query.DeliveryChanges = c.Query.ConversionChanges
	c.Query.ReplayPreview = func(child int, _ filter.Delivery, _ []string, _ *bool) int { return priceOfDays + child }
	c.Query.Deliveries = pageOfKind[filter.Delivery, gen.ListOrder]
	c.Campaign.Deliveries, c.Tracker.Deliveries, c.Postback.Deliveries = c.Query.Deliveries, c.Query.Deliveries, c.Query.Deliveries
	c.Query.ReceivedPostbacks = pageOfKind[filter.ReceivedPostback, gen.ListOrder]
	c.Integration.ReceivedPostbacks = c.Query.ReceivedPostbacks
	c.Integration.RecentCalls = func(child int) int { return priceOfRecent + child }
	c.Query.AuditEntries = pageOfKind[filter.Audit, gen.ListOrder]
	c.Query.Alerts = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Alert) int {
		return rows(child, first, last)
	}
}

// totals sets the price of counting the rows of a list, which its page does not multiply.
func totals(c *gen.ComplexityRoot) {
	for _, price := range []*func(int) int{
		&c.AffiliateConnection.TotalCount, &c.AlertConnection.TotalCount, &c.AuditEntryConnection.TotalCount, &c.BulkReplayConnection.TotalCount,
		&c.CampaignConnection.TotalCount, &c.ClashConnection.TotalCount, &c.ClickConnection.TotalCount, &c.ConversionConnection.TotalCount, &c.DeliveryConnection.TotalCount,
		&c.EchoRequestConnection.TotalCount, &c.OfferConnection.TotalCount, &c.PostbackConnection.TotalCount, &c.PostbackTestConnection.TotalCount,
		&c.ReceivedPostbackConnection.TotalCount, &c.TrackerConnection.TotalCount,
		&c.AffiliateConnection.TotalCountCapped, &c.AlertConnection.TotalCountCapped, &c.AuditEntryConnection.TotalCountCapped,
		&c.BulkReplayConnection.TotalCountCapped, &c.CampaignConnection.TotalCountCapped, &c.ClashConnection.TotalCountCapped, &c.ClickConnection.TotalCountCapped,
		&c.ConversionConnection.TotalCountCapped, &c.DeliveryConnection.TotalCountCapped, &c.EchoRequestConnection.TotalCountCapped,
		&c.OfferConnection.TotalCountCapped, &c.PostbackConnection.TotalCountCapped, &c.PostbackTestConnection.TotalCountCapped,
		&c.ReceivedPostbackConnection.TotalCountCapped, &c.TrackerConnection.TotalCountCapped,
	} {
		*price = func(int) int { return priceOfCount }
	}
}

// pageOfKind returns the price of a page of a list with a filter and an order.
func pageOfKind[F, O any](child int, first *int, _ *string, last *int, _ *string, _ *F, _ *O) int {
	return rows(child, first, last)
}

// rows returns the price of a page. More rows than a page may have are refused later.
func rows(child int, first, last *int) int {
	n := defaultRows
	if first != nil {
		n = *first
	} else if last != nil {
		n = *last
	}
	return 1 + child*min(max(n, 1), page.MaxSize)
}

func list(child int) int { return 1 + childRows*child }
