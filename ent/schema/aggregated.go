package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/gofrs/uuid/v5"
)

// AggregatedEvent is a step of a conversion that a delivery reports together with others of the
// same click.
type AggregatedEvent struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (AggregatedEvent) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of an aggregated event.
func (AggregatedEvent) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.UUID("aggregation_id", uuid.UUID{}).Immutable().Comment("The delivery that aggregates."),
		field.UUID("conversion_id", uuid.UUID{}).Immutable(),
		field.UUID("event_id", uuid.UUID{}).Comment("The last step that joined: a corrected amount takes the place of the first."),
		optionalTime("left_at", "When the conversion was taken out again: its status changed before the window closed."),
	}
}

// Indexes of an aggregated event.
func (AggregatedEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("aggregation_id", "conversion_id").Unique(), index.Fields("conversion_id")}
}
