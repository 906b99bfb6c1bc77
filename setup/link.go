package setup

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/landingpage"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// LinkWish is what an affiliate chooses for a tracking link.
type LinkWish struct {
	Params      [3]string // values, or tokens of the affiliate's tracker
	LandingPage string    // a landing page's key; empty for the offer's destination
	DeepLink    string    // a page on one of the offer's allowed hosts
}

// BuiltLink is a finished tracking link.
type BuiltLink struct {
	URL         string
	Destination string // where a click on it goes, with a sample click id
}

// BuildLink builds a tracking link for a wish. Problems with the wish are returned as joined
// *problem.Error.
func (s *Setup) BuildLink(ctx context.Context, client *db.Client, link *db.TrackingLink, wish LinkWish) (BuiltLink, error) {
	offer, err := client.Offer.Get(ctx, link.OfferID)
	if err != nil {
		return BuiltLink{}, fmt.Errorf("reading the link's offer: %w", err)
	}
	pages, err := client.LandingPage.Query().Where(landingpage.OfferID(offer.ID), landingpage.ArchivedAtIsNil()).All(ctx)
	if err != nil {
		return BuiltLink{}, fmt.Errorf("reading the offer's landing pages: %w", err)
	}
	if bad := checkWish(wish, offer, pages); len(bad) > 0 {
		return BuiltLink{}, problem.Join(bad)
	}
	options := tracking.LinkOptions{Params: wish.Params, LandingPage: wish.LandingPage, DeepLink: wish.DeepLink}
	built := BuiltLink{URL: tracking.LinkURL(s.PublicURL, link.Code, options)}
	built.Destination, err = destination(wish, offer, pages)
	return built, err
}

func checkWish(wish LinkWish, offer *db.Offer, pages []*db.LandingPage) []*problem.Error {
	var bad []*problem.Error
	for i, p := range wish.Params {
		if len(p) > tracking.MaxParam {
			bad = append(bad, problem.Invalid(fmt.Sprintf("param%d", i+1), "is %d bytes long; the limit is %d", len(p), tracking.MaxParam))
		}
	}
	if wish.LandingPage != "" && !slices.ContainsFunc(pages, func(p *db.LandingPage) bool { return p.Key == wish.LandingPage }) {
		keys := make([]string, len(pages))
		for i, p := range pages {
			keys[i] = p.Key
		}
		bad = append(bad, problem.Invalid("landingPage", "%s has no landing page %q: choose one of %s", offer.Name, wish.LandingPage, strings.Join(keys, ", ")))
	}
	if wish.DeepLink == "" {
		return bad
	}
	target, err := macro.ParseFor(wish.DeepLink, macro.Clicks)
	switch {
	case err != nil:
		bad = append(bad, firing.TemplateProblems("deepLink", wish.DeepLink, err)...)
	case !tracking.AllowedHost(target.Endpoint(), offer.DeepLinkHosts):
		allowed := strings.Join(offer.DeepLinkHosts, ", ")
		if allowed == "" {
			allowed = "none"
		}
		bad = append(bad, problem.Invalid("deepLink", "%s allows deep links to these hosts only: %s", offer.Name, allowed))
	}
	return bad
}

// destination returns where the link leads, as for a sample click.
func destination(wish LinkWish, offer *db.Offer, pages []*db.LandingPage) (string, error) {
	route := tracking.Link{Offer: tracking.Active, Campaign: tracking.Active, LandingPages: map[string]*macro.Template{}, DeepLinkHosts: offer.DeepLinkHosts}
	var err error
	if route.Destination, err = macro.ParseFor(offer.DestinationURL, macro.Clicks); err != nil {
		return "", fmt.Errorf("reading the destination of offer %d: %w", offer.ID, err)
	}
	for _, p := range pages {
		if route.LandingPages[p.Key], err = macro.ParseFor(p.URL, macro.Clicks); err != nil {
			return "", fmt.Errorf("reading landing page %d: %w", p.ID, err)
		}
	}
	values := macro.SampleValues()
	values.Set(macro.Param1, wish.Params[0])
	values.Set(macro.Param2, wish.Params[1])
	values.Set(macro.Param3, wish.Params[2])
	values.Set(macro.LandingPage, wish.LandingPage)
	return route.Route(tracking.Click{Params: wish.Params, LandingPage: wish.LandingPage, DeepLink: wish.DeepLink}, values).URL, nil
}

// MakeDefaultLinks gives every affiliate its missing default links to offers. It is called
// when an affiliate or an offer is created.
func MakeDefaultLinks(ctx context.Context, tx pg.Conn, now time.Time) error {
	var affiliates, offers []int64
	var codes []string
	err := pg.Each(ctx, tx, "finding default links to make", func(rows *sql.Rows) error {
		var a, o int64
		if err := rows.Scan(&a, &o); err != nil {
			return err
		}
		affiliates, offers, codes = append(affiliates, a), append(offers, o), append(codes, tracking.NewLinkCode())
		return nil
	}, `
		SELECT a.id, o.id FROM affiliates a CROSS JOIN offers o
		WHERE NOT EXISTS (SELECT FROM tracking_links t WHERE t.affiliate_id = a.id AND t.offer_id = o.id AND t.campaign_id IS NULL)`)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO tracking_links (affiliate_id, offer_id, code, created_at)
		SELECT a, o, c, $4 FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS u(a, o, c)
		ON CONFLICT DO NOTHING`, pq.Array(affiliates), pq.Array(offers), pq.Array(codes), now)
	if err != nil {
		return fmt.Errorf("making default links: %w", err)
	}
	return nil
}
