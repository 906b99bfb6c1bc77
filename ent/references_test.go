package ent_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/pgtest"
)

// fact is a table of facts, with one row that refers to rows of the scene.
type fact struct {
	table   string
	columns []string // with references
	nobody  string   // an id that does not exist
}

func facts(t *testing.T, d *pgtest.DB) (pgtest.Scene, []fact) {
	t.Helper()
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	s.Player(t, d, "p1")
	pgtest.Delivery(t, d, c.ID, pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/"))
	return s, []fact{
		{table: "conversions", columns: []string{"affiliate_id", "integration_id", "offer_id", "campaign_id"}, nobody: "987654321"},
		{table: "conversions", columns: []string{"player_id"}, nobody: `'00000000-0000-0000-0000-000000000001'`},
		{table: "conversions", columns: []string{"goal"}, nobody: `'nothing'`},
		{table: "conversion_events", columns: []string{"conversion_id"}, nobody: `'00000000-0000-0000-0000-000000000001'`},
		{table: "deliveries", columns: []string{"conversion_id", "event_id"}, nobody: `'00000000-0000-0000-0000-000000000001'`},
		{table: "deliveries", columns: []string{"postback_id"}, nobody: "987654321"},
	}
}

// copied inserts a row of a table once more, with some columns as given.
func copied(d *pgtest.DB, t *testing.T, table string, given map[string]string) error {
	t.Helper()
	var names, values []string
	rows, err := d.SQL.QueryContext(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		value, ok := given[name]
		if !ok {
			value = name
		}
		names, values = append(names, name), append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	_, err = d.SQL.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %s LIMIT 1`,
		table, strings.Join(names, ", "), strings.Join(values, ", "), table))
	return err
}

func TestAFactRefersToWhatIsThere(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	_, all := facts(t, d)
	for _, f := range all {
		for _, column := range f.columns {
			// Nothing else prevents it: the same row with valid references is inserted.
			given := map[string]string{
				"id": "'" + uuid.Must(uuid.NewV7()).String() + "'", "transaction_id": "NULL", "once_key": "NULL", "replay_of": "id",
			}
			if err := copied(d, t, f.table, given); err != nil {
				t.Fatalf("%s: %v", f.table, err)
			}
			given["id"], given[column] = "'"+uuid.Must(uuid.NewV7()).String()+"'", f.nobody
			if err := copied(d, t, f.table, given); err == nil || !strings.Contains(err.Error(), "23503") {
				t.Errorf("%s.%s may refer to nothing: %v", f.table, column, err)
			}
			_, err := d.SQL.ExecContext(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = %s`, f.table, column, f.nobody))
			if err == nil || !strings.Contains(err.Error(), "23503") {
				t.Errorf("%s.%s may be changed to nothing: %v", f.table, column, err)
			}
		}
	}
}

func TestWhatAFactRefersToStays(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	_, _ = facts(t, d)
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE conversions SET player_id = (SELECT id FROM players LIMIT 1)`); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{"goals": "key"}
	for _, table := range []string{"affiliates", "integrations", "offers", "campaigns", "players", "goals", "postbacks", "conversions", "conversion_events"} {
		_, err := d.SQL.ExecContext(t.Context(), `DELETE FROM `+table)
		if err == nil || !strings.Contains(err.Error(), "23503") {
			t.Errorf("%s can be deleted: %v", table, err)
		}
		key := keys[table]
		if key == "" {
			key = "id"
		}
		changed := map[string]string{"goals": "key || 'x'", "players": "gen_random_uuid()", "conversions": "gen_random_uuid()", "conversion_events": "gen_random_uuid()"}[table]
		if changed == "" {
			changed = "id + 1000000"
		}
		_, err = d.SQL.ExecContext(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = %s`, table, key, changed))
		if err == nil || !strings.Contains(err.Error(), "23503") {
			t.Errorf("the keys of %s can be changed: %v", table, err)
		}
	}
	for _, table := range []string{"deliveries", "conversion_events", "conversions", "players"} {
		if _, err := d.SQL.ExecContext(t.Context(), `DELETE FROM `+table); err != nil {
			t.Errorf("%s, to which nothing refers any more, cannot be deleted: %v", table, err)
		}
	}
}

// While one transaction deletes a player, another inserts a reference to it: the second is
// refused, and no dangling reference is left.
func TestTakingAwayAndReferringExcludeEachOther(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, _ := facts(t, d)
	for n := range 20 {
		player := s.Player(t, d, fmt.Sprintf("race %d", n)).ID.String()
		var both sync.WaitGroup
		var deleted, inserted error
		both.Go(func() { _, deleted = d.SQL.ExecContext(t.Context(), `DELETE FROM players WHERE id = $1`, player) })
		both.Go(func() {
			inserted = copied(d, t, "conversions", map[string]string{
				"id": "'" + uuid.Must(uuid.NewV7()).String() + "'", "transaction_id": "NULL", "once_key": "NULL", "player_id": "'" + player + "'",
			})
		})
		both.Wait()
		if (deleted == nil) == (inserted == nil) {
			t.Errorf("deleted: %v; inserted: %v", deleted, inserted)
		}
	}
	var orphans int
	if err := d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM conversions c WHERE player_id IS NOT NULL AND NOT EXISTS (SELECT FROM players p WHERE p.id = c.player_id)`).Scan(&orphans); err != nil || orphans != 0 {
		t.Errorf("%d refer to nothing; %v", orphans, err)
	}
}
