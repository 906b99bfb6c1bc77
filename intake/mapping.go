package intake

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/commission"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// MapStatuses moves the conversions of a source whose operator said a word that
// is now mapped, each by a step of its own: then it counts, and fires. It gives
// how many it moved. What one process leaves undone another may do: a conversion
// is moved once.
func (in *Intake) MapStatuses(ctx context.Context, sourceKey string, by Move) (int, error) {
	src, found, err := in.catalog.sources.get(ctx, in.DB, sourceKey)
	if err != nil || !found {
		return 0, err
	}
	words := make([]string, 0, len(src.words.statuses))
	for word := range src.words.statuses {
		words = append(words, word)
	}
	type waiting struct {
		id   uuid.UUID
		word string
	}
	var list []waiting
	err = pg.Each(ctx, in.DB, "finding the conversions of unmapped statuses", func(rows *sql.Rows) error {
		var w waiting
		if err := rows.Scan(&w.id, &w.word); err != nil {
			return err
		}
		list = append(list, w)
		return nil
	}, `
		SELECT id, reported_status FROM conversions
		WHERE source_id = $1 AND reported_status <> '' AND lower(btrim(reported_status)) = ANY($2) ORDER BY id`, src.ID, pq.Array(words))
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, w := range list {
		err := in.mapStatus(ctx, w.id, w.word, src.words.statuses[wordKey(w.word)], by)
		if problem.CodeOf(err) == problem.CodeInvalid {
			continue // its goal does not know the status: it keeps the word
		}
		if err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

func (in *Intake) mapStatus(ctx context.Context, id uuid.UUID, word string, to commission.Status, by Move) error {
	by.To, by.Reason = to, fmt.Sprintf("the operator's word %q means %s", word, to)
	out, err := in.Move(ctx, id, by)
	if err != nil {
		return fmt.Errorf("moving conversion %s from %q to %s: %w", id, word, to, err)
	}
	if out.Result == Updated {
		return nil
	}
	if _, err := in.DB.ExecContext(ctx, `UPDATE conversions SET reported_status = '' WHERE id = $1 AND reported_status = $2`, id, word); err != nil {
		return fmt.Errorf("forgetting the word of conversion %s: %w", id, err)
	}
	return nil
}
