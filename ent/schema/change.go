package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"github.com/gofrs/uuid/v5"

	"postrider/outbox"
)

// stamp is the transaction that wrote a row, by which package feed reads what is new. The
// database sets it.
func stamp() ent.Field { return field.Int64("tx").Immutable() }

// DeliveryChange is one change of a delivery that the API shows. Partitioned by month.
type DeliveryChange struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (DeliveryChange) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of a change.
func (DeliveryChange) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.UUID("delivery_id", uuid.UUID{}).Immutable(),
		field.Enum("state").GoType(outbox.State("")).Immutable().Comment("After the change."),
		field.Int("attempt").Immutable().Comment("How many were begun by then."),
		field.Time("at").Immutable(),
		stamp(),
	}
}

// ConversionBinding is a change of a conversion that is no step of its lifecycle: its player
// became known.
type ConversionBinding struct{ ent.Schema }

// Fields of a change.
func (ConversionBinding) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64(affiliateColumn).Optional().Nillable().Immutable().Comment("Null while the conversion is unattributed."),
		field.UUID("conversion_id", uuid.UUID{}).Immutable(),
		field.Time("at").Immutable(),
		stamp(),
	}
}

// Policy scopes changes to the viewer.
func (ConversionBinding) Policy() ent.Policy { return OwnedFact{}.Policy() }
