package trial

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gofrs/uuid/v5"

	"postrider/commission"
	"postrider/dispatch"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/macro"
)

// keep writes a test down as a delivery that has ended, its attempt, and what was
// asked for, and tells whoever watches.
func (t *Trial) keep(ctx context.Context, o *order, s shot, r *Result) error {
	attempt, err := uuid.NewV7AtTime(t.Now())
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	return pg.WithTx(ctx, t.DB, func(ctx context.Context, tx *sql.Tx) error {
		if err := t.keepDelivery(ctx, tx, o, s, r); err != nil {
			return err
		}
		if err := t.keepAttempt(ctx, tx, attempt, o, r); err != nil {
			return err
		}
		if err := keepAsked(ctx, tx, o, s, r); err != nil {
			return err
		}
		return live.Notify(ctx, tx, live.Deliveries, r.ID)
	})
}

func (t *Trial) keepDelivery(ctx context.Context, tx *sql.Tx, o *order, s shot, r *Result) error {
	var postbackID, versionID, campaignID, offerID sql.NullInt64
	if p := o.postback; p != nil {
		postbackID, versionID = sql.NullInt64{Int64: p.ID, Valid: true}, sql.NullInt64{Int64: o.versionID, Valid: true}
		if p.CampaignID != nil {
			campaignID = sql.NullInt64{Int64: *p.CampaignID, Valid: true}
		}
		if p.OfferID != nil {
			offerID = sql.NullInt64{Int64: *p.OfferID, Valid: true}
		}
	}
	status := commission.Status(s.values.Get(macro.Status))
	if !slices.Contains(commission.Statuses(), status) {
		status = commission.Approved
	}
	now := t.Now().UTC()
	delivered := sql.NullTime{Time: now, Valid: r.Outcome.State == dispatch.Delivered}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, offer_id, campaign_id, transaction_id, goal, status, state, priority, endpoint,
		  attempt, first_attempt_at, url, status_code, duration_ms, reason, detail, test, created_at, updated_at, delivered_at)
		VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9, $10, $11, $12, 1, $13, nullif($14, ''), nullif($15, 0), $16, nullif($17, ''), $18, true, $13, $19, $20)`,
		r.ID, o.affiliateID, postbackID, versionID, offerID, campaignID, s.values.Get(macro.TransactionID), o.goal.Key, string(status), string(r.Outcome.State),
		dispatch.PriorityLive, o.template.Endpoint(), r.Exchange.StartedAt.UTC(), r.Exchange.URL, r.Exchange.StatusCode,
		milliseconds(r.Exchange), string(r.Outcome.Reason), r.Outcome.Detail, now, delivered)
	if err != nil {
		return fmt.Errorf("keeping a test as a delivery: %w", err)
	}
	return nil
}

func (t *Trial) keepAttempt(ctx context.Context, tx *sql.Tx, id uuid.UUID, o *order, r *Result) error {
	e := r.Exchange
	sent, err1 := json.Marshal(dispatch.Headers(e.RequestHeaders))
	got, err2 := json.Marshal(dispatch.Headers(e.ResponseHeaders))
	timings, err3 := json.Marshal(e.Timings)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return fmt.Errorf("writing a test's attempt down: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO attempts (id, affiliate_id, delivery_id, number, started_at, method, url, status_code, duration_ms, error, detail,
		  request_headers, request_body, response_headers, response_body, response_truncated, timings)
		VALUES ($1, $2, $3, 1, $4, $5, $6, nullif($7, 0), $8, nullif($9, ''), $10, $11, nullif($12, ''), $13, nullif($14, ''), $15, $16)`,
		id, o.affiliateID, r.ID, e.StartedAt.UTC(), string(e.Method), e.URL, e.StatusCode, milliseconds(e), string(r.Outcome.AttemptReason),
		r.Outcome.AttemptDetail, string(sent), e.RequestBody, string(got), e.ResponseBody, e.ResponseTruncated, string(timings))
	if err != nil {
		return fmt.Errorf("keeping a test's attempt: %w", err)
	}
	return nil
}

func keepAsked(ctx context.Context, tx *sql.Tx, o *order, s shot, r *Result) error {
	said := map[string]string{}
	for _, name := range o.template.Macros() {
		said[string(name)] = s.values.Get(name)
	}
	macros, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("writing a test's values down: %w", err)
	}
	var postbackID sql.NullInt64
	if o.postback != nil {
		postbackID = sql.NullInt64{Int64: o.postback.ID, Valid: true}
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO postback_tests (id, affiliate_id, postback_id, user_id, url_template, method, macros, scenario, run_id)
		VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7, nullif($8, ''), $9)`,
		r.ID, o.affiliateID, postbackID, o.userID, o.template.String(), string(o.method), string(macros), s.scenario, s.run)
	if err != nil {
		return fmt.Errorf("keeping a test: %w", err)
	}
	return nil
}

func milliseconds(e dispatch.Exchange) float64 { return float64(e.Duration.Microseconds()) / 1000 }
