package setup

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/problem"
	"postrider/landing"
)

// OfferWish is an offer as staff enter it.
type OfferWish struct {
	Name                  string
	Operator              string
	Vertical              commission.Vertical
	State                 tracking.RunState
	DestinationURL        string
	FallbackURL           string
	DeepLinkHosts         []string
	Currency              string
	AttributionWindowDays int                       // 0 for no limit
	DailyCap              int                       // conversions that pay per day; 0 for no limit
	Qualification         *commission.Qualification // nil if the operator reports the CPA itself
}

// CreateOffer creates an offer, with every affiliate's default link to it: fill sets its values.
func (s *Setup) CreateOffer(ctx context.Context, fill func(*OfferWish)) (*db.Offer, error) {
	var made *db.Offer
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		wish := OfferWish{State: tracking.Active}
		fill(&wish)
		if err := c.checkOffer(ctx, &wish); err != nil {
			return err
		}
		create := c.client.Offer.Create().SetCreatedAt(c.now)
		setOffer(create.Mutation(), wish)
		var err error
		if made, err = create.Save(ctx); err != nil {
			return saved("offer", err)
		}
		if err := errors.Join(MakeDefaultLinks(ctx, c.tx, c.now), landing.Due(ctx, c.tx, wish.DestinationURL, c.now)); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "create", Entity: "offer", ID: fmt.Sprint(made.ID), After: made})
	})
	return made, err
}

// UpdateOffer changes an offer: patch modifies its current values.
func (s *Setup) UpdateOffer(ctx context.Context, id int64, patch func(*OfferWish)) (*db.Offer, error) {
	var changed *db.Offer
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Offer.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "offer")
		}
		wish := offerWish(before)
		patch(&wish)
		if err := c.checkOffer(ctx, &wish); err != nil {
			return err
		}
		if wish.State == tracking.Active {
			if err := restoreFirst(before.ArchivedAt, "state", "offer"); err != nil {
				return err
			}
		}
		update := c.client.Offer.UpdateOne(before)
		setOffer(update.Mutation(), wish)
		if changed, err = update.Save(ctx); err != nil {
			return saved("offer", err)
		}
		if err := landing.Due(ctx, c.tx, wish.DestinationURL, c.now); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "update", Entity: "offer", ID: fmt.Sprint(id), Before: before, After: changed})
	})
	return changed, err
}

func offerWish(o *db.Offer) OfferWish {
	w := OfferWish{
		Name: o.Name, Operator: o.Operator, Vertical: o.Vertical, State: o.State, DestinationURL: o.DestinationURL,
		FallbackURL: o.FallbackURL, DeepLinkHosts: o.DeepLinkHosts, Currency: o.Currency, Qualification: o.Qualification,
	}
	if o.AttributionWindowDays != nil {
		w.AttributionWindowDays = *o.AttributionWindowDays
	}
	if o.DailyCap != nil {
		w.DailyCap = *o.DailyCap
	}
	return w
}

func setOffer(m *db.OfferMutation, w OfferWish) {
	m.SetName(w.Name)
	m.SetOperator(w.Operator)
	m.SetVertical(w.Vertical)
	m.SetState(w.State)
	m.SetDestinationURL(w.DestinationURL)
	m.SetFallbackURL(w.FallbackURL)
	m.SetDeepLinkHosts(w.DeepLinkHosts)
	m.SetCurrency(w.Currency)
	if w.AttributionWindowDays > 0 {
		m.SetAttributionWindowDays(w.AttributionWindowDays)
	} else {
		m.ClearAttributionWindowDays()
	}
	if w.DailyCap > 0 {
		m.SetDailyCap(w.DailyCap)
	} else {
		m.ClearDailyCap()
	}
	if w.Qualification != nil && !w.Qualification.None() {
		m.SetQualification(w.Qualification)
	} else {
		m.ClearQualification()
	}
}

// maxAttributionWindow is the longest attribution window, in days.
const maxAttributionWindow = 3650

// deepLinkHost matches a host, or "*." and a domain.
var deepLinkHost = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

func (c *change) checkOffer(ctx context.Context, w *OfferWish) error {
	name, nameErr := cleanName(w.Name)
	w.Name = name
	operator, operatorErr := cleanName(w.Operator)
	w.Operator = operator
	list := []*problem.Error{
		problem.From(nameErr), at("currency", checkCurrency(&w.Currency)), within("fallbackUrl", w.FallbackURL, 2048),
	}
	list = append(list, checkDestination("destinationUrl", w.DestinationURL)...)
	if operatorErr != nil {
		list = append(list, problem.Invalid("operator", "%s", problem.From(operatorErr).Message))
	}
	if w.Vertical == "" {
		list = append(list, problem.Invalid("vertical", "choose a vertical"))
	}
	if w.FallbackURL != "" {
		list = append(list, checkTarget("fallbackUrl", w.FallbackURL)...)
	}
	if w.DeepLinkHosts == nil {
		w.DeepLinkHosts = []string{}
	}
	for i, host := range w.DeepLinkHosts {
		w.DeepLinkHosts[i] = strings.ToLower(strings.TrimSpace(host))
		if !deepLinkHost.MatchString(w.DeepLinkHosts[i]) {
			list = append(list, problem.Invalid("deepLinkHosts", "%q is not a host; write play.example.com, or *.example.com for all its subdomains", host))
		}
	}
	if w.AttributionWindowDays < 0 || w.AttributionWindowDays > maxAttributionWindow {
		list = append(list, problem.Invalid("attributionWindowDays", "must be from 1 to %d days; 0 for no limit", maxAttributionWindow))
	}
	list = append(list, problem.From(checkCap(w.DailyCap)))
	if w.Qualification != nil {
		list = append(list, at("qualification", w.Qualification.Validate()))
		if err := c.goalsExist(ctx, "qualification.goals", w.Qualification.Goals); err != nil {
			list = append(list, problem.From(err))
		}
	}
	return wrong(list...)
}

// goalsExist checks that the event dictionary has the goals.
func (c *change) goalsExist(ctx context.Context, field string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	unknown, err := c.unknownGoals(ctx, keys)
	if err == nil && len(unknown) > 0 {
		return problem.Invalid(field, "%q is not in the event dictionary", unknown[0])
	}
	return err
}

// checkTarget checks a template that a player is redirected to.
func checkTarget(field, template string) []*problem.Error {
	if _, err := macro.ParseFor(template, macro.Clicks); err != nil {
		return firing.TemplateProblems(field, template, err)
	}
	return nil
}

// checkDestination checks a template of the operator's own pages.
func checkDestination(field, template string) []*problem.Error {
	parsed, err := macro.ParseFor(template, macro.Clicks)
	if err == nil && !slices.Contains(parsed.Macros(), macro.ClickID) {
		return []*problem.Error{problem.Invalid(field, "must contain {click_id}: without it, no conversion can be attributed")}
	}
	return checkTarget(field, template)
}

// checkCurrency checks a currency that amounts of ours are in, and writes its code.
func checkCurrency(code *string) error {
	known, err := commission.KnownCurrency(*code)
	if err == nil {
		*code = known
	}
	return err
}
