package filter

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/gofrs/uuid/v5"

	"postrider/domain/firing"
	"postrider/ent/db/auditentry"
	"postrider/ent/db/campaign"
	"postrider/ent/db/click"
	"postrider/ent/db/conversion"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postback"
	"postrider/ent/db/predicate"
	"postrider/ent/db/receivedpostback"
	"postrider/ent/db/tracker"
	"postrider/outbox"
)

// Predicates returns the filter's predicates.
func (f *Campaign) Predicates() ([]predicate.Campaign, error) {
	if f == nil {
		return Archived[predicate.Campaign](new(false)), nil
	}
	var bad faults
	ps := Archived[predicate.Campaign](f.Archived)
	if f.Search != nil && *f.Search != "" {
		ps = append(ps, campaign.NameContainsFold(*f.Search))
	}
	if len(f.States) > 0 {
		ps = append(ps, campaign.StateIn(f.States...))
	}
	if f.OfferIDs != nil {
		ps = append(ps, campaign.OfferIDIn(bad.keys(kindOffer, "offerIds", f.OfferIDs)...))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, campaign.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	return ps, bad.err()
}

// Predicates returns the filter's predicates.
func (f *Click) Predicates() ([]predicate.Click, error) {
	if f == nil {
		return nil, nil
	}
	var bad faults
	ps := between[predicate.Click](f.From, f.To)
	bad.period(f.From, f.To)
	if f.CampaignIDs != nil {
		ps = append(ps, click.CampaignIDIn(bad.keys(kindCampaign, "campaignIds", f.CampaignIDs)...))
	}
	if f.OfferIDs != nil {
		ps = append(ps, click.OfferIDIn(bad.keys(kindOffer, "offerIds", f.OfferIDs)...))
	}
	if f.TrackerIDs != nil {
		ps = append(ps, throughTrackers(bad.keys(kindTracker, "trackerIds", f.TrackerIDs)))
	}
	if len(f.Countries) > 0 {
		ps = append(ps, click.CountryIn(f.Countries...))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, click.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if f.HasParam != nil && *f.HasParam {
		ps = append(ps, click.Param1NEQ(""))
	} else if f.HasParam != nil {
		ps = append(ps, click.Param1(""))
	}
	if text := searched(f.Search); text != "" {
		either := []predicate.Click{click.Param1(text), click.Param2(text), click.Param3(text)}
		if id, ok := factKey(text); ok {
			either = append(either, click.ID(id))
		}
		ps = append(ps, click.Or(either...))
	}
	return ps, bad.err()
}

// Predicates returns the filter's predicates.
func (f *Conversion) Predicates() ([]predicate.Conversion, error) {
	if f == nil {
		return nil, nil
	}
	var bad faults
	ps := between[predicate.Conversion](f.From, f.To)
	bad.period(f.From, f.To)
	if f.CampaignIDs != nil {
		ps = append(ps, conversion.CampaignIDIn(bad.keys(kindCampaign, "campaignIds", f.CampaignIDs)...))
	}
	if f.OfferIDs != nil {
		ps = append(ps, conversion.OfferIDIn(bad.keys(kindOffer, "offerIds", f.OfferIDs)...))
	}
	if f.TrackerIDs != nil {
		ps = append(ps, throughTrackers(bad.keys(kindTracker, "trackerIds", f.TrackerIDs)))
	}
	if len(f.Goals) > 0 {
		ps = append(ps, conversion.GoalIn(f.Goals...))
	}
	if len(f.Statuses) > 0 {
		ps = append(ps, conversion.StatusIn(f.Statuses...))
	}
	if f.Unattributed != nil && *f.Unattributed {
		ps = append(ps, conversion.AffiliateIDIsNil())
	} else if f.Unattributed != nil {
		ps = append(ps, conversion.AffiliateIDNotNil())
	}
	if f.IntegrationIDs != nil {
		ps = append(ps, conversion.IntegrationIDIn(bad.keys(kindIntegration, "integrationIds", f.IntegrationIDs)...))
	}
	if f.PlayerIDs != nil {
		ps = append(ps, conversion.PlayerIDIn(bad.facts("playerIds", f.PlayerIDs)...))
	}
	ps = append(ps, f.clocks(&bad)...)
	ps = append(ps, f.amounts(&bad)...)
	if f.AffiliateIDs != nil {
		ps = append(ps, conversion.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if text := searched(f.Search); text != "" {
		either := []predicate.Conversion{conversion.TransactionID(text)}
		if id, ok := factKey(text); ok {
			either = append(either, conversion.ID(id), conversion.ClickID(id), conversion.PlayerID(id))
		}
		if clicks := f.params.predicate(text, conversion.FieldClickID); clicks != nil {
			either = append(either, clicks)
		}
		ps = append(ps, conversion.Or(either...))
	}
	return ps, bad.err()
}

// clocks restricts conversions by the clocks that are not their keys'.
func (f *Conversion) clocks(bad *faults) []predicate.Conversion {
	bad.between("occurredFrom", f.OccurredFrom, "occurredTo", f.OccurredTo)
	bad.between("updatedFrom", f.UpdatedFrom, "updatedTo", f.UpdatedTo)
	var ps []predicate.Conversion
	for _, bound := range []struct {
		at   *time.Time
		than func(time.Time) predicate.Conversion
	}{
		{f.OccurredFrom, conversion.OccurredAtGTE}, {f.OccurredTo, conversion.OccurredAtLT},
		{f.UpdatedFrom, conversion.UpdatedAtGTE}, {f.UpdatedTo, conversion.UpdatedAtLT},
	} {
		if bound.at != nil {
			ps = append(ps, bound.than(*bound.at))
		}
	}
	return ps
}

// amounts restricts conversions by their amount.
func (f *Conversion) amounts(bad *faults) []predicate.Conversion {
	if f.Amount == nil {
		return nil
	}
	currency, low, high := bad.amounts("amount", *f.Amount)
	ps := []predicate.Conversion{conversion.Currency(currency), conversion.AmountNotNil()}
	if low.Valid {
		ps = append(ps, conversion.AmountGTE(low.Decimal))
	}
	if high.Valid {
		ps = append(ps, conversion.AmountLTE(high.Decimal))
	}
	return ps
}

// Predicates returns the filter's predicates.
func (f *Audit) Predicates() ([]predicate.AuditEntry, error) {
	if f == nil {
		return nil, nil
	}
	var bad faults
	var ps []predicate.AuditEntry
	if len(f.Entities) > 0 {
		ps = append(ps, auditentry.EntityIn(f.Entities...))
	}
	if len(f.Actions) > 0 {
		ps = append(ps, auditentry.ActionIn(f.Actions...))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, auditentry.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if f.UserIDs != nil {
		ps = append(ps, auditentry.UserIDIn(bad.keys(kindUser, "userIds", f.UserIDs)...))
	}
	bad.period(f.From, f.To)
	if f.From != nil {
		ps = append(ps, auditentry.AtGTE(*f.From))
	}
	if f.To != nil {
		ps = append(ps, auditentry.AtLT(*f.To))
	}
	return ps, bad.err()
}

// Predicates returns the filter's predicates.
func (f *Postback) Predicates() ([]predicate.Postback, error) {
	if f == nil {
		return nil, nil
	}
	var bad faults
	var ps []predicate.Postback
	if len(f.Scopes) > 0 {
		ps = append(ps, postback.ScopeIn(f.Scopes...))
	}
	if len(f.Goals) > 0 {
		ps = append(ps, postback.GoalIn(f.Goals...))
	}
	if f.CampaignIDs != nil {
		ps = append(ps, postback.CampaignIDIn(bad.keys(kindCampaign, "campaignIds", f.CampaignIDs)...))
	}
	if f.OfferIDs != nil {
		ps = append(ps, postback.OfferIDIn(bad.keys(kindOffer, "offerIds", f.OfferIDs)...))
	}
	if f.TrackerIDs != nil {
		ps = append(ps, postback.TrackerIDIn(bad.keys(kindTracker, "trackerIds", f.TrackerIDs)...))
	}
	if f.Enabled != nil {
		ps = append(ps, postback.Enabled(*f.Enabled))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, postback.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if text := searched(f.Search); text != "" {
		ps = append(ps, postback.Or(postback.NameContainsFold(text), postback.URLTemplateContainsFold(text)))
	}
	return ps, bad.err()
}

// Predicates returns the filter's predicates.
func (f *Tracker) Predicates() ([]predicate.Tracker, error) {
	if f == nil {
		return []predicate.Tracker{tracker.ArchivedAtIsNil()}, nil
	}
	var bad faults
	var ps []predicate.Tracker
	switch {
	case f.Archived == nil:
	case *f.Archived:
		ps = append(ps, tracker.ArchivedAtNotNil())
	default:
		ps = append(ps, tracker.ArchivedAtIsNil())
	}
	if f.CampaignIDs != nil {
		ps = append(ps, haveOne(bad.keys(kindCampaign, "campaignIds", f.CampaignIDs)))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, tracker.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if text := searched(f.Search); text != "" {
		ps = append(ps, tracker.Or(tracker.NameContainsFold(text), tracker.URLTemplateContainsFold(text)))
	}
	return ps, bad.err()
}

// Predicates returns the filter's predicates. Matches does the same for a delivery in memory.
// Tests are left out unless the filter includes them.
func (f *Delivery) Predicates() ([]predicate.Delivery, error) {
	if f == nil {
		return []predicate.Delivery{delivery.Test(false)}, nil
	}
	var bad faults
	ps := between[predicate.Delivery](f.From, f.To)
	bad.period(f.From, f.To)
	if len(f.States) > 0 {
		ps = append(ps, delivery.StateIn(f.States...))
	}
	if len(f.Goals) > 0 {
		ps = append(ps, delivery.GoalIn(f.Goals...))
	}
	if f.CampaignIDs != nil {
		ps = append(ps, delivery.CampaignIDIn(bad.keys(kindCampaign, "campaignIds", f.CampaignIDs)...))
	}
	if f.PostbackIDs != nil {
		ps = append(ps, delivery.PostbackIDIn(bad.keys(kindPostback, "postbackIds", f.PostbackIDs)...))
	}
	if f.TrackerIDs != nil {
		bad.keys(kindTracker, "trackerIds", f.TrackerIDs)
		ps = append(ps, delivery.PostbackIDIn(f.ofTrackers...))
	}
	if f.StatusCodeFrom != nil {
		ps = append(ps, delivery.StatusCodeGTE(*f.StatusCodeFrom))
	}
	if f.StatusCodeTo != nil {
		ps = append(ps, delivery.StatusCodeLTE(*f.StatusCodeTo))
	}
	bad.codes(f.StatusCodeFrom, f.StatusCodeTo)
	ps = append(ps, f.superseded()...)
	ps = append(ps, delivery.Test(f.Test != nil && *f.Test))
	if f.Warning != nil && *f.Warning {
		ps = append(ps, delivery.WarningNotNil())
	} else if f.Warning != nil {
		ps = append(ps, delivery.WarningIsNil())
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, delivery.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if text := searched(f.Search); text != "" {
		either := []predicate.Delivery{delivery.TransactionID(text)}
		if id, ok := factKey(text); ok {
			either = append(either, delivery.ID(id), delivery.ConversionID(id), delivery.ClickID(id))
		} else {
			either = append(either, f.endpoint(text))
		}
		if clicks := f.params.predicate(text, delivery.FieldClickID); clicks != nil {
			either = append(either, clicks)
		}
		ps = append(ps, delivery.Or(either...))
	}
	return ps, bad.err()
}

// superseded restricts to failed and cancelled deliveries that a replay stands for, or leaves
// these out. What failed and stands for itself has an index.
func (f *Delivery) superseded() []predicate.Delivery {
	over := delivery.And(delivery.StateIn(outbox.Failed, outbox.Cancelled), delivery.SupersededByNotNil())
	switch {
	case f.Superseded == nil:
		return nil
	case *f.Superseded:
		return []predicate.Delivery{over}
	case slices.Equal(f.States, []outbox.State{outbox.Failed}) && (f.Test == nil || !*f.Test):
		return []predicate.Delivery{delivery.Unresolved(true)}
	default:
		return []predicate.Delivery{delivery.Or(delivery.StateNotIn(outbox.Failed, outbox.Cancelled), delivery.SupersededByIsNil())}
	}
}

// Predicates returns the filter's predicates.
func (f *ReceivedPostback) Predicates() ([]predicate.ReceivedPostback, error) {
	if f == nil {
		return nil, nil
	}
	var bad faults
	ps := between[predicate.ReceivedPostback](f.From, f.To)
	bad.period(f.From, f.To)
	if f.IntegrationIDs != nil {
		ps = append(ps, receivedpostback.IntegrationIDIn(bad.keys(kindIntegration, "integrationIds", f.IntegrationIDs)...))
	}
	if len(f.Results) > 0 {
		ps = append(ps, receivedpostback.ResultIn(f.Results...))
	}
	if len(f.Causes) > 0 {
		ps = append(ps, receivedpostback.CauseIn(f.Causes...))
	}
	if f.AffiliateIDs != nil {
		ps = append(ps, receivedpostback.AffiliateIDIn(bad.keys(kindAffiliate, "affiliateIds", f.AffiliateIDs)...))
	}
	if text := searched(f.Search); text != "" {
		either := []predicate.ReceivedPostback{receivedpostback.QueryContains(text), receivedpostback.BodyContains(text), receivedpostback.ReasonContainsFold(text), noteContains(text)}
		if pattern := spellings(text); pattern != "" {
			either = append(either, matches(receivedpostback.FieldQuery, pattern), matches(receivedpostback.FieldBody, pattern))
		}
		if id, ok := factKey(text); ok {
			either = append(either, receivedpostback.ConversionID(id))
		}
		ps = append(ps, receivedpostback.Or(either...))
	}
	return ps, bad.err()
}

// noteContains matches calls with a note that has a text in it, in whatever case.
func noteContains(text string) predicate.ReceivedPostback {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("EXISTS (SELECT FROM unnest(" + s.C(receivedpostback.FieldNotes) + ") AS n(note) WHERE strpos(lower(note), lower(").
				Arg(text).WriteString(")) > 0)")
		}))
	}
}

// throughTrackers matches clicks and conversions of campaigns that trackers have, or of default links
// where they have these.
func throughTrackers(trackers []int64) func(*sql.Selector) {
	args := make([]any, len(trackers))
	for i, id := range trackers {
		args[i] = id
	}
	return func(s *sql.Selector) {
		if len(args) == 0 {
			s.Where(sql.False())
			return
		}
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("(" + s.C("campaign_id") + " IN (SELECT c.id FROM (SELECT id AS tracker_id, affiliate_id FROM trackers WHERE archived_at IS NULL AND id IN (").Args(args...).
				WriteString(")) p JOIN campaigns c ON c.affiliate_id = p.affiliate_id WHERE " + firing.HasSQL + ") OR " + s.C("campaign_id") + " IS NULL AND " + s.C("affiliate_id") +
					" IN (SELECT affiliate_id FROM trackers WHERE default_links AND archived_at IS NULL AND id IN (").Args(args...).WriteString(")))")
		}))
	}
}

// haveOne matches trackers that have one of these campaigns.
func haveOne(campaigns []int64) predicate.Tracker {
	args := make([]any, len(campaigns))
	for i, id := range campaigns {
		args[i] = id
	}
	return func(s *sql.Selector) {
		if len(args) == 0 {
			s.Where(sql.False())
			return
		}
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("EXISTS (SELECT FROM campaigns c, (SELECT " + s.C(tracker.FieldID) + " AS tracker_id) p WHERE " + s.C(tracker.FieldAffiliateID) + " = c.affiliate_id AND c.id IN (").
				Args(args...).WriteString(") AND " + firing.HasSQL + ")")
		}))
	}
}

func searched(text *string) string {
	if text == nil {
		return ""
	}
	return strings.TrimSpace(*text)
}

// between restricts facts to a period by their keys, which sort by time: it uses the same index as
// the order of the list, and only the monthly partitions it needs.
func between[P ~func(*sql.Selector)](from, to *time.Time) []P {
	var ps []P
	bound := func(at *time.Time, than func(string, any) *sql.Predicate) {
		if at != nil {
			floor := floor(*at)
			ps = append(ps, func(s *sql.Selector) { s.Where(than(s.C("id"), floor)) })
		}
	}
	bound(from, sql.GTE)
	bound(to, sql.LT)
	return ps
}

// floor returns the smallest UUIDv7 of a time.
func floor(at time.Time) uuid.UUID {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:], uint64(max(at.UnixMilli(), 0))<<16) // nothing was made before 1970
	return u
}
