package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/domain/commission"
	"postrider/domain/firing"
)

// Postback is an affiliate's subscription to a goal.
type Postback struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Postback) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a postback.
func (Postback) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("tracker_id").Optional().Nillable().Comment("The tracker that it goes to; null for a postback without one, which fires by its scope alone."),
		field.String("name").MaxLen(200).Default(""),
		field.Enum("scope").GoType(firing.Scope("")),
		field.Int64("offer_id").Optional().Nillable().Comment("Set for scope offer."),
		field.Int64("campaign_id").Optional().Nillable().Comment("Set for scope campaign."),
		field.String("goal").Comment("The goal's key."),
		field.JSON("further_goals", []string{}).Default([]string{}).Comment("Goals that it aggregates too; empty unless it aggregates."),
		field.Int("aggregate_seconds").Optional().Nillable().Min(int(firing.MinAggregate / time.Second)).Max(int(firing.MaxAggregate / time.Second)).
			Comment("For how long it aggregates the conversions of a click into one request; null to send each by itself."),
		field.String("url_template"),
		field.Enum("method").GoType(firing.Method("")).Default(string(firing.GET)),
		field.JSON("statuses", []commission.Status{}).Comment("Which statuses fire."),
		field.Bool("send_corrections").Default(false).Comment("A step that changes an amount, a currency, a time or a payout fires too."),
		field.Bool("enabled").Default(true),
		field.JSON("body_rule", &firing.BodyRule{}).Optional(),
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
	return []ent.Index{index.Fields(affiliateColumn, "goal"), index.Fields("campaign_id"), index.Fields("tracker_id")}
}

// PostbackVersion is a postback as it was at one time.
type PostbackVersion struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (PostbackVersion) Mixin() []ent.Mixin { return []ent.Mixin{Owned{}} }

// Fields of a version.
func (PostbackVersion) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("postback_id").Immutable(),
		field.Int("number").Immutable(),
		field.String("url_template").Immutable(),
		field.Enum("method").GoType(firing.Method("")).Immutable(),
		field.JSON("statuses", []commission.Status{}).Immutable(),
		field.Bool("send_corrections").Default(false).Immutable().Comment("A step that changes an amount, a currency, a time or a payout fires too."),
		field.Bool("enabled").Immutable(),
		field.JSON("body_rule", &firing.BodyRule{}).Optional().Immutable(),
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
