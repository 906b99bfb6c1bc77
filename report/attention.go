package report

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/doctor"
	"postrider/internal/viewer"
	"postrider/outbox"
)

// Attention lists what a viewer has to do something about.
type Attention struct {
	DB        viewer.Scoped
	Gaps      *Gaps
	Crossings *Crossings
	Now       func() time.Time
}

// AttentionList is the viewer's attention list, and the deliveries of the last 24 hours.
type AttentionList struct {
	Items     []*AttentionItem // without those that were ignored
	Ignored   []*AttentionItem
	Delivered int
	Failed    int // without those that a replay stands for
	Waiting   int
	Postbacks int // that are enabled
}

// AttentionItem is one cause of trouble. It is about one postback, goal, campaign or default link, or
// about trackers that meet.
type AttentionItem struct {
	Alert      *uuid.UUID // the open alert that says so; nil where none does
	PostbackID *int64
	Goal       *string
	Crossing   *Crossing
	LinkID     *int64
	Campaigns  []int64 // those that lack the goal, most conversions first, or the one that an alert is about
	Severity   doctor.Severity
	Message    string
	Since      *time.Time // when it was noticed, or failed last; nil for a missing postback
	IgnoredAt  *time.Time

	kind   doctor.AlertKind // of the alert
	failed int
}

// OfViewer returns what the viewer has to do something about, each cause once: where an alert is
// open for a postback or a campaign, the failures and missing postbacks that it is about are no
// further items, even if the alert was dismissed.
func (a *Attention) OfViewer(ctx context.Context) (*AttentionList, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	alerts, err := a.alerts(ctx, scope)
	if err != nil {
		return nil, err
	}
	list := &AttentionList{}
	failing, err := a.failing(ctx, scope, list)
	if err != nil {
		return nil, err
	}
	missing, err := a.missing(ctx, alerts)
	if err != nil {
		return nil, err
	}
	crossed, err := a.crossed(ctx)
	if err != nil {
		return nil, err
	}
	for _, item := range slices.Concat(crossed, alerts, besides(alerts, failing), missing) {
		if item.IgnoredAt == nil {
			list.Items = append(list.Items, item)
		} else {
			list.Ignored = append(list.Ignored, item)
		}
	}
	slices.SortStableFunc(list.Items, func(x, y *AttentionItem) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.failed, x.failed))
	})
	return list, nil
}

// rank puts errors before warnings.
func rank(i *AttentionItem) int { return slices.Index(doctor.Severities(), i.Severity) }

// besides leaves out the postbacks that an alert is about.
func besides(alerts, failing []*AttentionItem) []*AttentionItem {
	return slices.DeleteFunc(failing, func(f *AttentionItem) bool {
		return slices.ContainsFunc(alerts, func(alert *AttentionItem) bool {
			return alert.PostbackID != nil && *alert.PostbackID == *f.PostbackID
		})
	})
}

// alerts reads the open alerts, one for each subject: a postback whose address is gone also fails.
func (a *Attention) alerts(ctx context.Context, scope viewer.RowScope) ([]*AttentionItem, error) {
	var found []*AttentionItem
	err := a.DB.Each(ctx, scope, "reading open alerts", func(rows *sql.Rows) error {
		var id uuid.UUID
		var campaign *int64
		item := &AttentionItem{}
		if err := rows.Scan(&id, &item.kind, &item.PostbackID, &campaign, &item.LinkID, &item.Message, &item.Since, &item.IgnoredAt); err != nil {
			return err
		}
		item.Alert, item.Severity = &id, item.kind.Severity()
		if campaign != nil {
			item.Campaigns = []int64{*campaign}
		}
		found = append(found, item)
		return nil
	}, `
		SELECT DISTINCT ON (affiliate_id, postback_id, CASE WHEN postback_id IS NULL THEN id END) id, kind, postback_id, campaign_id, link_id, message, raised_at, dismissed_at
		FROM alerts WHERE resolved_at IS NULL AND {sees affiliate_id}
		ORDER BY affiliate_id, postback_id, CASE WHEN postback_id IS NULL THEN id END, array_position(ARRAY['postback_gone', 'postback_held', 'postback_failing'], kind), id`)
	return found, err
}

// failing reads the postbacks that are held or have failures that nothing stands for, and counts
// all deliveries.
func (a *Attention) failing(ctx context.Context, scope viewer.RowScope, all *AttentionList) ([]*AttentionItem, error) {
	var found []*AttentionItem
	err := a.DB.Each(ctx, scope, "reading which postbacks fail", func(rows *sql.Rows) error {
		var id int64
		var hold *string
		var reason, detail sql.NullString
		var delivered, failed, waiting int
		var last, ignored *time.Time
		if err := rows.Scan(&id, &hold, &delivered, &failed, &waiting, &last, &reason, &detail, &ignored); err != nil {
			return err
		}
		all.Postbacks++
		all.Delivered += delivered
		all.Failed += failed
		all.Waiting += waiting
		if hold == nil && failed == 0 {
			return nil
		}
		item := &AttentionItem{PostbackID: &id, Severity: doctor.Warning, Since: last, failed: failed}
		if hold != nil {
			item.Severity, item.Message = doctor.Error, outbox.Reason(*hold).Sentence("")+" Postbacks wait until you change it; none are lost."
		} else {
			item.Message = failures(failed) + " " + outbox.Reason(reason.String).Sentence(detail.String)
		}
		if ignored != nil && (last == nil || !last.After(*ignored)) {
			item.IgnoredAt = ignored
		}
		found = append(found, item)
		return nil
	}, `
		SELECT p.id, p.hold_reason,
		  count(d.id) FILTER (WHERE d.state = 'delivered'),
		  count(d.id) FILTER (WHERE `+outbox.FailedSQL+`),
		  count(d.id) FILTER (WHERE d.state IN `+outbox.UnfinishedSQL+`),
		  max(d.updated_at) FILTER (WHERE `+outbox.FailedSQL+`),
		  (array_agg(d.reason ORDER BY d.updated_at DESC) FILTER (WHERE `+outbox.FailedSQL+`))[1],
		  (array_agg(d.detail ORDER BY d.updated_at DESC) FILTER (WHERE `+outbox.FailedSQL+`))[1],
		  (SELECT i.ignored_at FROM ignored_attention i WHERE i.affiliate_id = p.affiliate_id AND i.postback_id = p.id)
		FROM postbacks p
		LEFT JOIN deliveries d ON d.postback_id = p.id AND d.id >= uuid_floor($1) AND NOT d.test
		WHERE p.deleted_at IS NULL AND p.enabled AND {sees p.affiliate_id}
		GROUP BY p.id ORDER BY p.id`, a.Now().Add(-healthWindow))
	return found, err
}

// missing lists the goals without a postback, each once with the campaigns that lack it, those that
// most campaigns lack first. A campaign whose alert says that it has no postback at all lacks no
// single goal.
func (a *Attention) missing(ctx context.Context, alerts []*AttentionItem) ([]*AttentionItem, error) {
	gaps, err := a.Gaps.withIgnored(ctx)
	if err != nil {
		return nil, err
	}
	bare := map[int64]bool{}
	for _, alert := range alerts {
		if alert.kind == doctor.AlertUncovered {
			bare[alert.Campaigns[0]] = true
		}
	}
	var found []*AttentionItem
	byGoal := map[string]*AttentionItem{}
	for _, gap := range gaps {
		if bare[gap.CampaignID] {
			continue
		}
		item := byGoal[gap.Goal]
		if item == nil {
			item = &AttentionItem{
				Goal: &gap.Goal, Severity: doctor.Warning, Message: "Its conversions are not sent to your tracker.", IgnoredAt: gap.ignoredAt,
			}
			byGoal[gap.Goal] = item
			found = append(found, item)
		}
		item.Campaigns = append(item.Campaigns, gap.CampaignID)
	}
	slices.SortStableFunc(found, func(x, y *AttentionItem) int { return cmp.Compare(len(y.Campaigns), len(x.Campaigns)) })
	return found, nil
}

// crossed lists the trackers that are called with each other's click ids.
func (a *Attention) crossed(ctx context.Context) ([]*AttentionItem, error) {
	found, err := a.Crossings.OfViewer(ctx)
	items := make([]*AttentionItem, len(found))
	for i, c := range found {
		items[i] = &AttentionItem{Crossing: c, Severity: doctor.Error, Message: c.Message}
		for _, campaign := range c.Campaigns {
			items[i].Campaigns = append(items[i].Campaigns, campaign.CampaignID)
		}
	}
	return items, err
}

func failures(n int) string {
	if n == 1 {
		return "1 delivery failed."
	}
	return fmt.Sprintf("%d deliveries failed.", n)
}
