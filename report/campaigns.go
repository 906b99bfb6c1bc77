package report

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"postrider/domain/commission"
	"postrider/internal/viewer"
)

// campaignDays is how many days OfCampaigns counts, today the last.
const campaignDays = 30

// CampaignNumbers counts what a campaign brought day by day.
type CampaignNumbers struct {
	CampaignID int64
	Zone       *time.Location // of the days
	Total      *Day
	Days       []*Day // the last 30, oldest first; the last is today so far
}

// TimeZone returns the IANA name of the days' zone.
func (n *CampaignNumbers) TimeZone() string { return n.Zone.String() }

// OfCampaigns counts the last 30 days of campaigns in a time zone, as OfViewer counts a day;
// campaigns that are not the viewer's are left out.
func (h *Home) OfCampaigns(ctx context.Context, zone *time.Location, ids []int64) ([]*CampaignNumbers, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	c := &campaignCount{Home: h, scope: scope, ids: ids, now: h.Now().In(zone), of: make(map[int64]*CampaignNumbers, len(ids))}
	for i := range campaignDays {
		c.begin = append(c.begin, time.Date(c.now.Year(), c.now.Month(), c.now.Day()-campaignDays+1+i, 0, 0, 0, 0, zone))
	}
	all := make([]*CampaignNumbers, len(ids))
	for i, id := range ids {
		all[i] = c.nothing(id, zone)
		c.of[id] = all[i]
	}
	if err := c.clicks(ctx); err != nil {
		return nil, err
	}
	if err := c.conversions(ctx); err != nil {
		return nil, err
	}
	for _, n := range all {
		n.add()
	}
	return all, nil
}

// campaignCount is one call of OfCampaigns.
type campaignCount struct {
	*Home

	scope viewer.RowScope
	ids   []int64
	now   time.Time
	begin []time.Time // of each day
	of    map[int64]*CampaignNumbers
}

func (c *campaignCount) nothing(id int64, zone *time.Location) *CampaignNumbers {
	n := &CampaignNumbers{CampaignID: id, Zone: zone, Total: &Day{From: c.begin[0], To: c.now}}
	for i, from := range c.begin {
		to := c.now
		if i+1 < len(c.begin) {
			to = c.begin[i+1]
		}
		n.Days = append(n.Days, &Day{From: from, To: to})
	}
	return n
}

// arguments returns those of both statements: the campaigns, the first and the last time, and
// when each day begins.
func (c *campaignCount) arguments(more ...any) []any {
	return append([]any{c.ids, c.begin[0].UTC(), c.now.UTC(), c.begin}, more...)
}

func (c *campaignCount) clicks(ctx context.Context) error {
	return c.DB.Each(ctx, c.scope, fmt.Sprintf("counting the clicks of %d campaigns", len(c.ids)), func(rows *sql.Rows) error {
		var id int64
		var day, clicks int
		if err := rows.Scan(&id, &day, &clicks); err != nil {
			return err
		}
		c.day(id, day).Clicks += clicks
		return nil
	}, `
		SELECT campaign_id, width_bucket(clicked_at, $4::timestamptz[]), count(*) FROM clicks
		WHERE campaign_id = ANY($1::bigint[]) AND id >= uuid_floor($2) AND id < uuid_floor($3) AND NOT test AND {sees affiliate_id}
		GROUP BY 1, 2`, c.arguments()...)
}

func (c *campaignCount) conversions(ctx context.Context) error {
	return c.DB.Each(ctx, c.scope, fmt.Sprintf("counting the conversions of %d campaigns", len(c.ids)), func(rows *sql.Rows) error {
		var id int64
		var day, registrations, ftds int
		var sum Sum
		if err := rows.Scan(&id, &day, &sum.Currency, &registrations, &ftds, &sum.Amount); err != nil {
			return err
		}
		c.day(id, day).add(registrations, ftds, sum)
		return nil
	}, `
		SELECT campaign_id, width_bucket(received_at, $4::timestamptz[]), payout_currency,
		       count(*) FILTER (WHERE goal = $5), count(*) FILTER (WHERE goal = $6), coalesce(sum(payout) FILTER (WHERE status = 'approved'), 0)
		FROM conversions
		WHERE campaign_id = ANY($1::bigint[]) AND id >= uuid_floor($2) AND id < uuid_floor($3) AND {sees affiliate_id}
		  AND affiliate_id IS NOT NULL AND status IN `+commission.CountedSQL+`
		GROUP BY 1, 2, 3 ORDER BY 6 DESC, 3`, c.arguments(commission.GoalRegistration, commission.GoalFTD)...)
}

// day returns a campaign's day by its number, from 1. An id and its time may differ slightly:
// what falls just outside counts in the adjacent day.
func (c *campaignCount) day(campaign int64, number int) *Day {
	days := c.of[campaign].Days
	return days[min(max(number, 1), len(days))-1]
}

// add sets the total of the days.
func (n *CampaignNumbers) add() {
	for _, d := range n.Days {
		n.Total.Clicks += d.Clicks
		n.Total.Registrations += d.Registrations
		n.Total.FTDs += d.FTDs
		for _, sum := range d.Payouts {
			n.Total.pay(sum)
		}
	}
	slices.SortStableFunc(n.Total.Payouts, func(a, b Sum) int {
		if order := b.Amount.Cmp(a.Amount); order != 0 {
			return order
		}
		return strings.Compare(a.Currency, b.Currency)
	})
}
