package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/domain/firing"
)

// Tracker is an affiliate's tracker: one URL for its goals, and the campaigns whose clicks carry
// its click ids. What it is sent for each goal is in its postbacks.
type Tracker struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Tracker) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a tracker.
func (Tracker) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("name").NotEmpty().MaxLen(200),
		field.String("preset").Default("").Comment("The key of its preset; empty to tell by its URL."),
		field.String("url_template").Comment("Of the goals that have no URL of their own."),
		field.Enum("method").GoType(firing.Method("")).Default(string(firing.GET)),
		field.JSON("body_rule", &firing.BodyRule{}).Optional(),
		field.JSON("tokens", []string{}).Optional().Comment("What its links carry in param_1 to param_3; null for its preset's token."),
		field.Bool("all_campaigns").Default(true).Comment("It has every campaign that no other tracker has chosen."),
		field.Bool("default_links").Default(true).Comment("It has the default links, which have no campaign."),
		field.Bool("shares").Default(false).Comment("It is called with other trackers' click ids on purpose: a CRM, a bot. It takes no campaign from them."),
		field.Int("version").Default(1),
		optionalTime("archived_at", "An archived tracker stays for the deliveries that went to it."),
		createdAt(),
		updatedAt(),
	}
}

// Indexes of a tracker.
func (Tracker) Indexes() []ent.Index { return []ent.Index{index.Fields(affiliateColumn)} }

// TrackerCampaign is a campaign that was chosen for a tracker.
type TrackerCampaign struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (TrackerCampaign) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a chosen campaign.
func (TrackerCampaign) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("tracker_id").Immutable(),
		field.Int64("campaign_id").Immutable(),
	}
}

// Indexes of a chosen campaign.
func (TrackerCampaign) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tracker_id", "campaign_id").Unique(), index.Fields("campaign_id")}
}

// TrackerVersion is a tracker as it was at one time.
type TrackerVersion struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (TrackerVersion) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a version.
func (TrackerVersion) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("tracker_id").Immutable(),
		field.Int("number").Immutable(),
		field.JSON("spec", firing.TrackerSpec{}).Immutable(),
		field.Int64("user_id").Optional().Nillable().Immutable().Comment("Who made it; null for Postrider itself."),
		createdAt(),
	}
}

// Indexes of a version.
func (TrackerVersion) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tracker_id", "number").Unique()}
}
