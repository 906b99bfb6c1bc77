package graph_test

import (
	"testing"

	entsql "entgo.io/ent/dialect/sql"

	"postrider/ent"
	"postrider/ent/db/delivery"
	"postrider/graph/filter"
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

// counted is the name of the connections whose reads are counted.
const counted = "counted"

// read returns how many deliveries have been read, once all that are counted are disconnected. Not
// by their queries: the server shows no more than the first 1,024 bytes of one.
func (a *api) read(t *testing.T) (n int) {
	t.Helper()
	for alone := false; !alone; {
		must(t, a.db.SQL.QueryRowContext(t.Context(), `
			SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1)`, counted).Scan(&alone))
	}
	must(t, a.db.SQL.QueryRowContext(t.Context(), `
		SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'deliveries'`).Scan(&n))
	return n
}
