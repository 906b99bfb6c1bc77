package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
)

// trackerStyle is how an affiliate's tracker names its parameters.
type trackerStyle struct {
	name     string
	token    string // its owner's value for param_1
	template string // appended to the echo tracker's address; STATUS stands for the status it sends
	status   string // the macro for STATUS
	clickID  func(r *rand.Rand) string
}

var keitaro = trackerStyle{
	name: "Keitaro", token: "{subid}",
	template: "?subid={param_1}&status=STATUS&payout={payout}&currency={currency}&tid={conversion_id}",
	status:   "{goal_id|map:registration=lead,kyc=lead,*=sale}",
	clickID:  func(r *rand.Rand) string { return letters(r, lowerAndDigits, 13) },
}

var voluum = trackerStyle{
	name: "Voluum", token: "{clickid}",
	template: "/postback?cid={param_1}&payout={payout}&txid={conversion_id}&et=STATUS",
	status:   "{goal_id}",
	clickID:  func(r *rand.Rand) string { return "w" + letters(r, upperAndDigits, 23) },
}

var binom = trackerStyle{
	name: "Binom", token: "{clickid}",
	template: "/click.php?cnv_id={param_1}&payout={payout}&cnv_status=STATUS&cnv_currency={currency}&cnv_status2={conversion_id}",
	status:   "{goal_id}",
	clickID:  func(r *rand.Rand) string { return letters(r, "0123456789abcdef", 24) },
}

// trackerOf returns the tracker that makes the click ids of a campaign, by the campaign's name.
func (a *affiliateSpec) trackerOf(campaign string) *trackerStyle {
	if other := a.others[campaign]; other != nil {
		return other
	}
	return a.tracker
}

// url returns a postback's template to the echo tracker at base.
func (t *trackerStyle) url(base, says string, status int) string {
	if says == "" {
		says = t.status
	}
	template := base + strings.ReplaceAll(t.template, "STATUS", says)
	if status == 0 {
		return template
	}
	// The echo tracker answers with the first status in the query.
	path, query, _ := strings.Cut(template, "?")
	return path + "?status=" + strconv.Itoa(status) + "&" + strings.ReplaceAll(query, "status=", "state=")
}

const (
	lowerAndDigits = "0123456789abcdefghijklmnopqrstuvwxyz"
	upperAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
)

func letters(r *rand.Rand, alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

// makeTrackers makes the trackers that the postbacks go to: those to one host and path are one
// tracker's. All have all campaigns, as the conversions of the month fired.
func (w *world) makeTrackers(ctx context.Context) error {
	rows, err := w.client.Postback.Query().Order(db.Asc("id")).All(ctx)
	if err != nil {
		return fmt.Errorf("reading the postbacks: %w", err)
	}
	of := map[string][]*db.Postback{}
	var order []string
	for _, p := range rows {
		if p.DeletedAt != nil {
			continue
		}
		key := fmt.Sprint(p.AffiliateID, firing.Place(p.URLTemplate))
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], p)
	}
	for _, key := range order {
		if err := w.makeTracker(ctx, of[key]); err != nil {
			return fmt.Errorf("making the tracker of postback %s: %w", of[key][0].Name, err)
		}
	}
	return nil
}

// makeTracker makes the tracker of these postbacks, named after the first.
func (w *world) makeTracker(ctx context.Context, postbacks []*db.Postback) error {
	first := postbacks[0]
	spec := firing.TrackerSpec{
		Name: first.Name, URLTemplate: first.URLTemplate, Method: first.Method, AllCampaigns: true, DefaultLinks: true,
	}
	row, err := w.client.Tracker.Create().SetAffiliateID(first.AffiliateID).SetName(spec.Name).SetURLTemplate(spec.URLTemplate).
		SetMethod(spec.Method).SetCreatedAt(first.CreatedAt).SetUpdatedAt(first.CreatedAt).Save(ctx)
	if err != nil {
		return err
	}
	for _, p := range postbacks {
		rule := ent.FiringPostback(p)
		spec.Goals = append(spec.Goals, firing.TrackerGoal{
			Goal: rule.Goal, Scope: rule.Scope, OfferID: rule.OfferID, CampaignID: rule.CampaignID, Enabled: rule.Enabled, Statuses: rule.Statuses, URLTemplate: rule.URLTemplate,
		})
		if err := w.client.Postback.UpdateOne(p).SetTrackerID(row.ID).SetUpdatedAt(p.UpdatedAt).Exec(ctx); err != nil {
			return err
		}
	}
	return w.client.TrackerVersion.Create().SetAffiliateID(first.AffiliateID).SetTrackerID(row.ID).SetNumber(1).SetSpec(spec).SetCreatedAt(first.CreatedAt).Exec(ctx)
}
