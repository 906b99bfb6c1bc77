package filter

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"
	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/ent/db/click"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// mostClicks is how many clicks a search names one by one. A param that more have is no click id
// of a tracker but a source or a country, which the conversions that there are soon have, too.
const mostClicks = 1000

// params are the clicks with a param that matches a search. The zero value finds none.
type params struct {
	clicks []uuid.UUID // at most mostClicks of them
	more   bool        // there are more
}

// Reach finds the clicks with a param that matches the search, among those that the viewer sees. It
// refuses what only staff may filter by: who reported a conversion is not shown to affiliates.
func (f *Conversion) Reach(ctx context.Context, client *db.Client) error {
	if f == nil {
		return nil
	}
	if f.IntegrationIDs != nil && !viewer.From(ctx).HasRole(viewer.Manager) {
		return problem.Forbidden("`integrationIds` is for staff: leave it out")
	}
	if _, err := f.Predicates(); err != nil {
		return err
	}
	return f.params.reach(ctx, client, searched(f.Search))
}

func (p *params) reach(ctx context.Context, client *db.Client, text string) (err error) {
	if text == "" {
		return nil
	}
	p.clicks, err = client.Click.Query().Where(click.Or(click.Param1(text), click.Param2(text), click.Param3(text))).Limit(mostClicks + 1).IDs(ctx)
	if err != nil {
		return fmt.Errorf("looking for the clicks with the param %q: %w", text, err)
	}
	if p.more = len(p.clicks) > mostClicks; p.more {
		p.clicks = p.clicks[:mostClicks]
	}
	return nil
}

// predicate matches the rows of those clicks by the column that refers to them; nil for none. A
// few clicks are found by that column's index; of many, each row's click is looked at, in the
// order of the list, which ends early.
func (p *params) predicate(text, column string) func(*sql.Selector) {
	switch {
	case p.more:
		return func(s *sql.Selector) {
			clicks := sql.Table(click.Table).As("searched")
			s.Where(sql.Exists(sql.Select(clicks.C(click.FieldID)).From(clicks).Where(sql.And(
				sql.ColumnsEQ(clicks.C(click.FieldID), s.C(column)),
				sql.Or(sql.EQ(clicks.C(click.FieldParam1), text), sql.EQ(clicks.C(click.FieldParam2), text), sql.EQ(clicks.C(click.FieldParam3), text)),
			))))
		}
	case len(p.clicks) > 0:
		return sql.FieldIn(column, p.clicks...)
	default:
		return nil
	}
}
