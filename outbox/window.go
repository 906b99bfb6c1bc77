package outbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/ids"
	"postrider/internal/pg"
)

// Windows collects a transaction's changes to windows of postbacks that aggregate the
// conversions of a click. A window is a delivery that waits for its due time; until then
// conversions join it and leave it, each in its own transaction. It closes when the
// promoter finds it due (ParkDue): a row that is being joined is locked, so the first comes
// first, and what comes second opens the next window.
type Windows struct{ steps []windowStep }

// Joining is a conversion that joins a window: as a delivery of its own, and what must be
// the same for sums to be added up.
type Joining struct {
	Delivery

	Currency, PayoutCurrency string
	Aggregates               time.Duration // how long the window is open, from its first conversion
}

// key identifies a window: conversions whose sums can be added up, of one status, by one
// version of a postback.
func (j *Joining) key() string {
	return strings.Join([]string{
		fmt.Sprint(j.PostbackID), j.ClickID.String(), fmt.Sprint(j.VersionID), j.Status, j.Currency, j.PayoutCurrency,
	}, " ")
}

// windowStep is a conversion that joins a window, or has changed since it may have
// joined one.
type windowStep struct {
	Joining

	joins bool
}

// Join aggregates a conversion with others of its click.
func (w *Windows) Join(j Joining) { w.steps = append(w.steps, windowStep{j, true}) }

// Supersede notes a later step of a conversion, as a delivery of no postback. If the conversion
// is in a window that is still open, its new sum replaces the old; with another status it
// leaves, and in another currency it moves to the window of that currency.
func (w *Windows) Supersede(j Joining) { w.steps = append(w.steps, windowStep{j, false}) }

// WindowTx is a transaction of intake: windows are locked and read one by one.
type WindowTx interface {
	Tx
	pg.Conn
}

// Settle applies the steps to their windows, and returns the windows that changed. It runs
// when only windows are left to lock, and those of a click share one advisory lock, so no
// deadlock is possible.
func (w *Windows) Settle(ctx context.Context, tx WindowTx) ([]uuid.UUID, error) {
	steps, err := w.relevant(ctx, tx)
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	clicks := make([]string, len(steps))
	for i, s := range steps {
		clicks[i] = s.ClickID.String()
	}
	slices.Sort(clicks)
	for _, click := range slices.Compact(clicks) {
		if err := pg.Lock(ctx, tx, pg.LockAggregation.Of(click)); err != nil {
			return nil, fmt.Errorf("waiting for the windows of click %s: %w", click, err)
		}
	}
	touched := map[uuid.UUID]time.Time{}
	for i := range steps {
		if s := &steps[i]; s.joins {
			err = s.join(ctx, tx, touched)
		} else {
			err = s.supersede(ctx, tx, touched)
		}
		if err != nil {
			return nil, err
		}
	}
	changed := slices.SortedFunc(maps.Keys(touched), func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	for _, id := range changed {
		if err := summarize(ctx, tx, id, touched[id]); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// relevant drops the changes of conversions that never joined a window.
func (w *Windows) relevant(ctx context.Context, tx Tx) ([]windowStep, error) {
	steps, changed, joins := w.steps, pg.UUIDs{}, map[uuid.UUID]bool{}
	w.steps = nil
	for _, s := range steps {
		if s.joins {
			joins[s.ConversionID] = true
		} else {
			changed = append(changed, s.ConversionID)
		}
	}
	if len(changed) == 0 {
		return steps, nil
	}
	joined, err := collect(ctx, tx, "looking for what was aggregated", pgx.RowTo[uuid.UUID],
		`SELECT DISTINCT conversion_id FROM aggregated_events WHERE conversion_id = ANY($1) AND left_at IS NULL`, changed)
	if err != nil {
		return nil, err
	}
	for _, id := range joined {
		joins[id] = true
	}
	return slices.DeleteFunc(steps, func(s windowStep) bool { return !joins[s.ConversionID] }), nil
}

// joined is an open window that a conversion is in.
type joined struct {
	id       uuid.UUID
	postback ids.Postback
	version  int64
	endpoint string
	status   string
	key      string
	due      time.Time
}

// supersede updates the open windows that a conversion is in.
func (s *windowStep) supersede(ctx context.Context, tx WindowTx, touched map[uuid.UUID]time.Time) error {
	windows, err := s.joined(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range windows {
		touched[w.id] = s.At
		as := windowStep{s.Joining, true}
		as.PostbackID, as.VersionID, as.Endpoint, as.Aggregates = w.postback, w.version, w.endpoint, w.due.Sub(s.At)
		if as.key() == w.key {
			tx.Queue(`UPDATE aggregated_events SET event_id = $3 WHERE aggregation_id = $1 AND conversion_id = $2`, w.id, s.ConversionID, s.EventID)
			continue
		}
		tx.Queue(`UPDATE aggregated_events SET left_at = $3 WHERE aggregation_id = $1 AND conversion_id = $2`, w.id, s.ConversionID, s.At)
		if w.status != s.Status {
			continue
		}
		if err := as.join(ctx, tx, touched); err != nil {
			return err
		}
	}
	return nil
}

// joined returns the open windows that a conversion is in, locked.
func (s *windowStep) joined(ctx context.Context, tx Tx) ([]joined, error) {
	return collect(ctx, tx, fmt.Sprintf("finding the windows of conversion %s", s.ConversionID), func(row pgx.CollectableRow) (w joined, err error) {
		return w, row.Scan(&w.id, &w.postback, &w.version, &w.endpoint, &w.status, &w.key, &w.due)
	}, `
		SELECT d.id, d.postback_id, d.version_id, d.endpoint, d.status, d.aggregates, d.due_at
		FROM deliveries d JOIN aggregated_events g ON g.aggregation_id = d.id
		WHERE g.conversion_id = $1 AND g.left_at IS NULL AND d.aggregates IS NOT NULL ORDER BY d.id FOR UPDATE OF d`,
		s.ConversionID)
}

// join puts a conversion into the open window, or opens one.
func (s *windowStep) join(ctx context.Context, tx Tx, touched map[uuid.UUID]time.Time) error {
	window, err := s.window(ctx, tx)
	if err != nil {
		return err
	}
	id, err := newID(s.At)
	if err != nil {
		return err
	}
	tx.Queue(`
		INSERT INTO aggregated_events (id, affiliate_id, aggregation_id, conversion_id, event_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (aggregation_id, conversion_id) DO UPDATE SET event_id = excluded.event_id, left_at = NULL`,
		id, s.AffiliateID, window, s.ConversionID, s.EventID)
	touched[window] = s.At
	return nil
}

// window returns the window that a conversion belongs to, locked.
func (s *windowStep) window(ctx context.Context, tx Tx) (id uuid.UUID, err error) {
	var due time.Time
	_, err = collect(ctx, tx, fmt.Sprintf("finding the window of conversion %s", s.ConversionID), func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&id, &due)
	}, `SELECT id, due_at FROM deliveries WHERE aggregates = $1 FOR UPDATE`, s.key())
	if err != nil || id != uuid.Nil && due.After(s.At) {
		return id, err
	}
	if id != uuid.Nil { // it is over, but not promoted yet
		closeWindow(tx, id)
	}
	d := s.Delivery
	if d.ID, err = newID(s.At); err != nil {
		return id, err
	}
	openWindow(tx, d, s.key(), s.At.Add(s.Aggregates))
	return d.ID, nil
}

// openSQL opens a window.
const openSQL = `
INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id, transaction_id,
  goal, status, state, reason, priority, endpoint, due_at, aggregates, aggregation_id, macros, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), $9, nullif($10, ''), $11, $12, 'queued', $13, $14, $15, $16, $17, $1, '{}', $18, $18)`

// openWindow queues a window for a delivery, which others join until it is due. key
// identifies it.
func openWindow(tx Tx, d Delivery, key string, due time.Time) {
	tx.Queue(openSQL, d.ID, d.AffiliateID, d.PostbackID, d.VersionID, d.ConversionID, d.EventID, d.OfferID, d.CampaignID,
		uuid.NullUUID{UUID: d.ClickID, Valid: d.ClickID != uuid.Nil}, d.Transaction, d.Goal, d.Status,
		string(Aggregation), PriorityLive, d.Endpoint, due.UTC(), key, d.At.UTC())
}

// closeWindow queues that nothing joins a window any more, though it is not promoted yet.
func closeWindow(tx Tx, id uuid.UUID) {
	tx.Queue(`UPDATE deliveries SET aggregates = NULL WHERE id = $1 AND aggregates IS NOT NULL`, id)
}
