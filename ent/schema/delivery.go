package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/outbox"
)

// Delivery is one status of one conversion for one postback. The table is the source of truth
// and the only backlog: a row waits here for its time (due_at), for its endpoint (parked_at) or
// for an earlier one (blocked_by); otherwise it has a River job, is in flight, or has ended.
type Delivery struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Delivery) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of a delivery.
func (Delivery) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Int64("postback_id").Optional().Nillable().Immutable().Comment("Null for a test of a template that is not saved."),
		field.Int64("version_id").Optional().Nillable().Immutable().Comment("The version of the postback that it is sent by; null as the postback."),
		field.UUID("conversion_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("Null for a test."),
		field.UUID("event_id", uuid.UUID{}).Optional().Nillable().Immutable().Comment("The step of the lifecycle that it tells of; null for a test."),
		field.Int64("offer_id").Optional().Nillable().Immutable().Comment("Null for a test."),
		field.Int64("campaign_id").Optional().Nillable().Immutable(),
		optionalFact("click_id", "For finding it."),
		field.String("transaction_id").Optional().Nillable().Immutable(),
		field.String("goal").Immutable(),
		field.Enum("status").GoType(commission.Status("")).Immutable().Comment("The conversion's status that it tells of."),
		field.Enum("state").GoType(outbox.State("")),
		field.Int16("priority").Comment("1 live, 2 retry, 3 replay."),
		field.String("endpoint").Comment("scheme://host:port that it goes to."),
		field.Int("attempt").Default(0).Comment("How many were begun."),
		optionalTime("due_at", "When it may run; null unless it waits for a time."),
		optionalTime("parked_at", "Since when it waits for its endpoint: for a permit, or for its circuit."),
		field.Bool("follows").Default(false).Immutable().Comment("It tells of a later step of a conversion, and must not overtake an earlier one."),
		optionalFact("blocked_by", "The earlier delivery that it waits for."),
		optionalTime("queued_at", "When its River job was made."),
		optionalTime("claimed_at", "When the attempt in flight was begun; null otherwise."),
		optionalTime("first_attempt_at", "From when the retry schedule counts."),
		field.String("url").Optional().Nillable().Comment("As it was sent last."),
		field.Int("status_code").Optional().Nillable(),
		field.Float("duration_ms").Optional().Nillable(),
		field.String("reason").Optional().Nillable().Comment("Why it failed, waits or was cancelled: a code."),
		field.String("detail").Default("").Comment("What the sentence for the reason needs: a host, an address, a limit."),
		field.String("warning").Optional().Nillable().GoType(outbox.Warning("")).Comment("What was wrong with the last request, whatever the tracker answered: a code."),
		optionalFact("replay_of", "The delivery that this is a replay of."),
		optionalFact("superseded_by", "The replay that stands for it: the one that was delivered, or else the latest."),
		field.Bool("unresolved").Optional().Nillable().Immutable().Comment("True where it failed or was cancelled and no replay stands for it; null otherwise. The database computes it."),
		optionalFact("aggregation_id", "The delivery that aggregated what this one tells of: itself, or the one that it repeats; null where it tells of one conversion."),
		field.String("aggregates").Optional().Nillable().Comment("What may still join it: postback, click, version, status, currencies; null once its window has closed."),
		field.JSON("macros", map[string]string{}).Optional().Comment("What each macro says, where it tells of several conversions; else its event knows."),
		field.Int64("bulk_replay_id").Optional().Nillable().Immutable().Comment("The replay of many that made it."),
		field.Bool("test").Default(false),
		createdAt(),
		updatedAt(),
		optionalTime("delivered_at", "When the tracker took it."),
	}
}

// Indexes of a delivery.
func (Delivery) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields(affiliateColumn, "id"),
		index.Fields("campaign_id", "id"),
		index.Fields("postback_id", "id"),
		index.Fields("conversion_id"),
		index.Fields("click_id"),
		index.Fields("transaction_id"),
		index.Fields("replay_of"),
		index.Fields("superseded_by"),
		index.Fields("bulk_replay_id", "id"),
	}
}

// Attempt is one HTTP exchange made for a delivery. Partitioned by month.
type Attempt struct{ ent.Schema }

// Mixin makes the affiliate its owner.
func (Attempt) Mixin() []ent.Mixin { return []ent.Mixin{OwnedFact{}} }

// Fields of an attempt.
func (Attempt) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.UUID("delivery_id", uuid.UUID{}).Immutable(),
		field.Int("number").Immutable(),
		field.Time("started_at").Immutable(),
		field.Enum("method").GoType(firing.Method("")).Immutable(),
		field.String("url").Immutable(),
		field.Int("status_code").Optional().Nillable().Immutable(),
		field.Float("duration_ms").Immutable(),
		field.String("error").Optional().Nillable().Immutable().Comment("Why it did not succeed: a code."),
		field.String("detail").Default("").Immutable().Comment("What the sentence for the error needs."),
		field.JSON("request_headers", []dispatch.Header{}).Immutable(),
		field.String("request_body").Optional().Nillable().Immutable(),
		field.JSON("response_headers", []dispatch.Header{}).Immutable(),
		field.String("response_body").Optional().Nillable().Immutable().Comment("The first 64 KiB."),
		field.Bool("response_truncated").Default(false).Immutable(),
		field.JSON("timings", dispatch.Timings{}).Immutable(),
		field.JSON("empty_macros", []macro.Name{}).Optional().Immutable().Comment("What the URL had no value for; null for nothing."),
	}
}

// Indexes of an attempt.
func (Attempt) Indexes() []ent.Index { return []ent.Index{index.Fields("delivery_id", "number")} }

// ReceivedPostback is one inbound call of an operator, whatever its result. Partitioned by
// month.
type ReceivedPostback struct{ ent.Schema }

// Fields of a received call.
func (ReceivedPostback) Fields() []ent.Field {
	return []ent.Field{
		factID(),
		field.Time("received_at").Immutable(),
		field.Int64("integration_id").Optional().Nillable().Immutable(),
		field.String("integration_key").Immutable(),
		field.String("method").Immutable(),
		field.String("query").Immutable().Comment("Secrets masked."),
		field.String("body").Immutable().Comment("Secrets masked; at most 64 KiB."),
		field.JSON("headers", []dispatch.Header{}).Immutable(),
		field.String("address").Immutable().Comment("Truncated to /24 or /48."),
		field.String("result").Immutable(),
		field.Enum("cause").GoType(inbound.Cause("")).Optional().Nillable().Immutable().Comment("What was wrong, of a closed set; null where nothing was."),
		field.String("reason").Immutable(),
		field.Other("notes", pq.StringArray{}).SchemaType(map[string]string{dialect.Postgres: "text[]"}).Default(pq.StringArray{}).Immutable().
			Comment("What was tolerated in the call, as sentences."),
		field.Int64("affiliate_id").Optional().Nillable().Immutable().Comment("Whose click, player or conversion it named, where that is known."),
		field.Int("status_code").Immutable(),
		field.Float("duration_ms").Immutable(),
		optionalFact("conversion_id", "The conversion that came of it."),
	}
}

// Indexes of a received call.
func (ReceivedPostback) Indexes() []ent.Index {
	return []ent.Index{index.Fields("integration_id", "id"), index.Fields("conversion_id")}
}

// Policy hides operators' calls from affiliates.
func (ReceivedPostback) Policy() ent.Policy { return staffOnly() }
