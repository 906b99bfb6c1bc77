package intake

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/pg"
)

// ClickRequest is a request for a tracking link.
type ClickRequest struct {
	tracking.Request

	Code    string
	Address netip.Addr
	Country string // from a trusted proxy; empty to look the address up
}

// ClickAnswer is the answer to a request for a tracking link.
type ClickAnswer struct {
	Found   bool           // false if there is no such link
	Route   tracking.Route // where to send the player
	ClickID uuid.UUID      // nil if no click was counted
	NoClick string         // why none was counted
}

// clicks records clicks, many in one group commit.
type clicks struct {
	db      *sql.DB
	catalog *catalog
	now     func() time.Time
	country func(addr netip.Addr) string
	batch   *pg.Batch[clickRow]
}

func newClicks(cfg Config, catalog *catalog, now func() time.Time) *clicks {
	c := &clicks{db: cfg.DB, catalog: catalog, now: now, country: cfg.Country}
	c.batch = pg.NewBatch(batchRows, c.insert).Overlap(overlap)
	return c
}

// record records a click and returns where to send the player. The click is committed when it
// returns.
func (c *clicks) record(ctx context.Context, r ClickRequest) (ClickAnswer, error) {
	if !tracking.IsLinkCode(r.Code) {
		return ClickAnswer{}, nil
	}
	l, found, err := c.catalog.links.get(ctx, c.db, r.Code)
	if err != nil || !found {
		return ClickAnswer{}, err
	}
	click := tracking.Read(r.Request)
	country := r.Country
	if country == "" && r.Address.IsValid() {
		country = c.country(r.Address)
	}
	values := l.values(click, country)
	if at := c.now(); l.fullAt(at) && l.Open() {
		full := l.Link
		full.Campaign = tracking.Paused // clicks over the cap are routed as if the campaign were paused
		return ClickAnswer{Found: true, Route: full.Route(click, values), NoClick: "the daily cap is reached"}, nil
	}
	if !l.Open() {
		return ClickAnswer{Found: true, Route: l.Route(click, values), NoClick: "the campaign or its offer is paused"}, nil
	}
	if why := tracking.LooksAhead(r.Request); why != "" {
		return ClickAnswer{Found: true, Route: tracking.Route{Kind: tracking.Ahead}, NoClick: why}, nil
	}
	if why := tracking.NoClick(r.Request); why != "" {
		return ClickAnswer{Found: true, Route: l.Route(click, values), NoClick: why}, nil
	}
	at := c.now()
	id := tracking.NewClickID(at)
	values.Set(macro.ClickID, id.String())
	a := ClickAnswer{Found: true, Route: l.Route(click, values), ClickID: uuid.UUID(id)}
	if err := c.batch.Do(ctx, newClickRow(uuid.UUID(id), at, l, click, a.Route, country, r.Address)); err != nil {
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
	pg.Bigint("affiliate_id", func(r *clickRow) ids.Affiliate { return r.link.AffiliateID }),
	pg.Bigint("offer_id", func(r *clickRow) ids.Offer { return r.link.OfferID }),
	pg.Bigint("campaign_id", func(r *clickRow) ids.Campaign { return r.link.CampaignID }).OrNull(),
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
	pg.Bool("test", func(r *clickRow) bool { return r.click.Test }),
}

var insertClicksSQL = clickColumns.Insert("clicks")

// insert writes the clicks of one group commit.
func (c *clicks) insert(ctx context.Context, rows []clickRow) error {
	if _, err := c.db.ExecContext(ctx, insertClicksSQL, clickColumns.Args(rows)...); err != nil {
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

// values returns the macros of a landing URL; the click id is set later.
func (l *link) values(c tracking.Click, country string) *macro.Values {
	v := &macro.Values{}
	v.Set(macro.AffID, strconv.FormatInt(int64(l.AffiliateID), 10))
	v.Set(macro.OfferID, strconv.FormatInt(int64(l.OfferID), 10))
	v.Set(macro.OfferName, l.OfferName)
	if l.CampaignID != 0 {
		v.Set(macro.CampID, strconv.FormatInt(int64(l.CampaignID), 10))
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

// fullAt reports whether the link's cap is reached on the day of a time.
func (l *link) fullAt(at time.Time) bool { return l.fullOn != "" && l.fullOn == capDay(at) }
