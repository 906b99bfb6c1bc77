package backoffice

import (
	"context"
	"database/sql"

	"postrider/internal/pg"

	"github.com/lib/pq"
)

// WaitingWord is an operator's word for a status that is not mapped yet.
type WaitingWord struct {
	IntegrationID int64
	Word          string
	Count         int // conversions that wait for it
}

// WaitingWords lists the unmapped words of integrations, most frequent first.
func (office *Office) WaitingWords(ctx context.Context, integrationIDs []int64) ([]*WaitingWord, error) {
	var found []*WaitingWord
	err := pg.Each(ctx, office.Intake.DB, "reading unmapped statuses", func(rows *sql.Rows) error {
		w := &WaitingWord{}
		found = append(found, w)
		return rows.Scan(&w.IntegrationID, &w.Word, &w.Count)
	}, `
		SELECT integration_id, lower(btrim(reported_status)), count(*) FROM conversions
		WHERE reported_status <> '' AND integration_id = ANY($1) GROUP BY 1, 2 ORDER BY 3 DESC, 2`, pq.Array(integrationIDs))
	return found, err
}
