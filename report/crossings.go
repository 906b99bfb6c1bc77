package report

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// Crossings finds trackers that are called with each other's click ids.
type Crossings struct {
	DB  viewer.Scoped
	Now func() time.Time
}

// Crossing is the trackers of an affiliate that are called with the same param of the same clicks.
type Crossing struct {
	AffiliateID  int64
	Trackers     []int64
	Campaigns    []*CrossedCampaign
	DefaultLinks bool // they meet on default links too
	Wrong        int  // postbacks of the last 30 days that reached a tracker with the click id of another
	Message      string
}

// CrossedCampaign is a campaign in which trackers meet.
type CrossedCampaign struct {
	CampaignID int64
	ClickIDs   []string // the last ones that its clicks carried
	Proposal   *int64   // the tracker that made them, as far as the answers tell; nil if they do not
}

const (
	crossedClicks = 3
	crossedWindow = 30 * 24 * time.Hour
	// A tracker made the click ids of a campaign if it takes nearly all of them, and the others nearly none.
	leastAnswers = 5
	takesMost    = 0.9
	takesFew     = 0.2
)

// affiliateSetup is what an affiliate's trackers are called for.
type affiliateSetup struct {
	trackers  []firing.Tracker
	postbacks []firing.Postback
	places    []doctor.Place
}

// OfViewer lists the crossings that the viewer sees, those with most campaigns first.
func (c *Crossings) OfViewer(ctx context.Context) ([]*Crossing, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	of, owners, err := c.setups(ctx, scope)
	if err != nil {
		return nil, err
	}
	var found []*Crossing
	for _, owner := range owners {
		s := of[owner]
		trackers := firing.NewTrackers(s.trackers)
		for _, crossed := range doctor.Crossed(trackers, s.postbacks, s.places) {
			one, err := c.describe(ctx, scope, s, trackers, crossed)
			if err != nil {
				return nil, err
			}
			one.AffiliateID = owner
			found = append(found, one)
		}
	}
	return found, nil
}

// calling returns the postbacks that call crossed trackers with their param, disabled and deleted
// ones too: what they sent in the last 30 days went wrong all the same.
func (s *affiliateSetup) calling(crossed doctor.Crossing) []int64 {
	var list []int64
	for _, p := range s.postbacks {
		if p.Scope != firing.Campaign && slices.Contains(crossed.Trackers, p.TrackerID) && doctor.ClickParam(p) == crossed.Param {
			list = append(list, int64(p.ID))
		}
	}
	return list
}

// shared returns the campaigns that several trackers were chosen for, on purpose.
func shared(trackers firing.Trackers) []int64 {
	list := []int64{}
	for _, t := range trackers.List() {
		for _, id := range t.Campaigns {
			if len(trackers.Chosen(id)) > 1 {
				list = append(list, int64(id))
			}
		}
	}
	return list
}

// setups reads what the trackers of each affiliate with several of them are called for.
func (c *Crossings) setups(ctx context.Context, scope viewer.RowScope) (map[int64]*affiliateSetup, []int64, error) {
	of := map[int64]*affiliateSetup{}
	var owners, trackers []int64
	err := c.DB.Each(ctx, scope, "reading the trackers", func(rows *sql.Rows) error {
		var t firing.Tracker
		var owner int64
		var chosen []int64
		if err := rows.Scan(&owner, &t.ID, &t.Name, &t.AllCampaigns, &t.DefaultLinks, &t.Shares, pq.Array(&chosen)); err != nil {
			return err
		}
		for _, id := range chosen {
			t.Campaigns = append(t.Campaigns, ids.Campaign(id))
		}
		if of[owner] == nil {
			of[owner] = &affiliateSetup{}
			owners = append(owners, owner)
		}
		of[owner].trackers, trackers = append(of[owner].trackers, t), append(trackers, int64(t.ID))
		return nil
	}, `
		SELECT t.affiliate_id, t.id, t.name, t.all_campaigns, t.default_links, t.shares, ARRAY(SELECT campaign_id FROM tracker_campaigns c WHERE c.tracker_id = t.id)
		FROM trackers t WHERE t.archived_at IS NULL AND {sees t.affiliate_id}
		  AND EXISTS (SELECT FROM trackers o WHERE o.affiliate_id = t.affiliate_id AND o.id <> t.id AND o.archived_at IS NULL)
		ORDER BY t.affiliate_id, t.id`)
	if err != nil || len(owners) == 0 {
		return of, owners, err
	}
	err = c.DB.Each(ctx, scope, "reading the postbacks of trackers", func(rows *sql.Rows) error {
		var p firing.Postback
		if err := rows.Scan(&p.ID, &p.AffiliateID, &p.TrackerID, &p.Scope, &p.OfferID, &p.CampaignID, &p.URLTemplate, &p.Enabled, &p.Deleted); err != nil {
			return err
		}
		s := of[int64(p.AffiliateID)]
		s.postbacks = append(s.postbacks, p)
		return nil
	}, `
		SELECT p.id, p.affiliate_id, p.tracker_id, p.scope, coalesce(p.offer_id, 0), coalesce(p.campaign_id, 0), p.url_template, p.enabled, p.deleted_at IS NOT NULL
		FROM postbacks p WHERE p.tracker_id = ANY($1) AND {sees p.affiliate_id} ORDER BY p.id`, pq.Array(trackers))
	if err != nil {
		return nil, nil, err
	}
	places, err := c.places(ctx, scope, owners)
	for owner, list := range places {
		of[owner].places = list
	}
	return of, owners, err
}

// PlacesOf returns where the conversions of one affiliate come from, newest first.
func (c *Crossings) PlacesOf(ctx context.Context, affiliateID ids.Affiliate) ([]doctor.Place, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	places, err := c.places(ctx, scope, []int64{int64(affiliateID)})
	return places[int64(affiliateID)], err
}

// places reads where the conversions of affiliates come from: running campaigns, and the default
// links of running offers.
func (c *Crossings) places(ctx context.Context, scope viewer.RowScope, owners []int64) (map[int64][]doctor.Place, error) {
	of := map[int64][]doctor.Place{}
	err := c.DB.Each(ctx, scope, "reading where conversions come from", func(rows *sql.Rows) error {
		var owner int64
		var at doctor.Place
		if err := rows.Scan(&owner, &at.OfferID, &at.CampaignID); err != nil {
			return err
		}
		of[owner] = append(of[owner], at)
		return nil
	}, `
		SELECT t.affiliate_id, t.offer_id, coalesce(t.campaign_id, 0)
		FROM affiliates a JOIN tracking_links t ON t.affiliate_id = a.id JOIN offers o ON o.id = t.offer_id LEFT JOIN campaigns c ON c.id = t.campaign_id
		WHERE a.id = ANY($1) AND o.state = 'active' AND (c.id IS NULL OR c.state = 'active') AND {sees t.affiliate_id}
		ORDER BY t.id DESC`, pq.Array(owners))
	return of, err
}

// describe counts what a crossing did, and tells for each campaign what its clicks carry.
func (c *Crossings) describe(ctx context.Context, scope viewer.RowScope, s *affiliateSetup, trackers firing.Trackers, crossed doctor.Crossing) (*Crossing, error) {
	one := &Crossing{}
	var names []string
	for _, t := range trackers.List() {
		if slices.Contains(crossed.Trackers, t.ID) {
			one.Trackers, names = append(one.Trackers, int64(t.ID)), append(names, t.Name)
		}
	}
	var campaigns []int64
	for _, at := range crossed.Places {
		if at.CampaignID == 0 {
			one.DefaultLinks = true
			continue
		}
		campaigns = append(campaigns, int64(at.CampaignID))
		one.Campaigns = append(one.Campaigns, &CrossedCampaign{CampaignID: int64(at.CampaignID)})
	}
	since := c.Now().Add(-crossedWindow)
	err := c.DB.One(ctx, scope, "counting postbacks to the wrong tracker", []any{&one.Wrong}, `
		SELECT coalesce(sum(n - 1), 0) FROM (
		  SELECT count(DISTINCT p.tracker_id) AS n FROM postbacks p JOIN deliveries d ON d.postback_id = p.id
		  WHERE p.id = ANY($1) AND d.id >= uuid_floor($2) AND d.state = 'delivered' AND NOT d.test AND (d.campaign_id IS NULL OR d.campaign_id <> ALL($3))
		    AND {sees p.affiliate_id}
		  GROUP BY d.event_id HAVING count(DISTINCT p.tracker_id) > 1) e`, pq.Array(s.calling(crossed)), since, pq.Array(shared(trackers)))
	if err != nil {
		return nil, err
	}
	one.Message = doctor.CrossedMessage(names, crossed.Param, len(campaigns), one.Wrong)
	if err := c.clickIDs(ctx, scope, string(crossed.Param), campaigns, one.Campaigns); err != nil {
		return nil, err
	}
	return one, c.propose(ctx, scope, since, one, campaigns)
}

// clickIDs reads the last click ids of campaigns.
func (c *Crossings) clickIDs(ctx context.Context, scope viewer.RowScope, param string, campaigns []int64, into []*CrossedCampaign) error {
	if !slices.Contains([]string{"param_1", "param_2", "param_3"}, param) {
		return fmt.Errorf("%q carries no click id", param)
	}
	return c.DB.Each(ctx, scope, "reading the click ids of campaigns", func(rows *sql.Rows) error {
		var id int64
		var value string
		if err := rows.Scan(&id, &value); err != nil {
			return err
		}
		at := into[slices.Index(campaigns, id)]
		at.ClickIDs = append(at.ClickIDs, value)
		return nil
	}, strings.ReplaceAll(`
		SELECT c.id, k.PARAM FROM campaigns c CROSS JOIN LATERAL (
		  SELECT PARAM, id FROM clicks WHERE campaign_id = c.id AND PARAM <> '' AND NOT test ORDER BY id DESC LIMIT $2) k
		WHERE c.id = ANY($1) AND {sees c.affiliate_id} ORDER BY c.id, k.id DESC`, "PARAM", param), pq.Array(campaigns), crossedClicks)
}

// propose tells by the trackers' answers which of them made the click ids of each campaign.
func (c *Crossings) propose(ctx context.Context, scope viewer.RowScope, since time.Time, one *Crossing, campaigns []int64) error {
	type answers struct{ most, few []int64 }
	of := map[int64]*answers{}
	err := c.DB.Each(ctx, scope, "reading how trackers answered", func(rows *sql.Rows) error {
		var campaign, tracker int64
		var n int
		var taken float64
		if err := rows.Scan(&campaign, &tracker, &n, &taken); err != nil {
			return err
		}
		if of[campaign] == nil {
			of[campaign] = &answers{}
		}
		switch {
		case n < leastAnswers:
		case taken >= takesMost:
			of[campaign].most = append(of[campaign].most, tracker)
		case taken <= takesFew:
			of[campaign].few = append(of[campaign].few, tracker)
		}
		return nil
	}, `
		SELECT d.campaign_id, p.tracker_id, count(*), avg((d.state = 'delivered')::int)::float8 FROM postbacks p JOIN deliveries d ON d.postback_id = p.id
		WHERE p.tracker_id = ANY($1) AND d.campaign_id = ANY($2) AND d.id >= uuid_floor($3) AND d.state IN ('delivered', 'failed') AND NOT d.test AND {sees p.affiliate_id}
		GROUP BY 1, 2`, pq.Array(one.Trackers), pq.Array(campaigns), since)
	for _, at := range one.Campaigns {
		if a := of[at.CampaignID]; a != nil && len(a.most) == 1 && len(a.few) == len(one.Trackers)-1 {
			at.Proposal = &a.most[0]
		}
	}
	return err
}
