package viewer_test

import (
	"database/sql"
	"errors"
	"testing"

	"postrider/internal/viewer"
	"postrider/pgtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAScopedStatementReadsWithinItsScope(t *testing.T) {
	t.Parallel()
	scoped := viewer.NewScoped(pgtest.Empty(t).SQL)
	scopeOf := func(v *viewer.Viewer) viewer.RowScope {
		scope, err := viewer.RowScopeFrom(viewer.With(t.Context(), v))
		must(t, err)
		return scope
	}
	const rows = `FROM (VALUES (1, 7), (2, 8), (3, NULL)) AS r(id, affiliate_id) WHERE r.id <= $1`
	for name, c := range map[string]struct {
		scope    viewer.RowScope
		marked   int // rows of a statement that marks its scope
		unmarked bool
	}{
		"an affiliate": {scope: scopeOf(&viewer.Viewer{Role: viewer.Affiliate, AffiliateID: 7}), marked: 1},
		"staff":        {scope: scopeOf(&viewer.Viewer{Role: viewer.Manager}), marked: 3, unmarked: true},
		"nobody":       {},
	} {
		var one, each int
		must(t, scoped.One(t.Context(), c.scope, "counting", []any{&one}, `SELECT count(*) `+rows+` AND {sees r.affiliate_id} AND {sees affiliate_id}`, 3))
		must(t, scoped.Each(t.Context(), c.scope, "counting", func(rows *sql.Rows) error {
			each++
			return nil
		}, `SELECT id `+rows+` AND {sees r.affiliate_id}`, 3))
		if one != c.marked || each != c.marked {
			t.Errorf("%s: %d and %d rows, want %d", name, one, each, c.marked)
		}
		err1 := scoped.One(t.Context(), c.scope, "counting", []any{&one}, `SELECT count(*) `+rows, 3)
		err2 := scoped.Each(t.Context(), c.scope, "counting", func(*sql.Rows) error { return nil }, `SELECT id `+rows, 3)
		if (err1 == nil) != c.unmarked || (err2 == nil) != c.unmarked {
			t.Errorf("%s, without a mark: %v, %v", name, err1, err2)
		}
	}
	if err := scoped.One(t.Context(), scopeOf(&viewer.Viewer{Role: viewer.Admin}), "looking", []any{new(int)}, `SELECT 1 WHERE false`); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}
