package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/gofrs/uuid/v5"

	"postrider/domain/firing"
)

// PostbackTest is a request for a test fire. Its result is the delivery of the same id and its
// attempt.
type PostbackTest struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (PostbackTest) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of a test.
func (PostbackTest) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64("postback_id").Optional().Nillable().Immutable().Comment("Null for a template that is not saved."),
		field.Int64("user_id").Optional().Nillable().Immutable(),
		field.String("url_template").Immutable(),
		field.Enum("method").GoType(firing.Method("")).Immutable(),
		field.JSON("macros", map[string]string{}).Immutable().Comment("What each macro said."),
		field.String("scenario").Optional().Nillable().Immutable(),
		field.UUID("run_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("The run of all scenarios that it belongs to."),
	}
}

// Indexes of a test.
func (PostbackTest) Indexes() []ent.Index {
	return []ent.Index{index.Fields(affiliateColumn, "id"), index.Fields("postback_id", "id"), index.Fields("run_id")}
}
