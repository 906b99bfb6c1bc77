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

	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/pg"
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
	fullOn       string           // the last day on which its offer's or campaign's cap was reached; empty for none
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
	if at := in.now(); l.fullAt(at) && l.Open() {
		full := l.Link
		full.Campaign = tracking.Paused // what the cap leaves no place for goes where a pause would send it
		return ClickAnswer{Found: true, Route: full.Route(click, values), NoClick: "the cap of the day is reached"}, nil
	}
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
	if err := in.clicks.Do(ctx, newClickRow(uuid.UUID(id), at, l, click, a.Route, country, r.Address)); err != nil {
		return ClickAnswer{}, fmt.Errorf("recording a click on link %s: %w", r.Code, err)
	}
	return a, nil
}

// clickRow is a row of clicks.
type clickRow struct {
	id       uuid.UUID
	at       time.Time
	link     *link
	click    tracking.Click
	page     int64 // zero for none
	deepLink string
	country  string
	address  string
}

func newClickRow(id uuid.UUID, at time.Time, l *link, c tracking.Click, route tracking.Route, country string, addr netip.Addr) clickRow {
	row := clickRow{id: id, at: at, link: l, click: c, country: country, address: truncated(addr)}
	switch route.Kind {
	case tracking.ToLandingPage:
		row.page = l.pageIDs[c.LandingPage]
	case tracking.ToDeepLink:
		row.deepLink = c.DeepLink
	}
	return row
}

var clickColumns = pg.Columns[clickRow]{
	pg.UUID("id", func(r *clickRow) uuid.UUID { return r.id }),
	pg.Time("clicked_at", func(r *clickRow) time.Time { return r.at }),
	pg.Bigint("affiliate_id", func(r *clickRow) int64 { return r.link.AffiliateID }),
	pg.Bigint("offer_id", func(r *clickRow) int64 { return r.link.OfferID }),
	pg.Bigint("campaign_id", func(r *clickRow) int64 { return r.link.CampaignID }).OrNull(),
	pg.Bigint("link_id", func(r *clickRow) int64 { return r.link.ID }),
	pg.Bigint("landing_page_id", func(r *clickRow) int64 { return r.page }).OrNull(),
	pg.Text("param_1", func(r *clickRow) string { return r.click.Params[0] }),
	pg.Text("param_2", func(r *clickRow) string { return r.click.Params[1] }),
	pg.Text("param_3", func(r *clickRow) string { return r.click.Params[2] }),
	pg.Text("deep_link", func(r *clickRow) string { return r.deepLink }),
	pg.Text("country", func(r *clickRow) string { return r.country }),
	pg.Text("referrer", func(r *clickRow) string { return r.click.Referrer }),
	pg.Text("user_agent", func(r *clickRow) string { return r.click.UserAgent }),
	pg.Text("address", func(r *clickRow) string { return r.address }),
}

var insertClicksSQL = clickColumns.Insert("clicks")

// insertClicks writes clicks that share a commit.
func (in *Intake) insertClicks(ctx context.Context, rows []clickRow) error {
	if _, err := in.DB.ExecContext(ctx, insertClicksSQL, clickColumns.Args(rows)...); err != nil {
		return fmt.Errorf("writing %d clicks: %w", len(rows), err)
	}
	return nil
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
		       o.state, o.destination_url, o.fallback_url, o.deep_link_hosts, `+lastFullDay+`
		FROM tracking_links t JOIN offers o ON o.id = t.offer_id LEFT JOIN campaigns c ON c.id = t.campaign_id
		WHERE t.code = $1`, code).
		Scan(&k.ID, &k.AffiliateID, &k.OfferID, &k.OfferName, &k.CampaignID, &k.CampaignName, &k.Campaign,
			&k.Offer, &destination, &fallback, &hosts, &k.fullOn)
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
	k.LandingPages, k.pageIDs = map[string]*macro.Template{}, map[string]int64{}
	return pg.Each(ctx, on, fmt.Sprintf("reading the landing pages of offer %d", k.OfferID), func(rows *sql.Rows) error {
		var id int64
		var key, url string
		err := rows.Scan(&id, &key, &url)
		if err != nil {
			return err
		}
		if k.LandingPages[key], err = macro.ParseFor(url, macro.Clicks); err != nil {
			return fmt.Errorf("reading landing page %q of offer %d: %w", key, k.OfferID, err)
		}
		k.pageIDs[key] = id
		return nil
	}, `SELECT id, key, url FROM landing_pages WHERE offer_id = $1`, k.OfferID)
}
