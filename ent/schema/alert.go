package schema

import (
	"entgo.io/ent"
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
