package graph

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"postrider/domain/doctor"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/campaign"
	"postrider/ent/db/click"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/report"
)

// checklist returns the progress of a campaign's set-up; nil if there is no such campaign for this
// viewer.
func (r *Resolver) checklist(ctx context.Context, campaignID string) (*gen.SetupChecklist, error) {
	id, err := intID("Campaign", "campaignId", campaignID)
	if err != nil {
		return nil, err
	}
	campaign, err := r.Client.Campaign.Get(ctx, id)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading campaign %d: %w", id, err)
	}
	questions, err := r.questions(ctx, campaign)
	if err != nil {
		return nil, err
	}
	m, err := r.Progress.OfCampaign(ctx, id)
	if err != nil {
		return nil, err
	}
	setup := doctor.Setup{Postbacks: questions, Tested: m.Tested, Clicked: m.Clicked, Delivered: m.Delivered}
	if setup.Manager, err = managerOf(ctx, campaign.AffiliateID); err != nil {
		return nil, err
	}
	shown := &gen.SetupChecklist{Campaign: campaign, Done: true}
	for _, s := range doctor.Checklist(setup) {
		shown.Steps = append(shown.Steps, &s)
		shown.Done = shown.Done && s.Done
	}
	return shown, nil
}

// questions returns the doctor's inputs for each enabled postback that fires for a campaign.
func (r *Resolver) questions(ctx context.Context, c *db.Campaign) ([]doctor.Question, error) {
	postbacks, err := firingPostbacks(ctx, c)
	if err != nil {
		return nil, err
	}
	places, err := r.placesIn(ctx, c)
	if err != nil {
		return nil, err
	}
	var list []doctor.Question
	for _, p := range postbacks {
		q, err := r.question(ctx, ent.FiringPostback(p))
		if err != nil {
			return nil, err
		}
		q.Name = ownName(p)
		if q.Crosses, err = crossesIn(ctx, ent.FiringPostback(p), places...); err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, nil
}

// watchChecklist streams a checklist whenever a step is completed.
func (r *Resolver) watchChecklist(ctx context.Context, campaignID string) (<-chan *gen.SetupChecklist, error) {
	first, err := r.checklist(r.freshLoaders(ctx), campaignID)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, problem.NotFoundAt("campaignId", "there is no such campaign")
	}
	var last []bool
	return look(ctx, r.LookEvery, func(ctx context.Context) ([]*gen.SetupChecklist, bool, error) {
		list, err := r.checklist(r.freshLoaders(ctx), campaignID)
		if err != nil || list == nil {
			return nil, true, err
		}
		ticks := make([]bool, len(list.Steps))
		for i, s := range list.Steps {
			ticks[i] = s.Done
		}
		if slices.Equal(ticks, last) {
			return nil, true, nil
		}
		last = ticks
		return []*gen.SetupChecklist{list}, !list.Done, nil
	}), nil
}

// clickLag is how far back to read: a click is committed some time after its id was made.
const clickLag = 5 * time.Second

// watchClicks streams the viewer's new clicks.
func (r *Resolver) watchClicks(ctx context.Context, campaignID *string) (<-chan *db.Click, error) {
	id, err := optionalInt("Campaign", "campaignId", campaignID)
	if err != nil {
		return nil, err
	}
	if id != 0 {
		known, err := r.Client.Campaign.Query().Where(campaign.ID(id)).Exist(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for campaign %d: %w", id, err)
		}
		if !known {
			return nil, problem.NotFoundAt("campaignId", "there is no such campaign")
		}
	}
	begun, seen := r.Now(), recent{}
	return look(ctx, r.LookEvery, func(ctx context.Context) ([]*db.Click, bool, error) {
		since := r.Now().Add(-clickLag)
		if since.Before(begun) {
			since = begun
		}
		matching, err := (&filter.Click{From: &since}).Predicates()
		if err != nil {
			return nil, false, err
		}
		q := r.Client.Click.Query().Where(matching...)
		if id != 0 {
			q.Where(click.CampaignID(id))
		}
		found, err := q.Order(click.ByID(sql.OrderAsc())).Limit(100).All(ctx)
		return seen.fresh(found, since), true, err
	}), nil
}

func (r *Resolver) homeNumbers(ctx context.Context, timeZone *string) (*gen.HomeNumbers, error) {
	in, err := zone(ctx, timeZone)
	if err != nil {
		return nil, err
	}
	days, err := r.Home.OfViewer(ctx, in)
	if err != nil {
		return nil, err
	}
	return &gen.HomeNumbers{
		TimeZone: in.String(), Today: &days.Today, YesterdaySoFar: &days.YesterdaySoFar, Yesterday: &days.Yesterday,
		ClicksWithoutParam: days.ClicksWithoutParam,
	}, nil
}

// zone returns the requested time zone, or else the viewer's own.
func zone(ctx context.Context, timeZone *string) (*time.Location, error) {
	name := text(timeZone)
	if name == "" {
		v, err := viewer.Require(ctx)
		if err != nil {
			return nil, err
		}
		u, err := load(ctx).users.Load(ctx, int64(v.UserID))
		if err != nil {
			return nil, fmt.Errorf("reading the viewer: %w", err)
		}
		name = u.TimeZone
	}
	in, err := time.LoadLocation(name) // empty is UTC
	if err != nil {
		return nil, problem.Invalid("timeZone", "%q is not a time zone: use an IANA name such as Europe/Riga", name)
	}
	return in, nil
}

// zonedCampaign is a campaign and the time zone in which its days are counted.
type zonedCampaign struct {
	id   int64
	zone string
}

func campaignNumbers(ctx context.Context, id int64, timeZone *string) (*report.CampaignNumbers, error) {
	in, err := zone(ctx, timeZone)
	if err != nil {
		return nil, err
	}
	return load(ctx).numbersOfCampaign.Load(ctx, zonedCampaign{id, in.String()})
}

// numbersOf counts campaigns, all campaigns of a time zone together.
func numbersOf(home *report.Home) func(ctx context.Context, keys []zonedCampaign) ([]*report.CampaignNumbers, error) {
	return func(ctx context.Context, keys []zonedCampaign) ([]*report.CampaignNumbers, error) {
		ids := map[string][]int64{}
		for _, k := range keys {
			ids[k.zone] = append(ids[k.zone], k.id)
		}
		var all []*report.CampaignNumbers
		for name, of := range ids {
			in, err := time.LoadLocation(name)
			if err != nil {
				return nil, fmt.Errorf("counting campaigns: %w", err)
			}
			numbers, err := home.OfCampaigns(ctx, in, of)
			if err != nil {
				return nil, err
			}
			all = append(all, numbers...)
		}
		return all, nil
	}
}

func payouts(d *report.Day) []*gen.Money {
	list := []*gen.Money{}
	for _, s := range d.Payouts {
		list = append(list, money(&s.Amount, s.Currency))
	}
	return list
}

func (r *Resolver) dismissAlert(ctx context.Context, id string) (*db.Alert, error) {
	key, err := factID("Alert", "id", id)
	if err != nil {
		return nil, err
	}
	return r.Setup.DismissAlert(ctx, key)
}

func (r *Resolver) restoreAlert(ctx context.Context, id string) (*db.Alert, error) {
	key, err := factID("Alert", "id", id)
	if err != nil {
		return nil, err
	}
	return r.Setup.RestoreAlert(ctx, key)
}
