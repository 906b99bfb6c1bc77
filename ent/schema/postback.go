package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
)

// For how many seconds a postback may aggregate the conversions of a click.
const (
	MinAggregate = 5
	MaxAggregate = 24 * 60 * 60
)

// Postback is an affiliate's wish to be told of one goal.
type Postback struct{ ent.Schema }

// Mixin makes it the affiliate's.
func (Postback) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a postback.
func (Postback) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("name").MaxLen(200).Default(""),
		field.Enum("scope").GoType(firing.Scope("")),
		field.Int64("offer_id").Optional().Nillable().Comment("Set for scope offer."),
		field.Int64("campaign_id").Optional().Nillable().Comment("Set for scope campaign."),
		field.String("goal").Comment("The goal's key."),
		field.JSON("further_goals", []string{}).Default([]string{}).Comment("Goals that it aggregates too; empty unless it aggregates."),
		field.Int("aggregate_seconds").Optional().Nillable().Min(MinAggregate).Max(MaxAggregate).
			Comment("For how long it aggregates the conversions of a click into one request; null to send each by itself."),
		field.String("url_template"),
		field.Enum("method").GoType(dispatch.Method("")).Default(string(dispatch.GET)),
		field.JSON("statuses", []commission.Status{}).Comment("Which statuses fire."),
		field.Bool("enabled").Default(true),
		field.JSON("body_rule", &dispatch.BodyRule{}).Optional(),
		field.Bytes("signing_secret").Sensitive().Comment("Signs POSTs; sealed."),
		field.Bytes("retired_signing_secret").Optional().Nillable().Sensitive().Comment("Signs them too, while the secret is being changed."),
		optionalTime("retired_signing_secret_until", "Until when it does."),
		field.Int("version").Default(1),
		field.String("hold_reason").Optional().Nillable().Comment("Set while held: the tracker said that the address is gone."),
		optionalTime("deleted_at", "A deleted postback stays for the deliveries that name it."),
		createdAt(),
		updatedAt(),
	}
}

// Indexes of a postback.
func (Postback) Indexes() []ent.Index {
	return []ent.Index{index.Fields(affiliateColumn, "goal"), index.Fields("campaign_id")}
}

// PostbackVersion is a postback as it was at one time.
type PostbackVersion struct{ ent.Schema }

// Mixin makes it the affiliate's.
func (PostbackVersion) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a version.
func (PostbackVersion) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("postback_id").Immutable(),
		field.Int("number").Immutable(),
		field.String("url_template").Immutable(),
		field.Enum("method").GoType(dispatch.Method("")).Immutable(),
		field.JSON("statuses", []commission.Status{}).Immutable(),
		field.Bool("enabled").Immutable(),
		field.JSON("body_rule", &dispatch.BodyRule{}).Optional().Immutable(),
		field.JSON("further_goals", []string{}).Default([]string{}).Immutable().Comment("Goals that it aggregates too."),
		field.Int("aggregate_seconds").Optional().Nillable().Immutable().Comment("For how long it aggregates; null for not at all."),
		field.Int64("user_id").Optional().Nillable().Immutable().Comment("Who made it; null for Postrider itself."),
		createdAt(),
	}
}

// Indexes of a version.
func (PostbackVersion) Indexes() []ent.Index {
	return []ent.Index{index.Fields("postback_id", "number").Unique()}
}
