package schema

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/entql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"postrider/dispatch"
	"postrider/internal/viewer"
)

// Affiliate is the account that owns campaigns and postbacks.
type Affiliate struct{ ent.Schema }

// Fields of an affiliate.
func (Affiliate) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("name").NotEmpty().MaxLen(200),
		field.Int64("manager_id").Optional().Nillable().Comment("The user of the network who looks after it."),
		field.String("echo_key").Unique().Immutable().Comment("The path of its echo tracker: /echo/{key}."),
		optionalTime("archived_at", "Since when its links are paused and it is hidden from lists."),
		createdAt(),
	}
}

// Policy lets an affiliate see itself.
func (Affiliate) Policy() ent.Policy {
	return visibleBy(func(ctx context.Context) entql.P { return entql.FieldEQ("id", int64(scope(ctx).AffiliateID())) })
}

// User is somebody who signs in.
type User struct{ ent.Schema }

// Fields of a user.
func (User) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("email").Unique().Comment("In lower case."),
		field.String("name").Default("").MaxLen(200).Comment("As others read it; empty for the e-mail address alone."),
		field.String("password_hash").Sensitive().Comment("argon2id."),
		field.Enum("role").GoType(viewer.Role("")),
		field.Int64(affiliateColumn).Optional().Nillable().Comment("Set for affiliates, null for staff."),
		field.String("time_zone").Default("").Comment("IANA name; empty for the browser's own."),
		createdAt(),
		optionalTime("last_sign_in_at", "When the last session was opened."),
		optionalTime("disabled_at", "A disabled user cannot sign in, and its tokens do not work."),
		field.Int64("session_generation").Default(0).Comment("Sessions that were opened under another number are over."),
	}
}

// Policy lets users see themselves and change their own settings, never their role or affiliate;
// staff see and change all.
func (User) Policy() ent.Policy { return userPolicy() }

// ApiToken is a token for programs. Its secret is shown once and stored as a digest.
type ApiToken struct{ ent.Schema }

// Fields of a token.
func (ApiToken) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("user_id").Immutable(),
		field.Int64("parent_id").Optional().Nillable().Immutable().Comment("The token that it was made with, and ends with."),
		field.String("name").NotEmpty().MaxLen(200),
		field.Bytes("hash").Unique().Immutable().Sensitive().Comment("SHA-256 of the secret, which is 256 random bits."),
		field.String("prefix").Immutable().Comment("How the secret begins, to tell tokens apart."),
		field.JSON("scopes", []viewer.Scope{}),
		createdAt(),
		optionalTime("expires_at", "When it stops working."),
		optionalTime("last_used_at", "To the minute."),
		optionalTime("revoked_at", "When somebody took it back."),
	}
}

// Indexes of a token.
func (ApiToken) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id"), index.Fields("parent_id")}
}

// Policy lets users see and change only their own tokens.
func (ApiToken) Policy() ent.Policy { return tokenPolicy() }

// EchoRequest is a request that the built-in test tracker got.
type EchoRequest struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (EchoRequest) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of an echoed request.
func (EchoRequest) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Time("received_at").Immutable(),
		field.String("method").Immutable(),
		field.String("url").Immutable().Comment("Path and query as they came."),
		field.JSON("headers", []dispatch.Header{}).Immutable(),
		field.String("body").Immutable().Comment("At most 64 KiB."),
		field.Int("status_code").Immutable(),
	}
}

// Indexes of an echoed request.
func (EchoRequest) Indexes() []ent.Index { return []ent.Index{index.Fields(affiliateColumn, "id")} }

// AuditEntry is who changed what.
type AuditEntry struct{ ent.Schema }

// Fields of an audit entry.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Time("at").Immutable(),
		field.Int64("user_id").Optional().Nillable().Immutable().Comment("Null for Postrider itself."),
		field.Int64("token_id").Optional().Nillable().Immutable().Comment("The API token it came through."),
		field.Int64(affiliateColumn).Optional().Nillable().Immutable().Comment("Whose thing was changed."),
		field.String("action").Immutable().Comment("create, update, delete, sign_in …"),
		field.String("entity").Immutable(),
		field.String("entity_id").Immutable(),
		field.JSON("before", map[string]any{}).Optional().Immutable(),
		field.JSON("after", map[string]any{}).Optional().Immutable(),
	}
}

// Indexes of an audit entry.
func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("entity", "entity_id"), index.Fields("at")}
}

// Policy shows the audit log to staff.
func (AuditEntry) Policy() ent.Policy { return auditPolicy() }
