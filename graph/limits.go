package graph

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/graph/filter"
	"postrider/graph/gen"
)

// What one operation may cost: a field counts one, a list as many times its
// fields as it may have rows.
const (
	maxComplexity = 25_000
	maxDepth      = 14
	defaultRows   = 20 // of a connection that does not say
	childRows     = 5  // of a list inside an object, on average
)

// complexity says what lists cost.
func complexity() gen.ComplexityRoot {
	var c gen.ComplexityRoot
	c.Query.Affiliates = func(child int, first *int, _ *string, last *int, _ *string, _ *string) int {
		return rows(child, first, last)
	}
	c.Query.EchoRequests = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Engine.Workers, c.Engine.Queues, c.Engine.Endpoints = list, list, list
	c.Query.BulkReplays = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.BulkReplayProgress.Failures = list
	c.Query.Offers = func(child int, first *int, _ *string, last *int, _ *string, _ *string) int {
		return rows(child, first, last)
	}
	c.Query.Campaigns = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Campaign) int {
		return rows(child, first, last)
	}
	c.Query.Clicks = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Click) int {
		return rows(child, first, last)
	}
	c.Query.Conversions = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Conversion) int {
		return rows(child, first, last)
	}
	c.Query.Postbacks = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Postback) int {
		return rows(child, first, last)
	}
	c.Query.Deliveries = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Delivery) int {
		return rows(child, first, last)
	}
	c.Query.ReceivedPostbacks = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.ReceivedPostback) int {
		return rows(child, first, last)
	}
	c.Query.PostbackTests = func(child int, first *int, _ *string, last *int, _ *string, _ *string) int {
		return rows(child, first, last)
	}
	c.Query.PostbackGaps = list
	c.Proof.Postbacks, c.ProvedPostback.Slots = list, list
	c.Postback.Tests = func(child int, first *int) int {
		if first == nil {
			return list(child)
		}
		return rows(child, first, nil)
	}
	c.Query.AuditEntries = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Audit) int {
		return rows(child, first, last)
	}
	c.Affiliate.Users, c.Offer.Deals, c.Conversion.Proposals, c.Source.Secrets = list, list, list, list
	c.Query.Alerts = func(child int, first *int, _ *string, last *int, _ *string, _ *filter.Alert) int {
		return rows(child, first, last)
	}
	c.Query.Nodes = func(child int, ids []string) int { return 1 + child*len(ids) }
	c.Campaign.Postbacks, c.Campaign.MissingGoals = list, list
	c.Campaign.Numbers = func(child int, _ *string) int { return 10 + child }
	c.CampaignNumbers.Days = func(child int) int { return 30 * child }
	c.Click.Conversions, c.Conversion.Events, c.Conversion.Deliveries = list, list, list
	c.ConversionTrace.Considered, c.ConversionTrace.Deliveries = list, list
	c.Delivery.Attempts, c.Delivery.Replays = list, list
	c.Offer.LandingPages, c.Postback.Versions, c.Viewer.APITokens = list, list, list
	c.Postback.Health = func(child int) int { return 10 + child }
	return c
}

func rows(child int, first, last *int) int {
	n := defaultRows
	if first != nil {
		n = *first
	} else if last != nil {
		n = *last
	}
	return 1 + child*max(n, 1)
}

func list(child int) int { return 1 + childRows*child }

// depthLimit refuses operations that nest too deep: what a complexity limit
// counts, it has to walk first.
type depthLimit struct{ most int }

// ExtensionName names it, for gqlgen.
func (depthLimit) ExtensionName() string { return "DepthLimit" }

// Validate has nothing to check, for gqlgen.
func (depthLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses an operation that is too deep.
func (d depthLimit) MutateOperationContext(_ context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	op := oc.Doc.Operations.ForName(oc.OperationName)
	if op == nil {
		return nil
	}
	if depth(op.SelectionSet, d.most+1) > d.most {
		return gqlerror.Errorf("the operation nests deeper than %d levels", d.most)
	}
	return nil
}

// depth counts levels, giving up past a limit. Introspection is not counted: it
// reads no rows.
func depth(set ast.SelectionSet, limit int) int {
	if limit == 0 {
		return 0
	}
	deepest := 0
	for _, selection := range set {
		below := 0
		switch s := selection.(type) {
		case *ast.Field:
			if strings.HasPrefix(s.Name, "__") {
				continue
			}
			below = 1 + depth(s.SelectionSet, limit-1)
		case *ast.InlineFragment:
			below = depth(s.SelectionSet, limit)
		case *ast.FragmentSpread:
			below = depth(s.Definition.SelectionSet, limit)
		}
		deepest = max(deepest, below)
	}
	return deepest
}
