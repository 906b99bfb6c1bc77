package backoffice

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// MapStatuses moves the conversions of an integration whose reported status is now mapped,
// each by a step of its own, so that they count and fire. It returns how many it moved.
// Conversions that one process leaves may be moved by another: each is moved once.
func (office *Office) MapStatuses(ctx context.Context, integrationKey string, by intake.Move) (int, error) {
	statuses, err := office.Intake.StatusMapping(ctx, integrationKey)
	if err != nil || len(statuses) == 0 {
		return 0, err
	}
	words := slices.Sorted(maps.Keys(statuses))
	type waiting struct {
		id   uuid.UUID
		word string
	}
	var list []waiting
	err = pg.Each(ctx, office.Intake.DB, "finding the conversions of unmapped statuses", func(rows *sql.Rows) error {
		var w waiting
		if err := rows.Scan(&w.id, &w.word); err != nil {
			return err
		}
		list = append(list, w)
		return nil
	}, `
		SELECT id, reported_status FROM conversions
		WHERE integration_id = (SELECT id FROM integrations WHERE key = $1) AND reported_status <> '' AND lower(btrim(reported_status)) = ANY($2) ORDER BY id`, integrationKey, pq.Array(words))
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, w := range list {
		err := office.mapStatus(ctx, w.id, w.word, statuses[inbound.WordKey(w.word)], by)
		if problem.CodeOf(err) == problem.CodeInvalid {
			continue // its goal has no such status: the reported status stays
		}
		if err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

func (office *Office) mapStatus(ctx context.Context, id uuid.UUID, word string, to commission.Status, by intake.Move) error {
	by.To, by.Reason = to, fmt.Sprintf("the operator's status %q is mapped to %s", word, to)
	out, err := office.Intake.Move(ctx, id, by)
	if err != nil {
		return fmt.Errorf("moving conversion %s from %q to %s: %w", id, word, to, err)
	}
	if out.Result == intake.Updated {
		return nil
	}
	if _, err := office.Intake.DB.ExecContext(ctx, `UPDATE conversions SET reported_status = '' WHERE id = $1 AND reported_status = $2`, id, word); err != nil {
		return fmt.Errorf("forgetting the word of conversion %s: %w", id, err)
	}
	return nil
}
