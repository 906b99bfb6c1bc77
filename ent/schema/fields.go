package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"
)

// identity is the key of a configuration row.
func identity() ent.Field { return field.Int64("id").Immutable() }

// factID is the key of a fact: a UUIDv7, so it sorts by time and, in a partitioned table,
// identifies the month's partition.
func factID() ent.Field { return field.UUID("id", uuid.UUID{}).Immutable() }

// optionalFact refers to a fact that may be absent or already dropped.
func optionalFact(name, comment string) ent.Field {
	return field.UUID(name, uuid.UUID{}).Optional().Nillable().Comment(comment)
}

// money is an exact amount; its currency is in a separate column.
func money(name, comment string) ent.Field {
	return field.Other(name, decimal.Decimal{}).
		SchemaType(map[string]string{dialect.Postgres: "numeric"}).
		Optional().Nillable().Comment(comment)
}

func createdAt() ent.Field { return field.Time("created_at").Immutable().Default(now) }

func updatedAt() ent.Field { return field.Time("updated_at").Default(now).UpdateDefault(now) }

func optionalTime(name, comment string) ent.Field {
	return field.Time(name).Optional().Nillable().Comment(comment)
}

func now() time.Time { return time.Now().UTC() }
