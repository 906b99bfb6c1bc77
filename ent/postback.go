package ent

import (
	"encoding/json"
	"fmt"
	"time"

	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/internal/ids"
)

// The specification of a postback in the database: everything that turns rows, versions and SQL
// into a firing.Postback, and back, is here.

// FiringPostback converts a row for the rules of firing.
func FiringPostback(p *db.Postback) firing.Postback {
	return firing.Postback{
		ID: ids.Postback(p.ID), AffiliateID: ids.Affiliate(p.AffiliateID), TrackerID: ids.Tracker(orZero(p.TrackerID)), Name: p.Name, Scope: p.Scope,
		OfferID: ids.Offer(orZero(p.OfferID)), CampaignID: ids.Campaign(orZero(p.CampaignID)),
		Goal: p.Goal, Further: p.FurtherGoals, Statuses: p.Statuses, SendCorrections: p.SendCorrections, Enabled: p.Enabled,
		URLTemplate: p.URLTemplate, Method: p.Method, BodyRule: p.BodyRule, Aggregates: time.Duration(orZero(p.AggregateSeconds)) * time.Second,
		Deleted: p.DeletedAt != nil, Held: p.HoldReason != nil,
	}
}

// WritePostback writes a specification into the creation or the update of a row.
func WritePostback(m *db.PostbackMutation, p firing.Postback) {
	if p.TrackerID != 0 {
		m.SetTrackerID(int64(p.TrackerID))
	} else {
		m.ClearTrackerID()
	}
	m.SetName(p.Name)
	m.SetScope(p.Scope)
	if p.Scope == firing.Offer {
		m.SetOfferID(int64(p.OfferID))
	} else {
		m.ClearOfferID()
	}
	if p.Scope == firing.Campaign {
		m.SetCampaignID(int64(p.CampaignID))
	} else {
		m.ClearCampaignID()
	}
	m.SetGoal(p.Goal)
	m.SetFurtherGoals(p.Further)
	m.SetStatuses(p.Statuses)
	m.SetSendCorrections(p.SendCorrections)
	m.SetEnabled(p.Enabled)
	m.SetURLTemplate(p.URLTemplate)
	m.SetMethod(p.Method)
	if p.BodyRule == nil {
		m.ClearBodyRule()
	} else {
		m.SetBodyRule(p.BodyRule)
	}
	if p.Aggregates > 0 {
		m.SetAggregateSeconds(int(p.Aggregates / time.Second))
	} else {
		m.ClearAggregateSeconds()
	}
}

// WriteVersion writes the fields of a row that a version keeps. Name, scope and first goal are
// not among them.
func WriteVersion(m *db.PostbackVersionMutation, p *db.Postback) {
	m.SetStatuses(p.Statuses)
	m.SetSendCorrections(p.SendCorrections)
	m.SetEnabled(p.Enabled)
	m.SetURLTemplate(p.URLTemplate)
	m.SetMethod(p.Method)
	if p.BodyRule != nil {
		m.SetBodyRule(p.BodyRule)
	}
	m.SetFurtherGoals(p.FurtherGoals)
	if p.AggregateSeconds != nil {
		m.SetAggregateSeconds(*p.AggregateSeconds)
	}
}

// Restored returns a postback with what a version has kept.
func Restored(p firing.Postback, v *db.PostbackVersion) firing.Postback {
	p.Statuses, p.SendCorrections, p.Enabled = v.Statuses, v.SendCorrections, v.Enabled
	p.URLTemplate, p.Method, p.BodyRule = v.URLTemplate, v.Method, v.BodyRule
	p.Further, p.Aggregates = v.FurtherGoals, time.Duration(orZero(v.AggregateSeconds))*time.Second
	return p
}

// PostbackColumns are the columns of a row p of postbacks that [ScanPostback] reads.
const PostbackColumns = `p.id, p.affiliate_id, coalesce(p.tracker_id, 0), p.name, p.scope, coalesce(p.offer_id, 0), coalesce(p.campaign_id, 0), p.goal, p.further_goals,
	p.statuses, p.send_corrections, p.enabled, p.url_template, p.method, p.body_rule, coalesce(p.aggregate_seconds, 0),
	p.deleted_at IS NOT NULL, p.hold_reason IS NOT NULL`

// ScanPostback scans a row that was selected by [PostbackColumns], and the columns selected
// after them.
func ScanPostback(scan func(dest ...any) error, further ...any) (p firing.Postback, err error) {
	var goals, statuses, rule []byte
	var seconds int64
	columns := []any{
		&p.ID, &p.AffiliateID, &p.TrackerID, &p.Name, &p.Scope, &p.OfferID, &p.CampaignID, &p.Goal, &goals,
		&statuses, &p.SendCorrections, &p.Enabled, &p.URLTemplate, &p.Method, &rule, &seconds,
		&p.Deleted, &p.Held,
	}
	if err := scan(append(columns, further...)...); err != nil {
		return p, err
	}
	p.Aggregates = time.Duration(seconds) * time.Second
	for _, column := range []struct {
		name string
		text []byte
		into any
	}{{"goals", goals, &p.Further}, {"statuses", statuses, &p.Statuses}, {"success rule", rule, &p.BodyRule}} {
		if column.text == nil {
			continue
		}
		if err := json.Unmarshal(column.text, column.into); err != nil {
			return p, fmt.Errorf("reading the %s of postback %d: %w", column.name, p.ID, err)
		}
	}
	return p, nil
}
