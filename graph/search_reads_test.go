package graph_test

import (
	"testing"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/ent/db/predicate"
	"postrider/graph/filter"
	graphpage "postrider/graph/page"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// A search that finds nothing reads nothing, however many rows there are.
func TestASearchReadsWhatItFinds(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	c, p := s.Conversion(t, a.db), pgtest.Postback(t, a.db, s.Affiliate, "https://Tracker.example/?c={param_1}")
	pgtest.Delivery(t, a.db, c.ID, p)
	_, err := a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO clicks (id, affiliate_id, campaign_id, offer_id, link_id, clicked_at, param_1, param_2, param_3, deep_link, country,
		  referrer, user_agent, address)
		SELECT uuid_floor(clicked_at + n * interval '1 second'), affiliate_id, campaign_id, offer_id, link_id, clicked_at, 'tracker-' || n, 'a source', '', '', '',
		  '', '', ''
		FROM clicks, generate_series(1, 3000) n`)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, goal, status, state, priority, endpoint, created_at,
		  updated_at, replay_of, transaction_id, click_id)
		SELECT uuid_floor(d.created_at + n * interval '1 second'), d.affiliate_id, postback_id, version_id, conversion_id, event_id, d.offer_id, goal, status,
		  state, priority, endpoint, created_at, updated_at, d.id, 'T' || n, k.id
		FROM deliveries d, generate_series(1, 3000) n JOIN clicks k ON k.param_1 = 'tracker-' || n`)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `ANALYZE deliveries, clicks`)
	must(t, err)
	ctx := viewer.With(t.Context(), &viewer.Viewer{UserID: 1, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(s.Affiliate)})
	for text, rows := range map[string]int{
		"T2999": 1, "nothing.example": 0, "tracker.example:443": 21, "TRACKER.example": 21, "x' OR 1=1": 0, "%": 0,
		"tracker-2999": 1, "a source": 21,
	} {
		before := a.read(t)
		pool, err := pg.OpenSQL(a.db.URL+"&application_name="+counted, 1)
		must(t, err)
		f := &filter.Delivery{Search: &text}
		client := ent.NewClient(pool)
		must(t, f.Reach(ctx, client))
		matching, err := f.Predicates()
		must(t, err)
		found, err := client.Delivery.Query().Where(matching...).Order(delivery.ByID(entsql.OrderDesc())).Limit(21).All(ctx)
		must(t, err)
		must(t, pool.Close()) // a connection reports its read counts when it ends
		if len(found) != rows {
			t.Errorf("%q found %d rows, want %d", text, len(found), rows)
		}
		if n := a.read(t) - before; n > 3*rows+10 {
			t.Errorf("%q read %d rows for %d", text, n, rows)
		}
	}
}

// A filter of conversions by a clock, an integration, a player or an amount reads what it finds, for
// staff and for an affiliate, however many conversions there are; and so does a page in any order.
func TestAFilterOfConversionsReadsWhatItFinds(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	quiet := pgtest.Integration(t, a.db, s.Offer)
	player := s.Player(t, a.db, "p1").ID
	first := s.Conversion(t, a.db)
	_, err := a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO conversions (id, affiliate_id, integration_id, offer_id, campaign_id, click_id, player_id, goal, currency, amount, status, attributed_by, occurred_at, received_at, updated_at)
		SELECT uuid_floor(received_at + n * interval '1 second'), affiliate_id, CASE n WHEN 1 THEN $1 ELSE integration_id END, offer_id, campaign_id, click_id,
		  CASE n WHEN 1 THEN $2::uuid END, goal, currency, n, status, attributed_by, received_at - n * interval '1 second', received_at + n * interval '1 second', received_at - n * interval '1 second'
		FROM conversions, generate_series(1, 3000) n`, quiet.ID, player)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `ANALYZE conversions`)
	must(t, err)
	late, early := first.ReceivedAt.Add(-5*time.Second), first.ReceivedAt.Add(-2995*time.Second)
	sum, much := "2996", "5000"
	for name, c := range map[string]struct {
		filter filter.Conversion
		order  graphpage.Order[*db.Conversion]
		rows   int
	}{
		"the quiet integration":  {filter: filter.Conversion{IntegrationIDs: []string{globalid.Int("Integration", quiet.ID)}}, rows: 1},
		"the player":             {filter: filter.Conversion{PlayerIDs: []string{globalid.Hex(player)}}, rows: 1},
		"occurred late":          {filter: filter.Conversion{OccurredFrom: &late}, rows: 6},
		"occurred early":         {filter: filter.Conversion{OccurredTo: &early}, rows: 5},
		"updated late":           {filter: filter.Conversion{UpdatedFrom: &late, UpdatedTo: &first.ReceivedAt}, rows: 5},
		"updated early":          {filter: filter.Conversion{UpdatedTo: &early}, rows: 5},
		"large amounts":          {filter: filter.Conversion{Amount: &filter.AmountRange{Currency: "EUR", Min: &sum}}, rows: 5},
		"larger than all":        {filter: filter.Conversion{Amount: &filter.AmountRange{Currency: "EUR", Min: &much}}},
		"another currency":       {filter: filter.Conversion{Amount: &filter.AmountRange{Currency: "GBP"}}},
		"in order of occurrence": {order: graphpage.Order[*db.Conversion]{Name: "A", Column: "occurred_at", At: func(c *db.Conversion) time.Time { return c.OccurredAt }}, rows: 20},
		"in order of change":     {order: graphpage.Order[*db.Conversion]{Name: "B", Ascending: true, Column: "updated_at", At: func(c *db.Conversion) time.Time { return c.UpdatedAt }}, rows: 20},
	} {
		for who, v := range map[string]*viewer.Viewer{
			"staff": {UserID: 1, Role: viewer.Admin}, "the affiliate": {UserID: 1, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(s.Affiliate)},
		} {
			before := a.readOf(t, "conversions")
			pool, err := pg.OpenSQL(a.db.URL+"&application_name="+counted, 1)
			must(t, err)
			matching, err := c.filter.Predicates()
			must(t, err)
			page, err := graphpage.In(viewer.With(t.Context(), v), ent.NewClient(pool).Conversion.Query().Where(matching...), graphpage.Args{}, c.order)
			must(t, err)
			must(t, pool.Close())
			if len(page.Edges) != c.rows {
				t.Errorf("%s found %d rows for %s, want %d", name, len(page.Edges), who, c.rows)
			}
			if n := a.readOf(t, "conversions") - before; n > 3*c.rows+10 {
				t.Errorf("%s read %d rows for %d, for %s", name, n, c.rows, who)
			}
		}
	}
}

// A page below each of many objects reads no more rows of any of them than the page has.
func TestListsBelowObjectsReadTheirPages(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	s.Conversion(t, a.db)
	_, err := a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO campaigns (affiliate_id, offer_id, name, state, created_at) SELECT affiliate_id, offer_id, 'c' || n, state, created_at FROM campaigns, generate_series(1, 10) n`)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO conversions (id, affiliate_id, integration_id, offer_id, campaign_id, click_id, goal, currency, status, attributed_by, occurred_at, received_at)
		SELECT uuid_floor(received_at + n * interval '1 second'), v.affiliate_id, integration_id, v.offer_id, c.id, click_id, goal, currency, status, attributed_by, occurred_at, received_at
		FROM conversions v, generate_series(1, 3000) n JOIN campaigns c ON c.name = 'c' || (n % 10 + 1)`)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `ANALYZE conversions`)
	must(t, err)
	ctx := viewer.With(t.Context(), &viewer.Viewer{UserID: 1, Role: viewer.Admin})
	campaigns, err := a.db.Client().Campaign.Query().IDs(ctx)
	must(t, err)
	before := a.readOf(t, "conversions")
	pool, err := pg.OpenSQL(a.db.URL+"&application_name="+counted, 1)
	must(t, err)
	two := 2
	pages, err := graphpage.OfEach(ctx, ent.NewClient(pool).Conversion.Query, []predicate.Conversion{},
		graphpage.By("campaign_id", "bigint", func(c *db.Conversion) int64 { return *c.CampaignID }), campaigns, graphpage.Args{First: &two}, graphpage.Order[*db.Conversion]{})
	must(t, err)
	must(t, pool.Close())
	found := 0
	for _, p := range pages {
		found += len(p.Edges)
	}
	if n := a.readOf(t, "conversions") - before; found != 21 || n > 2*3*11 {
		t.Errorf("read %d rows for %d", n, found)
	}
}

// counted is the name of the connections whose reads are counted.
const counted = "counted"

// read returns how many deliveries have been read, once all that are counted are disconnected. Not
// by their queries: the server shows no more than the first 1,024 bytes of one.
func (a *api) read(t *testing.T) (n int) { t.Helper(); return a.readOf(t, "deliveries") }

// readOf returns the same of another table.
func (a *api) readOf(t *testing.T, table string) (n int) {
	t.Helper()
	for alone := false; !alone; {
		must(t, a.db.SQL.QueryRowContext(t.Context(), `
			SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1)`, counted).Scan(&alone))
	}
	must(t, a.db.SQL.QueryRowContext(t.Context(), `
		SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = $1`, table).Scan(&n))
	return n
}
