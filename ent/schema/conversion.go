package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
)

// Conversion is what a player did.
type Conversion struct{ ent.Schema }

// Fields of a conversion.
func (Conversion) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64(affiliateColumn).Optional().Nillable().Comment("Null until somebody attributes it."),
		field.Int64("integration_id").Immutable(),
		field.Int64("offer_id"),
		field.Int64("campaign_id").Optional().Nillable(),
		optionalFact("click_id", "The click it was attributed to."),
		field.String("reported_click_id").Default("").Immutable().Comment("The click id as the operator gave it, whether it was found or not."),
		optionalFact("player_id", "Our own id for the player."),
		field.String("goal").Immutable().Comment("The goal's key."),
		field.String("transaction_id").Optional().Nillable().Immutable().Comment("The operator's."),
		field.String("once_key").Optional().Nillable().Comment("Player, or click where there is none, of a goal that counts once."),
		money("amount", "The conversion's value."),
		money("payout", "The affiliate's commission."),
		field.String("currency").Comment("Of the amount."),
		field.String("payout_currency").Default("").Comment("Of the payout: the deal's."),
		field.Int64("deal_id").Optional().Nillable().Comment("The deal that the payout was calculated with."),
		field.Enum("status").GoType(commission.Status("")),
		field.JSON("terms", &commission.Terms{}).Optional().Comment("What it is paid by, as agreed when it was calculated first."),
		money("rate", "What one unit of the amount's currency was worth in the payout's."),
		field.String("reported_status").Default("").Comment("The operator's last word for its status, while nobody has mapped it."),
		optionalTime("reported_status_at", "When that happened, if the operator said so."),
		money("reported_payout", "What the operator says that it pays. For staff only."),
		field.String("reported_payout_currency").Default("").Comment("Of the reported payout."),
		field.String("origin").Default("operator").Immutable().Comment("operator, staff, api, or postrider for a CPA that it found itself."),
		field.String("attributed_by").Default("").Comment("click, player or staff; empty while unattributed."),
		field.String("capped_by").Default("").Comment("offer or campaign, where the cap of its day was reached: then it pays nothing."),
		optionalTime("undone_at", "When its attribution was undone: then it pays nothing, and makes no other a duplicate."),
		optionalFact("apart_from", "The conversion that has its transaction, where staff said that this is another event."),
		optionalFact("replaced_by", "The unattributed conversion that stands for the operator's call since."),
		field.Time("occurred_at"),
		field.Time("received_at").Immutable(),
		field.Time("updated_at").Default(now).Comment("By the database's clock; of those from before the column, when it was added."),
	}
}

// Indexes of a conversion.
func (Conversion) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("offer_id", "goal", "transaction_id").Unique(),
		index.Fields("offer_id", "goal", "once_key").Unique(),
		index.Fields(affiliateColumn, "id"),
		index.Fields("campaign_id", "id"),
		index.Fields("integration_id", "id"),
		index.Fields("occurred_at", "id"),
		index.Fields(affiliateColumn, "occurred_at", "id"),
		index.Fields("updated_at", "id"),
		index.Fields(affiliateColumn, "updated_at", "id"),
		index.Fields("currency", "amount"),
		index.Fields(affiliateColumn, "currency", "amount"),
		index.Fields("replaced_by").Unique(),
		index.Fields("apart_from"),
		index.Fields("click_id"),
		index.Fields("player_id"),
		index.Fields("transaction_id"),
	}
}

// Policy scopes conversions to the viewer; those without an owner are staff's.
func (Conversion) Policy() ent.Policy { return OwnedFact{}.Policy() }

// ConversionEvent is one step of a conversion's lifecycle.
type ConversionEvent struct{ ent.Schema }

// Fields of a lifecycle event.
func (ConversionEvent) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64(affiliateColumn).Optional().Nillable().Comment("Null until the conversion is attributed."),
		field.UUID("conversion_id", uuid.UUID{}).Immutable(),
		field.Enum("previous_status").GoType(commission.Status("")).Optional().Nillable().Immutable(),
		field.Enum("status").GoType(commission.Status("")).Immutable(),
		money("amount", "After the event."),
		money("payout", "After the event."),
		field.String("reason").Immutable(),
		field.String("actor").Immutable().Comment("operator, staff, api or postrider."),
		field.Int64("user_id").Optional().Nillable().Immutable(),
		field.JSON("macros", map[string]string{}).Comment("What each macro says in the postbacks of this event."),
		field.JSON("considered", []firing.Decision{}).Comment("Each postback that was considered, and the rule that decided."),
		field.Time("occurred_at").Immutable(),
		field.Time("received_at").Immutable(),
		field.Int64("tx").Optional().Nillable().Immutable().Comment("The transaction that wrote it; null for those from before the feed of changes."),
	}
}

// Indexes of a lifecycle event.
func (ConversionEvent) Indexes() []ent.Index { return []ent.Index{index.Fields("conversion_id", "id")} }

// Policy scopes events to the viewer.
func (ConversionEvent) Policy() ent.Policy { return OwnedFact{}.Policy() }

// Clash is a report of a recorded transaction that names another click or player than the
// conversion has. Staff decide whether it is the same event.
type Clash struct{ ent.Schema }

// Fields of a clash.
func (Clash) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Time("received_at").Immutable(),
		field.Int64("integration_id").Immutable(),
		field.UUID("conversion_id", uuid.UUID{}).Immutable().Comment("The conversion that has the transaction."),
		field.JSON("report", &inbound.Report{}).Immutable().Comment("What was reported."),
		field.JSON("differs", []inbound.Difference{}).Immutable(),
		field.String("key").Immutable().Comment("The click and the player that it names: reported again, it is the same clash."),
		field.Int64("reports").Default(1).Comment("How often it was reported."),
		field.Time("last_at").Comment("When it was reported last."),
		field.Enum("resolution").GoType(inbound.Resolution("")).Optional().Nillable().Comment("What staff decided; null while it is open."),
		optionalTime("resolved_at", "When they did."),
		field.Int64("resolved_by").Optional().Nillable().Comment("The user who did."),
		optionalFact("recorded_id", "The conversion that was recorded of it, as another event."),
	}
}

// Indexes of a clash.
func (Clash) Indexes() []ent.Index {
	return []ent.Index{index.Fields("conversion_id", "key").Unique(), index.Fields("recorded_id")}
}

// Policy hides clashes from affiliates.
func (Clash) Policy() ent.Policy { return staffOnly() }

// UnmappedReport is a report whose goal nobody has mapped yet, or that was recorded once somebody did.
type UnmappedReport struct{ ent.Schema }

// Fields of an unmapped report.
func (UnmappedReport) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Time("received_at").Immutable(),
		field.Int64("integration_id").Immutable(),
		field.String("word").Immutable().Comment("The operator's word for the goal, as words are compared."),
		field.String("key").Immutable().Comment("What it says: reported again, it is the same."),
		field.JSON("report", &inbound.Report{}).Immutable(),
		field.String("refused").Default("").Comment("Why it could not be recorded when its goal was mapped; empty if it has not been tried, or was."),
		optionalTime("recorded_at", "When it was, after its goal was mapped."),
		optionalFact("conversion_id", "The conversion that it became; null if it repeated or changed another one."),
	}
}

// Indexes of an unmapped report.
func (UnmappedReport) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("integration_id", "key").Unique(), index.Fields("integration_id", "word", "id"), index.Fields("conversion_id"),
	}
}

// Policy hides unmapped reports from affiliates.
func (UnmappedReport) Policy() ent.Policy { return staffOnly() }
