package ent_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"

	"postrider/domain/commission"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/ent/db/migrate"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// column is the definition of a column, on either side.
type column struct {
	Type     string
	Nullable bool
}

// typeNames is what PostgreSQL calls ent's types.
var typeNames = map[field.Type]string{
	field.TypeInt64: "bigint", field.TypeInt: "bigint", field.TypeInt16: "smallint", field.TypeString: "text",
	field.TypeEnum: "text", field.TypeJSON: "jsonb", field.TypeUUID: "uuid", field.TypeBool: "boolean",
	field.TypeTime: "timestamp with time zone", field.TypeFloat64: "double precision", field.TypeBytes: "bytea",
}

func wantColumn(t *testing.T, c *schema.Column) column {
	t.Helper()
	name, known := typeNames[c.Type]
	if given, ok := c.SchemaType[dialect.Postgres]; ok {
		name, known = given, true
	}
	if !known {
		t.Errorf("the type %v of %s has no name in this test", c.Type, c.Name)
	}
	return column{Type: name, Nullable: c.Nullable}
}

// ours excludes tables that are not of the model: River's, goose's, sessions', the engine's own,
// and partitions.
const ours = `
	SELECT c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
	  AND c.relname NOT LIKE 'river%' AND c.relname NOT LIKE 'goose%' AND c.relname NOT IN ('sessions', 'endpoints', 'workers', 'promoter', 'bulk_replay_items', 'cap_days', 'cap_places', 'installation', 'feed_home', 'idempotency_keys')`

func TestMigrationsAndModelAreTheSame(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	want := map[string]column{}
	for _, table := range migrate.Tables {
		for _, c := range table.Columns {
			want[table.Name+"."+c.Name] = wantColumn(t, c)
		}
	}
	got := map[string]column{}
	each(t, d, ours, nil, func(rows *sql.Rows) error {
		var table, name string
		var c column
		err := rows.Scan(&table, &name, &c.Type, &c.Nullable)
		got[table+"."+name] = c
		return err
	})
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if found, ok := got[name]; !ok {
			t.Errorf("the migrations lack %s", name)
		} else if found != want[name] {
			t.Errorf("%s is %v in the database and %v in the model", name, found, want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("the model lacks %s", name)
		}
	}
}

func TestWhatIsUniqueInTheModelIsUniqueInTheDatabase(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	unique := map[string]bool{}
	each(t, d, `
		SELECT i.indrelid::regclass::text, (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
		  WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[]))
		FROM pg_index i WHERE i.indisunique`, nil, func(rows *sql.Rows) error {
		var table, columns string
		err := rows.Scan(&table, &columns)
		unique[table+"("+columns+")"] = true
		return err
	})
	need := func(table string, columns ...string) {
		slices.Sort(columns)
		if name := table + "(" + strings.Join(columns, ",") + ")"; !unique[name] {
			t.Errorf("nothing keeps %s unique", name)
		}
	}
	for _, table := range migrate.Tables {
		need(table.Name, "id")
		for _, c := range table.Columns {
			if c.Unique {
				need(table.Name, c.Name)
			}
		}
		for _, index := range table.Indexes {
			if !index.Unique {
				continue
			}
			var columns []string
			for _, c := range index.Columns {
				columns = append(columns, c.Name)
			}
			need(table.Name, columns...)
		}
	}
	need("deliveries", "event_id", "postback_id") // of those that are no replays
}

func TestEnumerationsAreCheckedByTheDatabaseAsTheModelSpellsThem(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	checked := 0
	for _, table := range migrate.Tables {
		for _, c := range table.Columns {
			if c.Type != field.TypeEnum {
				continue
			}
			var check string
			err := d.SQL.QueryRowContext(t.Context(), `
				SELECT coalesce(string_agg(pg_get_constraintdef(oid), ' '), '') FROM pg_constraint
				WHERE conrelid = $1::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE 'CHECK (('||$2||' = ANY%'`,
				table.Name, c.Name).Scan(&check)
			if err != nil {
				t.Fatal(err)
			}
			if check == "" {
				continue // written by Postrider alone
			}
			checked++
			for _, value := range c.Enums {
				if !strings.Contains(check, "'"+value+"'") {
					t.Errorf("%s.%s: the database does not know %q: %s", table.Name, c.Name, value, check)
				}
			}
			if n := strings.Count(check, "'::text"); n != len(c.Enums) {
				t.Errorf("%s.%s: the database knows %d values and the model %d: %s", table.Name, c.Name, n, len(c.Enums), check)
			}
		}
	}
	if checked < 8 {
		t.Errorf("only %d enumerations are checked by the database", checked)
	}
}

func TestTheDictionaryIsThatOfCommission(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	rows, err := d.Client().Goal.Query().Order(goal.ByPosition()).All(pgtest.System(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range rows {
		if !g.BuiltIn {
			t.Errorf("%s is not marked as built in", g.Key)
		}
		got = append(got, fmt.Sprintf("%+v", commission.Goal{
			Key: g.Key, Name: g.Name, Trigger: g.Trigger, OncePerPlayer: g.OncePerPlayer, Billable: g.Billable,
			Reversible: g.Reversible, Statuses: g.Statuses, Parameters: g.Parameters, TimestampStandard: g.TimestampStandard,
		}))
	}
	var want []string
	for _, g := range commission.BuiltInGoals() {
		want = append(want, fmt.Sprintf("%+v", g))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the database has\n%s\nand commission\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRowsLandInTheirMonth(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	ctx := t.Context()
	s := pgtest.NewScene(t, d)
	from := pg.MonthOf(time.Date(2031, 1, 15, 0, 0, 0, 0, time.UTC))
	if err := pg.MakePartitions(ctx, d.SQL, from, from.Add(2)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC), "clicks_2031_01"},
		{time.Date(2031, 1, 31, 23, 59, 59, 999e6, time.UTC), "clicks_2031_01"},
		{time.Date(2031, 2, 1, 0, 0, 0, 0, time.UTC), "clicks_2031_02"},
		{time.Date(2031, 3, 31, 12, 0, 0, 0, time.UTC), "clicks_2031_03"},
		{time.Date(2031, 4, 1, 0, 0, 0, 0, time.UTC), "clicks_default"}, // kept, never refused
		{time.Date(1999, 4, 1, 0, 0, 0, 0, time.UTC), "clicks_default"},
	} {
		id, err := uuid.NewV7AtTime(c.at)
		if err != nil {
			t.Fatal(err)
		}
		pgtest.Click(t, d, s.Link, func(create *db.ClickCreate) { create.SetID(id).SetClickedAt(c.at) })
		var table string
		if err := d.SQL.QueryRowContext(ctx, `SELECT tableoid::regclass FROM clicks WHERE id = $1`, id).Scan(&table); err != nil || table != c.want {
			t.Errorf("a click of %s is in %s, not in %s; %v", c.at, table, c.want, err)
		}
	}
}

func TestPartitionsAreMadeAheadAndOnce(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	const count = `SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE $1 || '\_20%'`
	for _, parent := range []string{"clicks", "attempts", "received_postbacks"} {
		var n int
		if err := d.SQL.QueryRowContext(t.Context(), count, parent).Scan(&n); err != nil || n < 7 {
			t.Errorf("%s has %d months, want those around now; %v", parent, n, err)
		}
	}
	for range 2 {
		if err := pg.MakePartitions(t.Context(), d.SQL, pg.MonthOf(time.Now()), pg.MonthOf(time.Now()).Add(3)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheAuditLogIsNeverChanged(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	ctx := pgtest.System(t)
	if err := d.Client().AuditEntry.Create().SetAt(pgtest.Now).SetAction("create").SetEntity("offer").SetEntityID("1").Exec(ctx); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE audit_entries SET action = 'x'`, `DELETE FROM audit_entries`, `TRUNCATE audit_entries`} {
		if _, err := d.SQL.ExecContext(ctx, statement); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestTheDatabaseRefusesWhatContradictsItself(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	for name, statement := range map[string]string{
		"an affiliate's user without an affiliate": `INSERT INTO users (email, password_hash, role, created_at) VALUES ('a@example.com', '', 'affiliate', now())`,
		"staff with an affiliate":                  `INSERT INTO users (email, password_hash, role, affiliate_id, created_at) SELECT 'a@example.com', '', 'admin', id, now() FROM affiliates`,
		"an e-mail in upper case":                  `INSERT INTO users (email, password_hash, role, created_at) VALUES ('A@example.com', '', 'admin', now())`,
		"a CPA deal that pays nothing":             `INSERT INTO deals (offer_id, affiliate_id, model, currency, created_at) SELECT id, $1, 'cpa', 'EUR', now() FROM offers`,
		"a second deal for an offer":               `INSERT INTO deals (offer_id, model, amount, currency, created_at) SELECT id, 'cpa', 1, 'EUR', now() FROM offers`,
		"a second link for a campaign":             `INSERT INTO tracking_links (affiliate_id, code, offer_id, campaign_id, created_at) SELECT $1, 'x', offer_id, id, now() FROM campaigns`,
		"a postback for an offer without one": `INSERT INTO postbacks (affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
			VALUES ($1, 'offer', 'ftd', '', '[]', '', now(), now())`,
		"a postback for an unknown goal": `INSERT INTO postbacks (affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
			VALUES ($1, 'global', 'nothing', '', '[]', '', now(), now())`,
		"an attributed conversion of nobody": `INSERT INTO conversions (id, integration_id, offer_id, goal, currency, status, attributed_by, occurred_at, received_at)
			SELECT gen_random_uuid(), id, offer_id, 'ftd', 'EUR', 'approved', 'click', now(), now() FROM integrations`,
	} {
		var args []any
		if strings.Contains(statement, "$1") {
			args = []any{s.Affiliate}
		}
		if _, err := d.SQL.ExecContext(t.Context(), statement, args...); err == nil {
			t.Errorf("accepted: %s", name)
		}
	}
}

func TestAChangeOfConfigurationIsAnnouncedWithItsCommit(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	heard := make(chan string, 100)
	ready := make(chan struct{}, 1)
	done := make(chan error, 1)
	stop := listen(t, d, ready, heard, done)
	defer stop()
	<-ready

	s := pgtest.NewScene(t, d)
	pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
	want := map[string]bool{
		"affiliates": true, "offers": true, "landing_pages": true, "deals": true, "campaigns": true, "tracking_links": true,
		"integrations": true, "integration_secrets": true, "postbacks": true,
	}
	deadline := time.After(10 * time.Second)
	for len(want) > 0 {
		select {
		case table := <-heard:
			delete(want, table)
			if table == "clicks" || table == "deliveries" {
				t.Errorf("%s is no configuration", table)
			}
		case <-deadline:
			t.Fatalf("nothing was heard of %v", slices.Sorted(maps.Keys(want)))
		}
	}
}

// listen listens to the channel of configuration until the returned function is called.
func listen(t *testing.T, d *pgtest.DB, ready chan<- struct{}, heard chan<- string, done chan error) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		done <- pg.Listen(ctx, d.URL, pg.Subscription{
			Channels: []string{string(live.Config)},
			OnReady:  func() { ready <- struct{}{} },
			OnNotify: func(_, payload string) { heard <- payload },
		})
	}()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func each(t *testing.T, d *pgtest.DB, query string, args []any, do func(rows *sql.Rows) error) {
	t.Helper()
	rows, err := d.SQL.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := do(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// inTx returns ent's client inside a transaction of the test's.
func inTx(tx *sql.Tx) *db.Client { return ent.NewTxClient(tx) }
