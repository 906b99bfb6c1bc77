package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/domain/doctor"
)

// Alert is a notice that an affiliate gets unasked.
type Alert struct{ ent.Schema }

// Mixin makes the affiliate its owner, who may dismiss it.
func (Alert) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of an alert.
func (Alert) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Enum("kind").GoType(doctor.AlertKind("")).Immutable(),
		field.Int64("postback_id").Optional().Nillable().Immutable().Comment("Which postback it is about; null for anything else."),
		field.Int64("campaign_id").Optional().Nillable().Immutable().Comment("Which campaign it is about; null for anything else."),
		field.Int64("link_id").Optional().Nillable().Immutable().Comment("Which default link it is about; null for anything else."),
		field.String("message").Immutable(),
		field.Time("raised_at").Immutable(),
		optionalTime("resolved_at", "When it was over."),
		optionalTime("dismissed_at", "When its owner put it out of sight."),
	}
}

// Indexes of an alert.
func (Alert) Indexes() []ent.Index { return []ent.Index{index.Fields(affiliateColumn, "id")} }

// IgnoredAttention is what an affiliate chose to ignore on Home: a goal for which it wants no
// postback, or the failures of a postback until it fails again.
type IgnoredAttention struct{ ent.Schema }

// Mixin makes the affiliate its owner, who may ignore and show it again.
func (IgnoredAttention) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Annotations name its table.
func (IgnoredAttention) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "ignored_attention"}}
}

// Fields of what is ignored.
func (IgnoredAttention) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("postback_id").Optional().Nillable().Immutable().Unique().Comment("The postback that fails; null for a goal."),
		field.String("goal").Optional().Nillable().Immutable().Comment("The goal without a postback; null for a postback."),
		field.Time("ignored_at"),
	}
}

// Indexes of what is ignored.
func (IgnoredAttention) Indexes() []ent.Index {
	return []ent.Index{index.Fields(affiliateColumn, "goal").Unique()}
}
