package viewer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"postrider/internal/pg"
)

// Scoped reads a database for viewers. Its statements mark where the viewer's scope belongs, with
// the column of the row's owner: {sees c.affiliate_id}. A statement without a mark is run only for
// a scope that sees all rows.
type Scoped struct{ db *sql.DB }

// NewScoped returns a Scoped over a pool.
func NewScoped(db *sql.DB) Scoped { return Scoped{db} }

// Each runs a statement within a scope and calls scan for each row. Its error begins with what was
// being done.
func (s Scoped) Each(ctx context.Context, scope RowScope, what string, scan func(rows *sql.Rows) error, query string, args ...any) error {
	query, args, err := within(scope, query, args)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return pg.Each(ctx, s.db, what, scan, query, args...)
}

// One reads one row within a scope; sql.ErrNoRows if there is none.
func (s Scoped) One(ctx context.Context, scope RowScope, what string, into []any, query string, args ...any) error {
	query, args, err := within(scope, query, args)
	if err == nil {
		err = s.db.QueryRowContext(ctx, query, args...).Scan(into...)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

var (
	scopeMark   = regexp.MustCompile(`\{sees ([a-z_.]+)\}`)
	errUnscoped = errors.New("the statement does not say whose rows it reads")
)

// within replaces a statement's marks by the scope's condition, and appends its arguments.
func within(scope RowScope, query string, args []any) (string, []any, error) {
	if !scopeMark.MatchString(query) {
		if !scope.All() {
			return "", nil, errUnscoped
		}
		return query, args, nil
	}
	scoped := scopeMark.ReplaceAllStringFunc(query, func(mark string) string {
		return scope.SQL(scopeMark.FindStringSubmatch(mark)[1], len(args)+1)
	})
	return scoped, slices.Concat(args, scope.Args()), nil
}
