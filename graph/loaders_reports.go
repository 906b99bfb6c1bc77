package graph

import (
	"time"

	"github.com/vikstrous/dataloadgen"

	"postrider/report"
)

// reportLoaders load what is counted, by what it is counted of.
type reportLoaders struct {
	health            *dataloadgen.Loader[int64, *report.PostbackHealth]
	numbersOfCampaign *dataloadgen.Loader[zonedCampaign, *report.CampaignNumbers]
	endpoint          *dataloadgen.Loader[string, *report.Endpoint]
	gapsOfCampaign    *dataloadgen.Loader[int64, []*report.Gap]
}

func newReportLoaders(health *report.Health, home *report.Home, gaps *report.Gaps, wait time.Duration) reportLoaders {
	return reportLoaders{
		health: one(wait, health.OfPostbacks, func(h *report.PostbackHealth) int64 { return h.ID }),
		numbersOfCampaign: one(wait, numbersOf(home), func(n *report.CampaignNumbers) zonedCampaign {
			return zonedCampaign{n.CampaignID, n.TimeZone()}
		}),
		endpoint:       one(wait, health.OfEndpoints, func(e *report.Endpoint) string { return e.Endpoint }),
		gapsOfCampaign: many(wait, gaps.OfCampaigns, func(g *report.Gap) int64 { return g.CampaignID }),
	}
}
