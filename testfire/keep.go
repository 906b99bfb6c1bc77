package testfire

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/outbox"
)

// keep records a test as a delivery that has ended, and its order.
func (t *Tester) keep(ctx context.Context, o *order, s shot, r *Result) error {
	return pg.WithPipeline(ctx, t.DB, func(ctx context.Context, tx *pg.Pipeline) error {
		if err := outbox.RecordEnded(tx, t.ended(o, s, r)); err != nil {
			return err
		}
		return keepAsked(ctx, tx, o, s, r)
	})
}

// ended converts a test to the outbox's record.
func (t *Tester) ended(o *order, s shot, r *Result) outbox.Ended {
	status := commission.Status(s.values.Get(macro.Status))
	if !slices.Contains(commission.Statuses(), status) {
		status = commission.Approved
	}
	carrier, _ := firing.ClickMacro(o.template)
	ended := outbox.Ended{
		ID: r.ID, AffiliateID: o.affiliateID, Transaction: s.values.Get(macro.TransactionID), Goal: o.goal.Key, Status: string(status),
		Endpoint: o.template.Endpoint(), Exchange: r.Exchange, Outcome: r.Outcome, At: t.Now(),
		EmptyMacros: r.EmptyMacros, Warning: outbox.WarningOf(r.EmptyMacros, carrier, s.values),
	}
	if p := o.postback; p != nil {
		ended.PostbackID, ended.VersionID = ids.Postback(p.ID), o.versionID
		if p.CampaignID != nil {
			ended.CampaignID = ids.Campaign(*p.CampaignID)
		}
		if p.OfferID != nil {
			ended.OfferID = ids.Offer(*p.OfferID)
		}
	}
	return ended
}

func keepAsked(ctx context.Context, tx *pg.Pipeline, o *order, s shot, r *Result) error {
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
	return idempotency.From(ctx).Done(tx, idempotency.Done{IDs: []string{globalid.UUID("PostbackTest", r.ID)}})
}
