package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/outbox"
)

// BulkReplay is a replay of many deliveries, which refer to it.
type BulkReplay struct{ ent.Schema }

// Fields of a bulk replay.
func (BulkReplay) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64(affiliateColumn).Optional().Nillable().Immutable().Comment("Whose deliveries they are; null where staff replay several affiliates'."),
		field.Int64("user_id").Optional().Nillable().Immutable().Comment("Who asked for it."),
		field.Bool("as_sent").Immutable().Comment("By the templates that they were made for, rather than today's."),
		field.Enum("state").GoType(outbox.BulkState("")),
		field.Int("total").Immutable().Comment("How many deliveries were meant."),
		field.Int("queued").Default(0).Comment("How many of them were looked at so far."),
		field.Int("skipped").Default(0).Comment("How many of those could not be replayed: deleted postbacks, deliveries in flight again."),
		createdAt(),
		updatedAt(),
		optionalTime("finished_at", "When it was done or cancelled."),
	}
}

// Indexes of a bulk replay.
func (BulkReplay) Indexes() []ent.Index { return []ent.Index{index.Fields(affiliateColumn, "id")} }

// Policy scopes queries to the viewer and refuses changes: the engine makes them.
func (BulkReplay) Policy() ent.Policy { return OwnedFact{}.Policy() }
