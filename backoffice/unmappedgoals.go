package backoffice

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"postrider/intake"
	"postrider/internal/pg"
)

// WaitingGoal is an operator's word for a goal that is not mapped, or whose reports waited until it was.
type WaitingGoal struct {
	IntegrationID   int64
	Word            string // an inbound.WordKey
	Count           int    // reports that wait
	Refused         int    // of these, those that could not be recorded when it was mapped
	Recorded        int    // conversions that were, and are not taken back
	FirstAt, LastAt time.Time
	Reason          *string // of a refused one; nil for none
}

// WaitingGoals lists the words of integrations, those for which most reports wait first.
func (office *Office) WaitingGoals(ctx context.Context, integrationIDs []int64) ([]*WaitingGoal, error) {
	var found []*WaitingGoal
	err := pg.Each(ctx, office.Intake.DB, "reading unmapped goals", func(rows *sql.Rows) error {
		w := &WaitingGoal{}
		found = append(found, w)
		return rows.Scan(&w.IntegrationID, &w.Word, &w.Count, &w.Refused, &w.Recorded, &w.FirstAt, &w.LastAt, &w.Reason)
	}, `
		SELECT u.integration_id, u.word, count(*) FILTER (WHERE u.recorded_at IS NULL), count(*) FILTER (WHERE u.recorded_at IS NULL AND u.refused <> ''),
		       count(c.id), min(u.received_at), max(u.received_at), min(u.refused) FILTER (WHERE u.recorded_at IS NULL AND u.refused <> '')
		FROM unmapped_reports u LEFT JOIN conversions c ON c.id = u.conversion_id AND c.undone_at IS NULL
		WHERE u.integration_id = ANY($1) GROUP BY 1, 2 ORDER BY 3 DESC, 2`, pq.Array(integrationIDs))
	return found, err
}

// MapGoals records the reports of an integration that wait for a goal which is mapped now. It returns
// how many conversions were recorded or changed.
func (office *Office) MapGoals(ctx context.Context, integrationKey string, by intake.Move) (int, error) {
	goals, err := office.Intake.GoalMapping(ctx, integrationKey)
	if err != nil || len(goals) == 0 {
		return 0, err
	}
	var waiting []string
	err = pg.Each(ctx, office.Intake.DB, "finding the goals that reports wait for", func(rows *sql.Rows) error {
		var word string
		err := rows.Scan(&word)
		waiting = append(waiting, word)
		return err
	}, `
		SELECT DISTINCT word FROM unmapped_reports
		WHERE integration_id = (SELECT id FROM integrations WHERE key = $1) AND recorded_at IS NULL AND word = ANY($2) ORDER BY 1`,
		integrationKey, pq.Array(slices.Collect(maps.Keys(goals))))
	if err != nil {
		return 0, err
	}
	mapped := 0
	for _, word := range waiting {
		done, err := office.Intake.MapGoal(ctx, integrationKey, word, goals[word], by)
		mapped += done.Recorded + done.Changed
		if err != nil {
			return mapped, err
		}
	}
	return mapped, nil
}
