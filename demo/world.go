package demo

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/setup"
)

// world is the catalog with the ids of its rows.
type world struct {
	Params

	tx     *sql.Tx
	client *db.Client
	start  time.Time // of the generated month
	built  time.Time // before it, when the network was set up

	affiliates []*affiliate
	offers     []*offer
	campaigns  []*campaign
	managerID  int64             // who changes conversions manually
	tokens     map[string]string // API tokens by e-mail
}

type affiliate struct {
	*affiliateSpec

	id        int64
	echoKey   string
	postbacks []*postback
}

// echo returns the URL of the affiliate's echo tracker.
func (a *affiliate) echo(publicURL string) string { return publicURL + "/echo/" + a.echoKey }

type offer struct {
	*offerSpec

	id            int64
	pageIDs       []int64
	integrationID int64
	deals         []deal
}

type deal struct {
	id    int64
	terms commission.Deal
}

// dealOf returns the deal by which an affiliate is paid.
func (o *offer) dealOf(affiliateID ids.Affiliate, at time.Time) deal {
	d, _ := commission.InForce(o.deals, func(d deal) commission.Deal { return d.terms }, affiliateID, at)
	return d
}

// campaign is a campaign, or an affiliate's default link, which has no id.
type campaign struct {
	name      string
	id        int64 // zero for a default link
	linkID    int64
	affiliate *affiliate
	offer     *offer
	share     float64
	until     time.Time // when it was paused, or its offer
}

type postback struct {
	firing.Postback

	spec     *postbackSpec
	method   firing.Method
	rule     firing.BodyRule
	versions []version
	made     time.Time
	deleted  time.Time // zero if it is not
	held     time.Time // when its tracker answered that the address is gone; zero for never
}

type version struct {
	id       int64
	since    time.Time
	template *macro.Template
	behaves  behaviour
}

// at returns the version that a delivery of that time is made for.
func (p *postback) at(moment time.Time) version {
	v := p.versions[0]
	for _, later := range p.versions[1:] {
		if !later.since.After(moment) {
			v = later
		}
	}
	return v
}

// build writes the catalog into the database.
func (w *world) build(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		w.makeAffiliates, w.makePeople, w.makeOffers, w.makeIntegrations, w.makeCampaigns, w.makeDefaultLinks, w.makePostbacks,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) makeAffiliates(ctx context.Context) error {
	for i := range affiliates {
		a := &affiliate{affiliateSpec: &affiliates[i], echoKey: tracking.NewLinkCode() + tracking.NewLinkCode()}
		row, err := w.client.Affiliate.Create().SetName(a.name).SetEchoKey(a.echoKey).SetCreatedAt(w.built).Save(ctx)
		if err != nil {
			return fmt.Errorf("making affiliate %s: %w", a.name, err)
		}
		a.id = row.ID
		w.affiliates = append(w.affiliates, a)
	}
	return nil
}

// TokenName is the name of the demo's API tokens.
const TokenName = "Demo"

func (w *world) makePeople(ctx context.Context) error {
	for _, p := range people {
		hash, err := secret.HashPassword(ctx, Password)
		if err != nil {
			return fmt.Errorf("hashing a password: %w", err)
		}
		create := w.client.User.Create().SetEmail(p.email).SetName(p.name()).SetRole(p.role).SetPasswordHash(hash).SetCreatedAt(w.built)
		if p.role == viewer.Affiliate {
			create.SetAffiliateID(w.affiliates[p.affiliate].id)
		}
		user, err := create.Save(ctx)
		if err != nil {
			return fmt.Errorf("making the sign-in %s: %w", p.email, err)
		}
		if p.role == viewer.Manager {
			w.managerID = user.ID
			if err := w.client.Affiliate.Update().SetManagerID(user.ID).Exec(ctx); err != nil {
				return fmt.Errorf("making %s everybody's manager: %w", p.email, err)
			}
		}
		token, digest := secret.NewToken()
		err = w.client.ApiToken.Create().SetUserID(user.ID).SetName(TokenName).SetHash(digest).SetPrefix(secret.Hint(token)).
			SetScopes(viewer.Scopes()).SetCreatedAt(w.built).Exec(ctx)
		if err != nil {
			return fmt.Errorf("making a token for %s: %w", p.email, err)
		}
		w.tokens[p.email] = token
	}
	return nil
}

// dailyCap is the first offer's cap: more paying conversions than it ever had in a day.
const dailyCap = 250

func (w *world) makeOffers(ctx context.Context) error {
	for i := range offers {
		o := &offer{offerSpec: &offers[i]}
		create := w.client.Offer.Create().SetName(o.name).SetOperator(o.operator).SetVertical(o.vertical).SetState(state(o.pausedFor)).
			SetDestinationURL("https://play." + o.host + "/join?cid={click_id}&partner={aff_id}").
			SetDeepLinkHosts([]string{"play." + o.host, "*." + o.host}).SetCurrency(o.currency).SetCreatedAt(w.built)
		if o.fallback {
			create.SetFallbackURL("https://www." + o.host + "/not-available")
		}
		if i == 0 {
			create.SetDailyCap(dailyCap)
		}
		if o.rule != nil {
			create.SetQualification(o.rule)
		}
		row, err := create.Save(ctx)
		if err != nil {
			return fmt.Errorf("making offer %s: %w", o.name, err)
		}
		o.id = row.ID
		for _, p := range o.pages {
			page, err := w.client.LandingPage.Create().SetOfferID(o.id).SetKey(p.key).SetName(p.name).
				SetURL("https://play." + o.host + p.path + "?cid={click_id}").Save(ctx)
			if err != nil {
				return fmt.Errorf("making a landing page of %s: %w", o.name, err)
			}
			o.pageIDs = append(o.pageIDs, page.ID)
		}
		if err := w.makeDeal(ctx, o, nil, o.deal); err != nil {
			return err
		}
		w.offers = append(w.offers, o)
	}
	return w.makeDeal(ctx, w.offers[ownDeal.offer], w.affiliates[ownDeal.affiliate], ownDeal.deal)
}

// makeDeal creates an offer's default deal, or one affiliate's own.
func (w *world) makeDeal(ctx context.Context, o *offer, a *affiliate, d dealSpec) error {
	terms := commission.Deal{Model: d.model, LeadGoal: d.leadGoal, Currency: o.currency}
	create := w.client.Deal.Create().SetOfferID(o.id).SetModel(d.model).SetCurrency(o.currency).SetCreatedAt(w.built)
	var err error
	if d.amount != "" {
		if terms.Amount, err = decimal.NewFromString(d.amount); err != nil {
			return fmt.Errorf("the deal of %s: %w", o.name, err)
		}
		create.SetAmount(terms.Amount)
	}
	if d.percent != "" {
		if terms.Percent, err = decimal.NewFromString(d.percent); err != nil {
			return fmt.Errorf("the deal of %s: %w", o.name, err)
		}
		create.SetPercent(terms.Percent)
	}
	if d.leadGoal != "" {
		create.SetLeadGoal(d.leadGoal)
	}
	if a != nil {
		terms.AffiliateID = ids.Affiliate(a.id)
		create.SetAffiliateID(a.id)
	}
	row, err := create.Save(ctx)
	if err != nil {
		return fmt.Errorf("making the deal of %s: %w", o.name, err)
	}
	o.deals = append(o.deals, deal{id: row.ID, terms: terms})
	return nil
}

// The demo runs on http://localhost, so its integrations do not ask for https.
func (w *world) makeIntegrations(ctx context.Context) error {
	for _, o := range w.offers {
		integration, err := w.client.Integration.Create().SetKey(o.integration).SetName(o.operator + " server").SetOfferID(o.id).
			SetRequireToken(!o.signed).SetRequireSignature(o.signed).SetRequireHTTPS(false).SetAllowedAddresses([]string{}).SetCreatedAt(w.built).Save(ctx)
		if err != nil {
			return fmt.Errorf("making integration %s: %w", o.integration, err)
		}
		o.integrationID = integration.ID
		kind := secretToken
		if o.signed {
			kind = secretHMAC
		}
		sealed, err := w.Secrets.Seal(secret.Random(), secret.ForIntegration)
		if err != nil {
			return fmt.Errorf("sealing the secret of %s: %w", o.integration, err)
		}
		if err := w.client.IntegrationSecret.Create().SetIntegrationID(integration.ID).SetKind(kind).SetSealed(sealed).SetCreatedAt(w.built).Exec(ctx); err != nil {
			return fmt.Errorf("keeping the secret of %s: %w", o.integration, err)
		}
	}
	return nil
}

// The kinds of an integration's secret.
const (
	secretToken = "token"
	secretHMAC  = "hmac"
)

func (w *world) makeCampaigns(ctx context.Context) error {
	for _, spec := range campaigns {
		c := &campaign{name: spec.name, affiliate: w.affiliates[spec.affiliate], offer: w.offers[spec.offer], share: spec.share, until: w.Now}
		if paused := max(spec.pausedFor, c.offer.pausedFor); paused > 0 {
			c.until = w.Now.Add(-paused)
		}
		row, err := w.client.Campaign.Create().SetAffiliateID(c.affiliate.id).SetOfferID(c.offer.id).SetName(c.name).
			SetState(state(spec.pausedFor)).SetCreatedAt(w.built).Save(ctx)
		if err != nil {
			return fmt.Errorf("making campaign %s: %w", c.name, err)
		}
		c.id = row.ID
		link, err := w.client.TrackingLink.Create().SetAffiliateID(c.affiliate.id).SetOfferID(c.offer.id).SetCampaignID(c.id).
			SetCode(tracking.NewLinkCode()).SetCreatedAt(w.built).Save(ctx)
		if err != nil {
			return fmt.Errorf("making the link of campaign %s: %w", c.name, err)
		}
		c.linkID = link.ID
		w.campaigns = append(w.campaigns, c)
	}
	return nil
}

// defaultShare is the share of clicks on an affiliate's default link, relative to those on its
// campaign for the same offer.
const defaultShare = .12

// makeDefaultLinks creates every affiliate's default link for every offer; those of offers that
// it has a campaign for get some clicks.
func (w *world) makeDefaultLinks(ctx context.Context) error {
	if err := setup.MakeDefaultLinks(ctx, w.tx, w.built); err != nil {
		return err
	}
	links, err := w.client.TrackingLink.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading the default links: %w", err)
	}
	for _, c := range w.campaigns {
		for _, l := range links {
			if l.CampaignID == nil && l.AffiliateID == c.affiliate.id && l.OfferID == c.offer.id {
				w.campaigns = append(w.campaigns, &campaign{
					linkID: l.ID, affiliate: c.affiliate, offer: c.offer, share: c.share * defaultShare, until: c.until,
				})
			}
		}
	}
	return nil
}

func (w *world) makePostbacks(ctx context.Context) error {
	for i := range postbacks {
		if postbacks[i].aggregates > 0 {
			continue // not in the month: it is created after the month's conversions
		}
		for _, goal := range postbacks[i].goals {
			if err := w.makePostback(ctx, &postbacks[i], goal); err != nil {
				return fmt.Errorf("making postback %s: %w", postbacks[i].name, err)
			}
		}
	}
	return nil
}

// makePostback creates a postback in its original state, with its first version; finishPostbacks
// writes its later changes.
func (w *world) makePostback(ctx context.Context, spec *postbackSpec, goal string) error {
	a := w.affiliates[spec.affiliate]
	p := &postback{spec: spec, method: spec.method, made: w.built, Postback: firing.Postback{
		Name: spec.name, AffiliateID: ids.Affiliate(a.id), Scope: spec.scope, Goal: goal, Statuses: spec.statuses, Enabled: !spec.disabled,
	}}
	if spec.age > 0 {
		p.made = w.Now.Add(-spec.age)
	}
	if spec.deleted > 0 {
		p.deleted = w.Now.Add(-spec.deleted)
	}
	if p.method == "" {
		p.method = firing.GET
	}
	if len(p.Statuses) == 0 {
		p.Statuses = []commission.Status{commission.Approved}
	}
	signing, err := w.Secrets.Seal(secret.NewSigningSecret(), secret.ForPostback)
	if err != nil {
		return err
	}
	template := w.template(a, spec, spec.behaves)
	create := w.client.Postback.Create().SetAffiliateID(a.id).SetName(p.Name).SetScope(p.Scope).SetGoal(goal).SetURLTemplate(template).
		SetMethod(p.method).SetStatuses(p.Statuses).SetEnabled(p.Enabled).SetSigningSecret(signing).SetCreatedAt(p.made).SetUpdatedAt(p.made)
	if spec.rule != nil {
		p.rule = *spec.rule
		create.SetBodyRule(spec.rule)
	}
	switch p.Scope {
	case firing.Offer:
		p.OfferID = ids.Offer(w.offers[spec.at].id)
		create.SetOfferID(w.offers[spec.at].id)
	case firing.Campaign:
		p.CampaignID = ids.Campaign(w.campaigns[spec.at].id)
		create.SetCampaignID(w.campaigns[spec.at].id)
	}
	row, err := create.Save(ctx)
	if err != nil {
		return err
	}
	p.ID = ids.Postback(row.ID)
	a.postbacks = append(a.postbacks, p)
	if err := w.addVersion(ctx, p, template, p.made, spec.behaves); err != nil || spec.fixed == 0 {
		return err
	}
	return w.addVersion(ctx, p, w.template(a, spec, answers), w.Now.Add(-spec.fixed), answers)
}

// makeAggregation creates the postbacks that aggregate, after the month: traffic from here on
// joins their windows.
func (w *world) makeAggregation(ctx context.Context) error {
	for i := range postbacks {
		spec := &postbacks[i]
		if spec.aggregates == 0 {
			continue
		}
		signing, err := w.Secrets.Seal(secret.NewSigningSecret(), secret.ForPostback)
		if err != nil {
			return fmt.Errorf("sealing a signing secret: %w", err)
		}
		a, seconds := w.affiliates[spec.affiliate], int(spec.aggregates/time.Second)
		template := a.echo(w.PublicURL) + "?subid={param_1}&deposits={count}&sum={sum_amount}&payout={sum_payout}&tid={conversion_id}"
		statuses := []commission.Status{commission.Approved}
		row, err := w.client.Postback.Create().SetAffiliateID(a.id).SetName(spec.name).SetScope(spec.scope).SetGoal(spec.goals[0]).
			SetURLTemplate(template).SetStatuses(statuses).SetSigningSecret(signing).SetAggregateSeconds(seconds).
			SetCreatedAt(w.Now).SetUpdatedAt(w.Now).Save(ctx)
		if err != nil {
			return fmt.Errorf("making postback %s: %w", spec.name, err)
		}
		err = w.client.PostbackVersion.Create().SetAffiliateID(a.id).SetPostbackID(row.ID).SetNumber(1).SetURLTemplate(template).
			SetMethod(row.Method).SetStatuses(statuses).SetEnabled(true).SetAggregateSeconds(seconds).SetCreatedAt(w.Now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("making the version of postback %s: %w", spec.name, err)
		}
	}
	return nil
}

// template returns a postback's URL template to a tracker with this behaviour.
func (w *world) template(a *affiliate, spec *postbackSpec, b behaviour) string {
	base := a.echo(w.PublicURL)
	if b == unresolved {
		base = "https://" + strings.ToLower(strings.ReplaceAll(spec.name, " ", "-")) + ".tracker.invalid"
	}
	style := a.tracker
	if spec.tracker != nil {
		style = spec.tracker
	}
	return style.url(base, spec.says, b.status())
}

func (w *world) addVersion(ctx context.Context, p *postback, template string, since time.Time, b behaviour) error {
	parsed, err := macro.Parse(template)
	if err != nil {
		return err
	}
	number := len(p.versions) + 1
	create := w.client.PostbackVersion.Create().SetAffiliateID(int64(p.AffiliateID)).SetPostbackID(int64(p.ID)).SetNumber(number).SetURLTemplate(template).
		SetMethod(p.method).SetStatuses(p.Statuses).SetEnabled(p.Enabled).SetCreatedAt(since)
	if !p.rule.IsZero() {
		create.SetBodyRule(&p.rule)
	}
	row, err := create.Save(ctx)
	if err != nil {
		return err
	}
	p.versions = append(p.versions, version{id: row.ID, since: since, template: parsed, behaves: b})
	if number == 1 {
		return nil
	}
	return w.client.Postback.UpdateOneID(int64(p.ID)).SetVersion(number).SetURLTemplate(template).SetUpdatedAt(since).Exec(ctx)
}

// finishPostbacks writes what happened to postbacks in the month: which were deleted, and which
// are held.
func (w *world) finishPostbacks(ctx context.Context) error {
	for _, a := range w.affiliates {
		for _, p := range a.postbacks {
			update := w.client.Postback.UpdateOneID(int64(p.ID))
			switch {
			case !p.deleted.IsZero():
				update.SetDeletedAt(p.deleted).SetEnabled(false).SetUpdatedAt(p.deleted)
			case !p.held.IsZero():
				update.SetHoldReason(string(dispatch.Gone)).SetUpdatedAt(p.held)
			default:
				continue
			}
			if err := update.Exec(ctx); err != nil {
				return fmt.Errorf("writing down what befell postback %s: %w", p.Name, err)
			}
		}
	}
	return nil
}

func newWorld(p Params, tx *sql.Tx) *world {
	return &world{
		Params: p, tx: tx, client: ent.NewTxClient(tx), tokens: map[string]string{},
		start: p.Now.Add(-30 * day), built: p.Now.Add(-41 * day),
	}
}
