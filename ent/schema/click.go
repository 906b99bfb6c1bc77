package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Click is a player's click on a tracking link. Partitioned by month.
type Click struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Click) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of a click.
func (Click) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Time("clicked_at").Immutable(),
		field.Int64("offer_id").Immutable(),
		field.Int64("campaign_id").Optional().Nillable().Immutable(),
		field.Int64("link_id").Immutable(),
		field.String("param1").StorageKey("param_1").Immutable(),
		field.String("param2").StorageKey("param_2").Immutable(),
		field.String("param3").StorageKey("param_3").Immutable(),
		field.Int64("landing_page_id").Optional().Nillable().Immutable(),
		field.String("deep_link").Immutable(),
		field.String("country").Immutable().Comment("ISO 3166 alpha-2; empty where unknown."),
		field.String("referrer").Immutable(),
		field.String("user_agent").Immutable(),
		field.String("address").Immutable().Comment("Truncated to /24 or /48."),
		field.Bool("test").Immutable().Default(false).Comment("The link was opened to try it: no report counts it."),
	}
}

// Indexes of a click.
func (Click) Indexes() []ent.Index {
	return []ent.Index{index.Fields(affiliateColumn, "id"), index.Fields("campaign_id", "id"), index.Fields("param1")}
}

// Player is our own id for an operator's player, whose id is never passed on.
type Player struct{ ent.Schema }

// Fields of a player.
func (Player) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64("integration_id").Immutable(),
		field.String("external_id").Immutable().Comment("The operator's id; never leaves Postrider."),
		optionalFact("click_id", "Bound the first time both are given."),
		optionalFact("bound_by", "The conversion whose attribution by staff bound it; null if a call did."),
		createdAt(),
	}
}

// Indexes of a player.
func (Player) Indexes() []ent.Index {
	return []ent.Index{index.Fields("integration_id", "external_id").Unique(), index.Fields("click_id")}
}

// Policy hides players' operator ids from affiliates.
func (Player) Policy() ent.Policy { return staffOnly() }
