package demo_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"postrider/demo"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/intake"
	"postrider/internal/enum"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/outbox"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const publicURL = "http://links.test"

// filled is a database with a small demo.
type filled struct {
	*sql.DB

	key     *secret.Ring
	network *demo.Network
	now     time.Time
}

func fill(t *testing.T, clicks int) *filled {
	t.Helper()
	key, err := secret.ParseRing(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	f := &filled{DB: pgtest.New(t).SQL, key: key, now: time.Now().UTC().Truncate(time.Hour)}
	if f.network, err = demo.Fill(t.Context(), f.params(clicks)); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *filled) params(clicks int) demo.Params {
	return demo.Params{DB: f.DB, Secrets: f.key, PublicURL: publicURL, UserAgent: "Postrider/test", Clicks: clicks, Seed: 3, Now: f.now}
}

// none runs queries that each count rows that must not exist.
func (f *filled) none(t *testing.T, queries map[string]string) {
	t.Helper()
	for what, query := range queries {
		var n int
		if err := f.QueryRowContext(t.Context(), `SELECT count(*) FROM (`+query+`) faulty`).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
}

func TestEverythingAgrees(t *testing.T) {
	t.Parallel()
	f := fill(t, 9_000)
	f.none(t, map[string]string{
		"a conversion without an event, or not as its last event has it": `
			SELECT FROM conversions c LEFT JOIN LATERAL (
			  SELECT * FROM conversion_events e WHERE e.conversion_id = c.id ORDER BY id DESC LIMIT 1) e ON true
			WHERE e.id IS NULL OR e.status <> c.status OR e.payout IS DISTINCT FROM c.payout OR e.amount IS DISTINCT FROM c.amount
			   OR e.affiliate_id IS DISTINCT FROM c.affiliate_id`,
		"an event that does not follow the one before": `
			SELECT FROM (SELECT previous_status, lag(status) OVER w AS before, received_at, lag(received_at) OVER w AS earlier
			  FROM conversion_events WINDOW w AS (PARTITION BY conversion_id ORDER BY id)) e
			WHERE previous_status IS DISTINCT FROM before OR received_at < earlier`,
		"an event whose decisions and deliveries differ": `
			SELECT FROM conversion_events e WHERE
			  (SELECT coalesce(array_agg((d ->> 'postback')::bigint ORDER BY (d ->> 'postback')::bigint), '{}') FROM jsonb_array_elements(e.considered) d WHERE (d ->> 'fired')::bool)
			  <> (SELECT coalesce(array_agg(postback_id ORDER BY postback_id), '{}') FROM deliveries WHERE event_id = e.id AND replay_of IS NULL)`,
		"an affiliate's event that considered no postback": `SELECT FROM conversion_events WHERE affiliate_id IS NOT NULL AND considered = '[]'`,
		"a delivery without its version, or of another's": `
			SELECT FROM deliveries d LEFT JOIN postback_versions v ON v.id = d.version_id AND v.postback_id = d.postback_id
			LEFT JOIN postbacks p ON p.id = d.postback_id AND p.affiliate_id = d.affiliate_id AND p.goal = d.goal
			WHERE v.id IS NULL OR p.id IS NULL OR v.created_at > d.created_at`,
		"a delivery that differs from its conversion": `
			SELECT FROM deliveries d JOIN conversions c ON c.id = d.conversion_id JOIN conversion_events e ON e.id = d.event_id
			WHERE (d.affiliate_id, d.offer_id, d.campaign_id, d.click_id, d.transaction_id, d.goal) IS DISTINCT FROM
			      (c.affiliate_id, c.offer_id, c.campaign_id, c.click_id, c.transaction_id, c.goal)
			   OR e.conversion_id <> c.id OR e.status <> d.status`,
		"a delivery that differs from its attempts": `
			SELECT FROM deliveries d LEFT JOIN LATERAL (SELECT * FROM attempts a WHERE a.delivery_id = d.id ORDER BY number DESC LIMIT 1) a ON true
			WHERE d.attempt <> (SELECT count(*) FROM attempts WHERE delivery_id = d.id)
			   OR d.attempt <> coalesce(a.number, 0) OR d.url IS DISTINCT FROM a.url OR d.status_code IS DISTINCT FROM a.status_code
			   OR d.duration_ms IS DISTINCT FROM a.duration_ms OR (d.state = 'delivered') <> (a.id IS NOT NULL AND a.error IS NULL)
			   OR (d.state = 'delivered') <> (d.delivered_at IS NOT NULL) OR (d.first_attempt_at IS NULL) <> (d.attempt = 0)`,
		"a delivery that waits for nothing, or ended and waits": `
			SELECT FROM deliveries WHERE (due_at IS NOT NULL) <> (state IN ('retrying', 'queued')) OR due_at < '` + f.now.Format(time.RFC3339) + `'`,
		"a delivery that ended badly without a reason": `SELECT FROM deliveries WHERE (reason IS NULL) <> (state IN ('delivered', 'queued'))`,
		"something of the future": `
			SELECT FROM clicks WHERE clicked_at > '` + f.now.Format(time.RFC3339) + `' UNION ALL
			SELECT FROM conversions WHERE received_at > '` + f.now.Format(time.RFC3339) + `' UNION ALL
			SELECT FROM attempts WHERE started_at > '` + f.now.Format(time.RFC3339) + `'`,
		"an id that says another time than its row": `
			SELECT FROM clicks WHERE id < uuid_floor(date_trunc('milliseconds', clicked_at)) OR id >= uuid_floor(date_trunc('milliseconds', clicked_at) + interval '1 ms') UNION ALL
			SELECT FROM attempts WHERE id < uuid_floor(date_trunc('milliseconds', started_at)) OR id >= uuid_floor(date_trunc('milliseconds', started_at) + interval '1 ms') UNION ALL
			SELECT FROM conversions WHERE id < uuid_floor(date_trunc('milliseconds', received_at)) OR id >= uuid_floor(date_trunc('milliseconds', received_at) + interval '1 ms') UNION ALL
			SELECT FROM deliveries WHERE id < uuid_floor(date_trunc('milliseconds', created_at)) OR id >= uuid_floor(date_trunc('milliseconds', created_at) + interval '1 ms')`,
		"a conversion before its click":             `SELECT FROM conversions c JOIN clicks k ON k.id = c.click_id WHERE c.occurred_at < k.clicked_at OR k.affiliate_id <> c.affiliate_id OR k.offer_id <> c.offer_id`,
		"a conversion that no operator's call made": `SELECT FROM conversions c WHERE c.origin <> 'postrider' AND NOT EXISTS (SELECT FROM received_postbacks r WHERE r.conversion_id = c.id AND r.result IN ('recorded', 'unattributed'))`,
		"a CPA of Postrider's that an operator reported": `
			SELECT FROM conversions c WHERE c.origin = 'postrider' AND (c.goal <> 'cpa' OR EXISTS (SELECT FROM received_postbacks r WHERE r.conversion_id = c.id)
			  OR EXISTS (SELECT FROM conversion_events e WHERE e.conversion_id = c.id AND e.actor <> 'postrider'))`,
		"a CPA of an operator's where Postrider finds them": `
			SELECT FROM conversions c JOIN offers o ON o.id = c.offer_id WHERE c.goal = 'cpa' AND (o.qualification IS NOT NULL) <> (c.origin = 'postrider')`,
		"a CPA of Postrider's that no step of its player's brought": `
			SELECT FROM conversion_events e JOIN conversions c ON c.id = e.conversion_id WHERE c.origin = 'postrider' AND NOT EXISTS (
			  SELECT FROM conversion_events f JOIN conversions d ON d.id = f.conversion_id
			  WHERE d.player_id = c.player_id AND d.id <> c.id AND f.received_at = e.received_at)`,
		"a secret in the received log":  `SELECT FROM received_postbacks WHERE query !~ '(token|signature)=\*\*\*'`,
		"a held postback that sends":    `SELECT FROM deliveries d JOIN postbacks p ON p.id = d.postback_id WHERE p.hold_reason IS NOT NULL AND d.state NOT IN ('held', 'failed')`,
		"a deleted postback that waits": `SELECT FROM deliveries d JOIN postbacks p ON p.id = d.postback_id WHERE p.deleted_at IS NOT NULL AND d.due_at IS NOT NULL`,
		"a postback unlike its version": `SELECT FROM postbacks p LEFT JOIN postback_versions v ON v.postback_id = p.id AND v.number = p.version WHERE v.id IS NULL OR v.url_template <> p.url_template OR v.statuses <> p.statuses`,
		"a replay of nothing":           `SELECT FROM deliveries r LEFT JOIN deliveries d ON d.id = r.replay_of AND d.event_id = r.event_id AND d.state = 'failed' WHERE r.replay_of IS NOT NULL AND d.id IS NULL`,
	})
}

func TestEveryStateAndStatusIsThere(t *testing.T) {
	t.Parallel()
	f := fill(t, 9_000)
	for query, want := range map[string][]string{
		`SELECT DISTINCT state FROM deliveries`:                                 outbox.State("").Values(),
		`SELECT DISTINCT status FROM conversions`:                               enum.Strings(commission.Statuses()),
		`SELECT DISTINCT goal FROM conversions`:                                 {"registration", "kyc", "ftd", "deposit", "cpa", "net_revenue"},
		`SELECT DISTINCT scope FROM postbacks`:                                  firing.Scope("").Values(),
		`SELECT DISTINCT method FROM attempts`:                                  firing.Method("").Values(),
		`SELECT DISTINCT model FROM deals`:                                      commission.Model("").Values(),
		`SELECT DISTINCT vertical FROM offers`:                                  commission.Vertical("").Values(),
		`SELECT DISTINCT state FROM offers`:                                     tracking.RunState("").Values(),
		`SELECT DISTINCT attributed_by FROM conversions`:                        {"", "click", "player"},
		`SELECT DISTINCT cause FROM received_postbacks WHERE cause IS NOT NULL`: {"unknown_click", "repeat", "reversal", "bad_token", "bad_field", "no_id"},
		`SELECT DISTINCT result FROM received_postbacks`:                        {"recorded", "duplicate", "updated", "unattributed", "invalid", "unauthorized"},
	} {
		got := texts(t, f.DB, query)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %q in %q", query, w, got)
			}
		}
	}
}

// If an offer has a rule, a player has a CPA exactly when the rule is met.
func TestTheCPAIsThereExactlyWhenItsRuleIsMet(t *testing.T) {
	t.Parallel()
	f := fill(t, 9_000)
	rows, err := f.QueryContext(t.Context(), `
		SELECT c.player_id, o.qualification, c.goal, coalesce(c.transaction_id, ''), c.status, coalesce(c.amount, 0), c.occurred_at, c.payout,
		  (SELECT max(received_at) FROM conversion_events e WHERE e.conversion_id = c.id)
		FROM conversions c JOIN offers o ON o.id = c.offer_id WHERE o.qualification IS NOT NULL AND c.player_id IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var rule commission.Qualification
	events, paid, latest := map[uuid.UUID][]commission.Event{}, map[uuid.UUID]commission.Event{}, map[uuid.UUID]time.Time{}
	for rows.Next() {
		var player uuid.UUID
		var asked []byte
		var e commission.Event
		var payout decimal.Decimal
		var changed time.Time
		if err := rows.Scan(&player, &asked, &e.Goal, &e.Transaction, &e.Status, &e.Amount, &e.At, &payout, &changed); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(asked, &rule); err != nil {
			t.Fatal(err)
		}
		if changed.After(latest[player]) {
			latest[player] = changed
		}
		if e.Goal != commission.GoalCPA {
			events[player] = append(events[player], e)
			continue
		}
		paid[player] = e
		if payout.IsZero() != (e.Status != commission.Approved) {
			t.Errorf("a CPA that is %s pays %s", e.Status, payout)
		}
	}
	if err := rows.Err(); err != nil || len(rule.Goals) == 0 || !rule.MinDeposit.IsPositive() || rule.WithinDays == 0 || rule.ClawbackDays == 0 {
		t.Fatalf("the rule is %+v, %v", rule, err)
	}
	met, takenBack := 0, 0
	for player, did := range events {
		verdict, cpa := rule.Judge(did), paid[player]
		kept := cpa.Status == commission.Approved && !rule.Undoes(cpa.At, latest[player]) // what fails after the hold takes nothing back
		if !kept && verdict.Qualified != (cpa.Status == commission.Approved) || verdict.Qualified && !cpa.At.Equal(verdict.At) {
			t.Errorf("by the rule %+v, and the CPA is %+v: %+v", verdict, cpa, did)
		}
		if cpa.Status != "" {
			met++
		}
		if cpa.Status == commission.Cancelled {
			takenBack++
		}
	}
	if met < 30 || takenBack == 0 {
		t.Errorf("%d players have a CPA, %d of them lost it again", met, takenBack)
	}
}

func texts(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPayoutsAreThoseOfTheDeals(t *testing.T) {
	t.Parallel()
	f := fill(t, 6_000)
	rows, err := f.QueryContext(t.Context(), `
		SELECT c.goal, c.status, c.amount, c.payout, c.payout_currency, d.model, coalesce(d.amount, 0), coalesce(d.percent, 0), d.lead_goal, d.currency
		FROM conversions c JOIN deals d ON d.id = c.deal_id AND d.offer_id = c.offer_id AND (d.affiliate_id = c.affiliate_id OR d.affiliate_id IS NULL)
		WHERE c.affiliate_id IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	checked, paid := 0, 0
	for rows.Next() {
		var goal, currency string
		var status commission.Status
		var amount, payout decimal.NullDecimal
		var d commission.Deal
		if err := rows.Scan(&goal, &status, &amount, &payout, &currency, &d.Model, &d.Amount, &d.Percent, &d.LeadGoal, &d.Currency); err != nil {
			t.Fatal(err)
		}
		want := commission.Payout(d, goal, amount.Decimal, status)
		if !payout.Valid || !payout.Decimal.Equal(want) || currency != d.Currency {
			t.Fatalf("%s %s of %v pays %v %s, want %s", status, goal, amount, payout, currency, want)
		}
		checked++
		if !want.IsZero() {
			paid++
		}
	}
	if err := rows.Err(); err != nil || checked < 1000 || paid < 100 {
		t.Fatalf("%d checked, %d of them paid, %v", checked, paid, err)
	}
}

func TestWhatWasSentIsTheTemplateFilledIn(t *testing.T) {
	t.Parallel()
	f := fill(t, 4_000)
	rows, err := f.QueryContext(t.Context(), `
		SELECT d.id, v.url_template, e.macros, d.url FROM deliveries d JOIN postback_versions v ON v.id = d.version_id
		JOIN conversion_events e ON e.id = d.event_id WHERE v.method = 'GET' AND d.url IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	checked := 0
	for rows.Next() {
		var id uuid.UUID
		var template, sent string
		var macros []byte
		if err := rows.Scan(&id, &template, &macros, &sent); err != nil {
			t.Fatal(err)
		}
		said := map[macro.Name]string{}
		if err := json.Unmarshal(macros, &said); err != nil {
			t.Fatal(err)
		}
		values := &macro.Values{}
		for name, value := range said {
			values.Set(name, value)
		}
		values.Set(macro.DeliveryID, globalid.Hex(id))
		parsed, err := macro.Parse(template)
		if err != nil {
			t.Fatal(err)
		}
		if want := parsed.Expand(values); sent != want {
			t.Fatalf("sent %s, want %s", sent, want)
		}
		checked++
	}
	if err := rows.Err(); err != nil || checked < 100 {
		t.Fatalf("%d checked, %v", checked, err)
	}
}

// nothing enqueues nothing.
type nothing struct{}

func (nothing) Enqueue(context.Context, *pg.Pipeline, []outbox.Fresh) (map[uuid.UUID]*time.Time, error) {
	return nil, nil
}

func TestThePastLooksLikeThePresent(t *testing.T) {
	t.Parallel()
	f := fill(t, 2_000)
	in := intake.New(intake.Config{DB: f.DB, Enqueuer: nothing{}, Secrets: f.key})
	link, integration := f.network.Links[0], f.network.Integrations[0]
	click, err := in.Click(t.Context(), intake.ClickRequest{Code: link.Code, Request: tracking.Request{Method: "GET", RawQuery: "param_1=x&lp=welcome"}})
	if err != nil || !click.Found {
		t.Fatalf("%+v, %v", click, err)
	}
	out, err := in.Report(t.Context(), integration.Key, inbound.Report{
		Goal: "registration", ClickID: globalid.Hex(click.ClickID), PlayerID: "new", Actor: commission.ByOperator,
	})
	if err != nil || out.Result != intake.Recorded {
		t.Fatalf("%+v, %v", out, err)
	}
	var macros, considered, oldMacros, oldConsidered []byte
	const columns = `SELECT e.macros, jsonb_path_query_array(e.considered, '$[*].postback') FROM conversion_events e JOIN conversions c ON c.id = e.conversion_id `
	if err := f.QueryRowContext(t.Context(), columns+`WHERE c.id = $1`, out.ConversionID).Scan(&macros, &considered); err != nil {
		t.Fatal(err)
	}
	err = f.QueryRowContext(t.Context(), columns+`
		WHERE c.id <> $1 AND c.goal = 'registration' AND c.campaign_id = $2 AND e.previous_status IS NULL ORDER BY c.id DESC LIMIT 1`,
		out.ConversionID, link.CampaignID).Scan(&oldMacros, &oldConsidered)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := names(t, macros), names(t, oldMacros); !slices.Equal(a, b) {
		t.Errorf("macros then:\n%s\nnow:\n%s", b, a)
	}
	if string(considered) != string(oldConsidered) {
		t.Errorf("considered then %s, now %s", oldConsidered, considered)
	}
}

func names(t *testing.T, object []byte) []string {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(m))
}

func TestTheMonthHasARhythm(t *testing.T) {
	t.Parallel()
	f := fill(t, 9_000)
	var days, evening, night, registered, clicks float64
	err := f.QueryRowContext(t.Context(), `
		SELECT count(DISTINCT clicked_at::date), count(*) FILTER (WHERE extract(hour FROM clicked_at) BETWEEN 18 AND 21),
		  count(*) FILTER (WHERE extract(hour FROM clicked_at) BETWEEN 2 AND 5), count(*),
		  (SELECT count(*) FROM conversions WHERE goal = 'registration') FROM clicks`).Scan(&days, &evening, &night, &clicks, &registered)
	if err != nil {
		t.Fatal(err)
	}
	if days < 30 || evening < 4*night || clicks < 8_000 || registered/clicks < .09 || registered/clicks > .15 {
		t.Errorf("%v days, %v clicks in the evening, %v at night, %v of %v registered", days, evening, night, registered, clicks)
	}
}

func TestOneSeedMakesOneMonth(t *testing.T) {
	t.Parallel()
	one, other := fill(t, 1_500), fill(t, 1_500)
	const query = `SELECT md5(string_agg(id::text || goal || status || coalesce(amount::text, ''), ',' ORDER BY id)) FROM conversions`
	a, b := texts(t, one.DB, query), texts(t, other.DB, query)
	if !slices.Equal(a, b) && one.now.Equal(other.now) {
		t.Errorf("%s and %s", a, b)
	}
}

func TestOnlyAnEmptyDatabaseIsFilled(t *testing.T) {
	t.Parallel()
	f := fill(t, 500)
	if _, err := demo.Fill(t.Context(), f.params(500)); !errors.Is(err, demo.ErrNotEmpty) {
		t.Fatalf("a second time: %v", err)
	}
	t.Run("what was made is found again, without tokens", func(t *testing.T) {
		again, err := demo.Find(t.Context(), f.DB, f.key)
		if err != nil {
			t.Fatal(err)
		}
		for i := range again.Users {
			if again.Users[i].Token != "" || f.network.Users[i].Token == "" {
				t.Errorf("%s: the token is %q, and was %q", again.Users[i].Email, again.Users[i].Token, f.network.Users[i].Token)
			}
			again.Users[i].Token = f.network.Users[i].Token
		}
		if !slices.Equal(again.Users, f.network.Users) || !slices.Equal(again.Links, f.network.Links) || !slices.Equal(again.Integrations, f.network.Integrations) {
			t.Errorf("found %+v, made %+v", again, f.network)
		}
	})
	t.Run("a sign-in whose password was changed is not offered", func(t *testing.T) {
		hash, err := secret.HashPassword(t.Context(), "something else")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ExecContext(t.Context(), `UPDATE users SET password_hash = $1 WHERE email = $2`, hash, f.network.Users[0].Email); err != nil {
			t.Fatal(err)
		}
		again, err := demo.Find(t.Context(), f.DB, f.key)
		if err != nil || len(again.Users) != len(f.network.Users)-1 {
			t.Fatalf("%+v, %v", again, err)
		}
	})
	t.Run("somebody's own database has none", func(t *testing.T) {
		if n, err := demo.Find(t.Context(), pgtest.New(t).SQL, f.key); n != nil || err != nil {
			t.Fatalf("%+v, %v", n, err)
		}
	})
}
