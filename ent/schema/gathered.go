package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/gofrs/uuid/v5"
)

// GatheredEvent is a step of a conversion that a delivery tells of together with
// others of the same click.
type GatheredEvent struct{ ent.Schema }

// Mixin makes it the affiliate's.
func (GatheredEvent) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of a gathered event.
func (GatheredEvent) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.UUID("gathering_id", uuid.UUID{}).Immutable().Comment("The delivery that gathers."),
		field.UUID("conversion_id", uuid.UUID{}).Immutable(),
		field.UUID("event_id", uuid.UUID{}).Comment("The last step that joined: a corrected amount takes the place of the first."),
		optionalTime("left_at", "When the conversion was taken out again: its status changed before the window closed."),
	}
}

// Indexes of a gathered event.
func (GatheredEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("gathering_id", "conversion_id").Unique(), index.Fields("conversion_id")}
}
