package backoffice

import (
	"context"
	"database/sql"

	"postrider/internal/pg"

	"github.com/lib/pq"
)

// WaitingWord is an operator's word for a status that nobody has mapped yet.
type WaitingWord struct {
	SourceID int64
	Word     string
	Count    int // conversions that wait for it
}

// WaitingWords lists the unmapped words of sources, the commonest first.
func (office *Office) WaitingWords(ctx context.Context, sourceIDs []int64) ([]*WaitingWord, error) {
	var found []*WaitingWord
	err := pg.Each(ctx, office.Intake.DB, "reading unmapped statuses", func(rows *sql.Rows) error {
		w := &WaitingWord{}
		found = append(found, w)
		return rows.Scan(&w.SourceID, &w.Word, &w.Count)
	}, `
		SELECT source_id, lower(btrim(reported_status)), count(*) FROM conversions
		WHERE reported_status <> '' AND source_id = ANY($1) GROUP BY 1, 2 ORDER BY 3 DESC, 2`, pq.Array(sourceIDs))
	return found, err
}
