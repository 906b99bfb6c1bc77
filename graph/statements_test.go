package graph_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"postrider/ent/db"
	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// counting counts the statements of ent.
func counting(statements *atomic.Int64) func(*graph.Config) {
	return func(cfg *graph.Config) {
		cfg.LoaderWait = 300 * time.Millisecond // on a busy machine too, all look-ups of a kind are batched
		cfg.Client = db.NewClient(db.Driver(dialect.DebugWithContext(entsql.OpenDB(dialect.Postgres, cfg.Setup.DB), func(context.Context, ...any) {
			statements.Add(1)
		})))
	}
}

// crowd creates n deliveries, each with its own conversion, click, campaign and postback, an
// attempt and a replay.
func crowd(t *testing.T, a *api, s pgtest.Scene, n int) {
	t.Helper()
	for range n {
		own := s
		own.Link = pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
		own.Click = pgtest.Click(t, a.db, own.Link)
		c, p := own.Conversion(t, a.db), pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.ForCampaign(own.Link.CampaignID))
		first := pgtest.Delivery(t, a.db, c.ID, p)
		pgtest.Attempt(t, a.db, first)
		pgtest.Aggregate(t, a.db, first)
		again := pgtest.Delivery(t, a.db, c.ID, p, func(c *db.DeliveryCreate) { c.SetReplayOf(first.ID) })
		pgtest.Attempt(t, a.db, again)
	}
}

// The number of statements of a page does not grow with its rows: every kind of object is read
// at once.
func TestPagesCostTheSameWhateverTheirRows(t *testing.T) {
	t.Parallel()
	var statements atomic.Int64
	a := newAPI(t, counting(&statements))
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	// The queries of the delivery log and related pages.
	pages := map[string]string{
		"deliveries": `deliveries(first: %d) { edges { node { id state url statusCode explanation goal { name } affiliate { name } replayOf { id } replays { id }
			postback { name host offer { name } campaign { name } } version { number author { email } } campaign { name }
			aggregated { leftAt conversion { status } event { status } } attempts { number url timings { waitMs } } conversion { status amount { amount } events { status amount { amount } } deliveries { id state }
				click { param1 landingPage { name } } } } } }`,
		"campaigns with lists": `campaigns(first: %d) { edges { node { name clicks(first: 2) { edges { node { clickId } } } conversions(last: 2, order: OCCURRED_OLDEST_FIRST) { edges { node { status } } }
			deliveries(first: 2, filter: {search: "tracker"}) { edges { node { state } } } } } }`,
		"campaigns":   `campaigns(first: %d) { edges { node { name offer { name deal { model } defaultLink { url } landingPages { key } } link { url } postbacks { id } missingGoals { key } affiliate { name } numbers { total { clicks } days { payouts { amount } } } } } }`,
		"conversions": `conversions(first: %d) { edges { node { goal { key } offer { name } campaign { name link { url } } click { clickId } events { status payout { amount } } deliveries { state attempts { url } postback { name } } } } }`,
		"clicks":      `clicks(first: %d) { edges { node { offer { name } campaign { name } landingPage { key } conversions { edges { node { status deliveries { state } } } } } } }`,
		"postbacks":   `postbacks(first: %d) { edges { node { goal { name } campaign { name } offer { name } health { delivered } versions { number author { email } } } } }`,
	}
	cost := func(query string, rows int) int64 {
		before := statements.Load()
		res := a.ask(t, token, "{"+fmt.Sprintf(query, rows)+"}", nil)
		list, _, _ := strings.Cut(query, "(")
		if got := len(res.at(t, list, "edges").([]any)); got != rows {
			t.Fatalf("%d rows of %d: %s", got, rows, res.body)
		}
		return statements.Load() - before
	}
	crowd(t, a, s, 100)
	for name, query := range pages {
		few, many := cost(query, 10), cost(query, 100)
		// A busy machine may read a kind in two batches; one statement per row must not happen.
		if many > 2*few {
			t.Errorf("%s: %d statements for 10 rows, %d for 100", name, few, many)
		}
		t.Logf("%s: %d statements", name, many)
	}
}

// Several objects by their ids take one statement per kind, not one each.
func TestNodesAreReadTogether(t *testing.T) {
	t.Parallel()
	var statements atomic.Int64
	a := newAPI(t, counting(&statements))
	s := pgtest.NewScene(t, a.db)
	crowd(t, a, s, 20)
	token := a.affiliate(t, s.Affiliate)
	ids, err := a.db.Client().Delivery.Query().IDs(pgtest.System(t))
	must(t, err)
	cost := func(n int) int64 {
		list := make([]string, n)
		for i := range list {
			list[i] = globalid.UUID("Delivery", ids[i])
		}
		before := statements.Load()
		res := a.ask(t, token, "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Delivery { state } } }", vars{"ids": list})
		for i, id := range list {
			if res.at(t, "nodes", i, "id") != id {
				t.Fatalf("in another order: %s", res.body)
			}
		}
		return statements.Load() - before
	}
	if few, many := cost(2), cost(40); few != many {
		t.Errorf("%d statements for 2 ids, %d for 40", few, many)
	}
}
