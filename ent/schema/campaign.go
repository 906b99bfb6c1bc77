package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/domain/tracking"
)

// Campaign is an affiliate's own use of an offer.
type Campaign struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Campaign) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a campaign.
func (Campaign) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("offer_id").Immutable(),
		field.String("name").NotEmpty().MaxLen(200),
		field.Enum("state").GoType(tracking.RunState("")).Default(string(tracking.Active)),
		field.Int("daily_cap").Optional().Nillable().Positive().Comment("How many conversions that pay a day takes; null for any number."),
		optionalTime("archived_at", "Since when it is hidden from lists; then it is paused."),
		createdAt(),
	}
}

// Indexes of a campaign.
func (Campaign) Indexes() []ent.Index {
	return []ent.Index{index.Fields(affiliateColumn, "id"), index.Fields("offer_id")}
}

// TrackingLink is a link for players' clicks: a campaign's, or an affiliate's default link for
// an offer.
type TrackingLink struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (TrackingLink) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a tracking link.
func (TrackingLink) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("code").Unique().Immutable().Comment("Eight random characters: /c/{code}."),
		field.Int64("offer_id").Immutable(),
		field.Int64("campaign_id").Optional().Nillable().Immutable().Comment("Null for a default link."),
		createdAt(),
	}
}

// Indexes of a tracking link.
func (TrackingLink) Indexes() []ent.Index {
	return []ent.Index{index.Fields("campaign_id").Unique(), index.Fields(affiliateColumn, "offer_id")}
}
