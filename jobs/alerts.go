package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/outbox"
)

// The watch reads at most so many of the latest, per postback and campaign.
const (
	watchedDeliveries = 20
	watchedClicks     = 50
	watchWindow       = time.Hour
	attributionWindow = 24 * time.Hour
)

// watch raises due alerts and resolves those that are over. Any node may run it at any
// time: an advisory lock admits one, the others skip.
func watch(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, pg.TryLockSQL, pg.LockWatch.Of()).Scan(&mine); err != nil || !mine {
			return err
		}
		now = now.UTC()
		postbacks, err := postbackVitals(ctx, tx, now)
		if err != nil {
			return err
		}
		campaigns, err := campaignVitals(ctx, tx, now)
		if err != nil {
			return err
		}
		links, err := linkVitals(ctx, tx, now)
		if err != nil {
			return err
		}
		open, err := openAlerts(ctx, tx)
		if err != nil {
			return err
		}
		return applyAlerts(ctx, tx, doctor.Watch(postbacks, campaigns, links, open), now)
	})
}

// postbackVitals reads the last deliveries of each postback. One that failed does not count once
// its replay was delivered; while the replay waits it does, so that nothing recovers by it.
func postbackVitals(ctx context.Context, tx pgx.Tx, now time.Time) ([]doctor.PostbackVitals, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.affiliate_id, p.hold_reason IS NOT NULL, coalesce(l.delivered, 0), coalesce(l.failing, 0), coalesce(l.waiting, 0),
		  coalesce(l.reason, ''), coalesce(l.detail, '')
		FROM postbacks p LEFT JOIN LATERAL (
		  SELECT count(*) FILTER (WHERE d.state = 'delivered') AS delivered,
		    count(*) FILTER (WHERE d.state IN `+outbox.FailingSQL+`) AS failing,
		    count(*) FILTER (WHERE d.state = 'held' AND d.reason = $3) AS waiting,
		    (array_agg(d.reason ORDER BY d.updated_at DESC) FILTER (WHERE d.state IN `+outbox.FailingSQL+`))[1] AS reason,
		    (array_agg(d.detail ORDER BY d.updated_at DESC) FILTER (WHERE d.state IN `+outbox.FailingSQL+`))[1] AS detail
		  FROM (SELECT state, reason, detail, updated_at FROM deliveries f
		    WHERE postback_id = p.id AND id >= uuid_floor($1) AND NOT test AND state <> 'queued'
		      AND NOT (state = 'failed' AND superseded_by IS NOT NULL AND EXISTS (SELECT FROM deliveries r WHERE r.id = f.superseded_by AND r.state = 'delivered'))
		    ORDER BY id DESC LIMIT $2) d
		) l ON true
		WHERE p.deleted_at IS NULL AND p.enabled`, now.Add(-watchWindow), watchedDeliveries, string(outbox.CircuitOpen))
	if err != nil {
		return nil, fmt.Errorf("watching postbacks: %w", err)
	}
	vitals, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (doctor.PostbackVitals, error) {
		var v doctor.PostbackVitals
		var reason, detail string
		err := row.Scan(&v.ID, &v.AffiliateID, &v.Held, &v.Delivered, &v.Failing, &v.Waiting, &reason, &detail)
		v.LastReason = outbox.Reason(reason).Sentence(detail)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("watching postbacks: %w", err)
	}
	return vitals, nil
}

func campaignVitals(ctx context.Context, tx pgx.Tx, now time.Time) ([]doctor.CampaignVitals, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.id, c.affiliate_id, c.name, l.clicks, l.without, EXISTS (
		  SELECT FROM postbacks p WHERE p.affiliate_id = c.affiliate_id AND p.enabled AND p.deleted_at IS NULL
		    AND `+firing.ReachesSQL+` AND `+firing.HasSQL+`)
		FROM campaigns c JOIN LATERAL (
		  SELECT count(*) AS clicks, count(*) FILTER (WHERE k.param_1 = '') AS without
		  FROM (SELECT param_1 FROM clicks WHERE campaign_id = c.id AND id >= uuid_floor($1) AND NOT test ORDER BY id DESC LIMIT $2) k
		) l ON true
		WHERE c.state = 'active'`, now.Add(-attributionWindow), watchedClicks)
	if err != nil {
		return nil, fmt.Errorf("watching campaigns: %w", err)
	}
	vitals, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (doctor.CampaignVitals, error) {
		var v doctor.CampaignVitals
		return v, row.Scan(&v.ID, &v.AffiliateID, &v.Name, &v.Clicks, &v.WithoutID, &v.Covered)
	})
	if err != nil {
		return nil, fmt.Errorf("watching campaigns: %w", err)
	}
	return vitals, nil
}

// linkVitals reads the default links of active offers.
func linkVitals(ctx context.Context, tx pgx.Tx, now time.Time) ([]doctor.LinkVitals, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.id, t.affiliate_id, o.name, l.clicks, l.without
		FROM tracking_links t JOIN offers o ON o.id = t.offer_id JOIN LATERAL (
		  SELECT count(*) AS clicks, count(*) FILTER (WHERE k.param_1 = '') AS without
		  FROM (SELECT param_1 FROM clicks WHERE link_id = t.id AND campaign_id IS NULL AND id >= uuid_floor($1) AND NOT test ORDER BY id DESC LIMIT $2) k
		) l ON true
		WHERE t.campaign_id IS NULL AND o.state = 'active'`, now.Add(-attributionWindow), watchedClicks)
	if err != nil {
		return nil, fmt.Errorf("watching default links: %w", err)
	}
	vitals, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (doctor.LinkVitals, error) {
		var v doctor.LinkVitals
		return v, row.Scan(&v.ID, &v.AffiliateID, &v.Offer, &v.Clicks, &v.WithoutID)
	})
	if err != nil {
		return nil, fmt.Errorf("watching default links: %w", err)
	}
	return vitals, nil
}

func openAlerts(ctx context.Context, tx pgx.Tx) ([]doctor.OpenAlert, error) {
	rows, err := tx.Query(ctx, `SELECT kind, coalesce(postback_id, 0), coalesce(campaign_id, 0), coalesce(link_id, 0) FROM alerts WHERE resolved_at IS NULL`)
	if err != nil {
		return nil, fmt.Errorf("reading open alerts: %w", err)
	}
	open, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (doctor.OpenAlert, error) {
		var a doctor.OpenAlert
		return a, row.Scan(&a.Kind, &a.PostbackID, &a.CampaignID, &a.LinkID)
	})
	if err != nil {
		return nil, fmt.Errorf("reading open alerts: %w", err)
	}
	return open, nil
}

// applyAlerts stores the changes and notifies subscribers.
func applyAlerts(ctx context.Context, tx pgx.Tx, changes []doctor.Change, now time.Time) error {
	var changed []uuid.UUID
	for _, c := range changes {
		id, err := uuid.NewV7AtTime(now)
		if err != nil {
			return fmt.Errorf("making an id: %w", err)
		}
		if c.Raise {
			_, err = tx.Exec(ctx, `
				INSERT INTO alerts (id, affiliate_id, kind, postback_id, campaign_id, link_id, message, raised_at, resolved_at)
				VALUES ($1, $2, $3, nullif($4::bigint, 0), nullif($5::bigint, 0), nullif($6::bigint, 0), $7, $8, CASE WHEN $9 THEN $8::timestamptz END)`,
				id, c.AffiliateID, string(c.Kind), c.PostbackID, c.CampaignID, c.LinkID, c.Message, now, c.Kind == doctor.AlertRecovered)
		} else {
			err = tx.QueryRow(ctx, `
				UPDATE alerts SET resolved_at = $5 WHERE kind = $1 AND coalesce(postback_id, 0) = $2 AND coalesce(campaign_id, 0) = $3
				  AND coalesce(link_id, 0) = $4 AND resolved_at IS NULL
				RETURNING id`, string(c.Kind), c.PostbackID, c.CampaignID, c.LinkID, now).Scan(&id)
		}
		if err != nil {
			return fmt.Errorf("changing the alert %s: %w", c.Kind, err)
		}
		changed = append(changed, id)
	}
	for _, payload := range live.Payloads(changed) {
		if _, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, string(live.Alerts), payload); err != nil {
			return fmt.Errorf("announcing alerts: %w", err)
		}
	}
	return nil
}
