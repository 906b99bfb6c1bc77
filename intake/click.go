package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/macro"
	"postrider/tracking"
)

// ClickRequest is a request for a tracking link.
type ClickRequest struct {
	tracking.Request

	Code    string
	Address netip.Addr
	Country string // said by a trusted proxy; empty to look the address up
}

// ClickAnswer is what a request for a tracking link is answered with.
type ClickAnswer struct {
	Found   bool           // otherwise there is no such link
	Route   tracking.Route // where to send the player
	ClickID uuid.UUID      // nil where no click was counted
	NoClick string         // why none was counted
}

// link is a tracking link with everything that a click on it needs.
type link struct {
	tracking.Link

	ID           int64
	AffiliateID  int64
	OfferID      int64
	OfferName    string
	CampaignID   int64 // zero for a default link
	CampaignName string
	pageIDs      map[string]int64 // landing pages by key
}

// Click records a click and says where to send the player. The click is
// committed when it returns.
func (in *Intake) Click(ctx context.Context, r ClickRequest) (ClickAnswer, error) {
	if !tracking.IsLinkCode(r.Code) {
		return ClickAnswer{}, nil
	}
	l, found, err := in.catalog.links.get(ctx, in.DB, r.Code)
	if err != nil || !found {
		return ClickAnswer{}, err
	}
	click := tracking.Read(r.Request)
	country := r.Country
	if country == "" && r.Address.IsValid() {
		country = in.Country(r.Address)
	}
	values := l.values(click, country)
	if !l.Open() {
		return ClickAnswer{Found: true, Route: l.Route(click, values), NoClick: "the campaign or its offer is paused"}, nil
	}
	if why := tracking.NoClick(r.Request); why != "" {
		return ClickAnswer{Found: true, Route: l.Route(click, values), NoClick: why}, nil
	}
	at := in.now()
	id := tracking.NewClickID(at)
	values.Set(macro.ClickID, id.String())
	a := ClickAnswer{Found: true, Route: l.Route(click, values), ClickID: uuid.UUID(id)}
	if err := in.insertClick(ctx, uuid.UUID(id), at, l, click, a.Route, country, r.Address); err != nil {
		return ClickAnswer{}, fmt.Errorf("recording a click on link %s: %w", r.Code, err)
	}
	return a, nil
}

func (in *Intake) insertClick(ctx context.Context, id uuid.UUID, at time.Time, l *link, c tracking.Click, route tracking.Route, country string, addr netip.Addr) error {
	var page int64
	deepLink := ""
	switch route.Kind {
	case tracking.ToLandingPage:
		page = l.pageIDs[c.LandingPage]
	case tracking.ToDeepLink:
		deepLink = c.DeepLink
	}
	_, err := in.DB.ExecContext(ctx, `
		INSERT INTO clicks (id, affiliate_id, clicked_at, offer_id, campaign_id, link_id, param_1, param_2, param_3, landing_page_id,
		                    deep_link, country, referrer, user_agent, address)
		VALUES ($1, $2, $3, $4, nullif($5::bigint, 0), $6, $7, $8, $9, nullif($10::bigint, 0), $11, $12, $13, $14, $15)`,
		id, l.AffiliateID, at, l.OfferID, l.CampaignID, l.ID, c.Params[0], c.Params[1], c.Params[2], page,
		deepLink, country, c.Referrer, c.UserAgent, truncated(addr))
	return err
}

func truncated(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return tracking.TruncateAddress(addr.String())
}

// values is what the macros of a landing URL say; the click id comes later.
func (l *link) values(c tracking.Click, country string) *macro.Values {
	v := &macro.Values{}
	v.Set(macro.AffID, strconv.FormatInt(l.AffiliateID, 10))
	v.Set(macro.OfferID, strconv.FormatInt(l.OfferID, 10))
	v.Set(macro.OfferName, l.OfferName)
	if l.CampaignID != 0 {
		v.Set(macro.CampID, strconv.FormatInt(l.CampaignID, 10))
		v.Set(macro.CampName, l.CampaignName)
	}
	v.Set(macro.Param1, c.Params[0])
	v.Set(macro.Param2, c.Params[1])
	v.Set(macro.Param3, c.Params[2])
	v.Set(macro.Country, country)
	v.Set(macro.LandingPage, c.LandingPage)
	v.Set(macro.UserAgent, c.UserAgent)
	v.Set(macro.Referrer, c.Referrer)
	return v
}

func (l loader) link(ctx context.Context, on querier, code string) (*link, bool, error) {
	var k link
	var destination, fallback string
	var hosts []byte
	err := on.QueryRowContext(ctx, `
		SELECT t.id, t.affiliate_id, o.id, o.name, coalesce(c.id, 0), coalesce(c.name, ''), coalesce(c.state, 'active'),
		       o.state, o.destination_url, o.fallback_url, o.deep_link_hosts
		FROM tracking_links t JOIN offers o ON o.id = t.offer_id LEFT JOIN campaigns c ON c.id = t.campaign_id
		WHERE t.code = $1`, code).
		Scan(&k.ID, &k.AffiliateID, &k.OfferID, &k.OfferName, &k.CampaignID, &k.CampaignName, &k.Campaign,
			&k.Offer, &destination, &fallback, &hosts)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading link %s: %w", code, err)
	}
	if err := json.Unmarshal(hosts, &k.DeepLinkHosts); err != nil {
		return nil, false, fmt.Errorf("reading the deep link hosts of offer %d: %w", k.OfferID, err)
	}
	if k.Destination, err = macro.ParseFor(destination, macro.Clicks); err != nil {
		return nil, false, fmt.Errorf("reading the destination of offer %d: %w", k.OfferID, err)
	}
	if fallback != "" {
		if k.Fallback, err = macro.ParseFor(fallback, macro.Clicks); err != nil {
			return nil, false, fmt.Errorf("reading the fallback of offer %d: %w", k.OfferID, err)
		}
	}
	return &k, true, l.landingPages(ctx, on, &k)
}

func (l loader) landingPages(ctx context.Context, on querier, k *link) error {
	rows, err := on.QueryContext(ctx, `SELECT id, key, url FROM landing_pages WHERE offer_id = $1`, k.OfferID)
	if err != nil {
		return fmt.Errorf("reading the landing pages of offer %d: %w", k.OfferID, err)
	}
	defer func() { _ = rows.Close() }()
	k.LandingPages, k.pageIDs = map[string]*macro.Template{}, map[string]int64{}
	for rows.Next() {
		var id int64
		var key, url string
		if err := rows.Scan(&id, &key, &url); err != nil {
			return fmt.Errorf("reading the landing pages of offer %d: %w", k.OfferID, err)
		}
		if k.LandingPages[key], err = macro.ParseFor(url, macro.Clicks); err != nil {
			return fmt.Errorf("reading landing page %q of offer %d: %w", key, k.OfferID, err)
		}
		k.pageIDs[key] = id
	}
	return rows.Err()
}
