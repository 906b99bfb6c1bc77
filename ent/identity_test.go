package ent_test

import (
	"database/sql"
	"testing"

	"postrider/ent/migrations"
	"postrider/internal/pg"
	"postrider/pgtest"
)

// Two integrations of one offer that each knew a player by the same id know one player, and what both
// had recorded stays as it was.
func TestIntegrationsOfAnOfferShareTheirPlayers(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	e := &era{t: t, db: db}
	must(t, pg.Migrate(t.Context(), db, before(t, "00053")))
	_, err := db.ExecContext(t.Context(), `
		INSERT INTO offers (name, operator, vertical, destination_url, deep_link_hosts, currency, created_at)
		  SELECT 'O', 'O', 'casino', 'https://o.example/?c={click_id}', '[]', 'EUR', now() FROM generate_series(1, 2);
		INSERT INTO integrations (key, name, offer_id, allowed_addresses, created_at)
		  SELECT 'i' || n, 'I', CASE n WHEN 3 THEN 2 ELSE 1 END, '[]', now() FROM generate_series(1, 3) n;
		INSERT INTO goals (key, name, once_per_player, billable, reversible, built_in, position, trigger, parameters, timestamp_standard, statuses)
		  SELECT k, k, k = 'ftd', true, true, true, 0, '', '[]', '', '["approved"]' FROM unnest('{ftd,deposit}'::text[]) k ON CONFLICT DO NOTHING;
		INSERT INTO players (id, integration_id, external_id, click_id, created_at) VALUES
		  ('00000000-0000-7000-8000-000000000001', 1, '42', NULL, now()),
		  ('00000000-0000-7000-8000-000000000002', 2, '42', '00000000-0000-7000-8000-00000000000c', now()),
		  ('00000000-0000-7000-8000-000000000003', 2, '43', NULL, now()),
		  ('00000000-0000-7000-8000-000000000004', 3, '42', NULL, now());
		INSERT INTO conversions (id, integration_id, offer_id, player_id, goal, transaction_id, once_key, currency, status, occurred_at, received_at)
		SELECT ('00000000-0000-7000-9000-00000000000' || n)::uuid, i, o, ('00000000-0000-7000-8000-00000000000' || p)::uuid, g, t,
		  CASE g WHEN 'ftd' THEN 'player:00000000-0000-7000-8000-00000000000' || p END, 'EUR', 'approved', now(), now()
		FROM (VALUES (1, 1, 1, 1, 'ftd', NULL), (2, 2, 1, 2, 'ftd', NULL), (3, 1, 1, 1, 'deposit', 'T'), (4, 2, 1, 2, 'deposit', 'T'),
		  (5, 3, 2, 4, 'deposit', 'T'), (6, 2, 1, 3, 'ftd', 'U')) v (n, i, o, p, g, t)`)
	must(t, err)

	must(t, pg.Migrate(t.Context(), db, migrations.FS))

	for name, c := range map[string]struct{ query, want string }{
		"the second shares the first one's players":      {`SELECT string_agg(id || ':' || coalesce(players_of, 0), ' ' ORDER BY id) FROM integrations`, "1:0 2:1 3:0"},
		"a player that both know is one, with its click": {`SELECT string_agg(right(id::text, 1) || ' of ' || integration_id || ' ' || coalesce(right(click_id::text, 1), '-'), ', ' ORDER BY id) FROM players`, "1 of 1 c, 3 of 1 -, 4 of 3 -"},
		"its conversions are that one's":                 {`SELECT string_agg(right(id::text, 1) || right(player_id::text, 1), ' ' ORDER BY id) FROM conversions`, "11 21 31 41 54 63"},
		"the first of two makes others duplicates":       {`SELECT string_agg(right(id::text, 1) || ' ' || coalesce(right(once_key, 1), right(apart_from::text, 1), '-'), ', ' ORDER BY id) FROM conversions`, "1 1, 2 -, 3 -, 4 3, 5 -, 6 3"},
	} {
		var got sql.NullString
		must(t, e.db.QueryRowContext(t.Context(), c.query).Scan(&got))
		if got.String != c.want {
			t.Errorf("%s: %s, want %s", name, got.String, c.want)
		}
	}
	var shared int64
	must(t, db.QueryRowContext(t.Context(), `
		INSERT INTO integrations (key, name, offer_id, allowed_addresses, created_at) VALUES ('new', 'N', 2, '[]', now()) RETURNING players_of`).Scan(&shared))
	if shared != 3 {
		t.Errorf("a new integration of the second offer shares the players of %d, want 3", shared)
	}
}
