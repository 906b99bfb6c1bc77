package pg_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"postrider/internal/pg"
	"postrider/pgtest"
)

func TestEachSaysWhatFailed(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	refused := errors.New("refused")
	seen := 0
	must(t, pg.Each(t.Context(), db, "counting", func(rows *sql.Rows) error {
		seen++
		return rows.Scan(new(int))
	}, `SELECT * FROM generate_series(1, $1)`, 3))
	if seen != 3 {
		t.Errorf("%d rows", seen)
	}
	for name, c := range map[string]struct {
		query string
		scan  error
		want  string
	}{
		"a statement that is wrong": {query: `SELECT nonsense`, want: "nonsense"},
		"a row that is refused":     {query: `SELECT 1`, scan: refused, want: "refused"},
		"a row that fails":          {query: `SELECT 1 / (2 - n) FROM generate_series(1, 2) n`, want: "division by zero"},
	} {
		err := pg.Each(t.Context(), db, "counting", func(*sql.Rows) error { return c.scan }, c.query)
		if err == nil || !strings.HasPrefix(err.Error(), "counting: ") || !strings.Contains(err.Error(), c.want) || c.scan != nil && !errors.Is(err, c.scan) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if open := db.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still in use", open)
	}
}
