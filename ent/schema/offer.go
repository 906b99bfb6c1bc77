package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/tracking"
)

// Offer is what an operator promotes.
type Offer struct{ ent.Schema }

// Fields of an offer.
func (Offer) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("name").NotEmpty().MaxLen(200),
		field.String("operator").NotEmpty().MaxLen(200),
		field.Enum("vertical").GoType(commission.Vertical("")),
		field.Enum("state").GoType(tracking.RunState("")).Default(string(tracking.Active)),
		field.String("destination_url").Comment("Template that carries {click_id} to the operator."),
		field.String("fallback_url").Default("").Comment("Where clicks go while it is paused; empty for 410."),
		field.JSON("deep_link_hosts", []string{}).Comment("Hosts that dl may lead to; *.example.com for any below."),
		field.String("currency").MinLen(2).MaxLen(commission.MaxCurrency),
		field.Int("attribution_window_days").Optional().Nillable().Comment("A conversion that comes longer after its click is outside of it; null for any time."),
		field.Int("daily_cap").Optional().Nillable().Positive().Comment("How many conversions that pay a day takes; null for any number."),
		field.JSON("qualification", &commission.Qualification{}).Optional().Comment("What makes a qualified player; null where the operator says so itself."),
		optionalTime("archived_at", "Since when it is hidden from lists; then it is paused."),
		createdAt(),
	}
}

// Policy shows offers to all who are signed in.
func (Offer) Policy() ent.Policy { return visibleBy(everyRow) }

// LandingPage is a page of the operator's that a tracking link can lead to.
type LandingPage struct{ ent.Schema }

// Fields of a landing page.
func (LandingPage) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("offer_id").Immutable(),
		field.String("key").NotEmpty().MaxLen(64).Comment("What lp on the tracking link says."),
		field.String("name").NotEmpty().MaxLen(200),
		field.String("url").Comment("Template that carries {click_id}."),
		optionalTime("archived_at", "Since when links with its key lead to the offer's destination."),
	}
}

// Indexes of a landing page.
func (LandingPage) Indexes() []ent.Index {
	return []ent.Index{index.Fields("offer_id", "key").Unique()}
}

// Policy shows landing pages to all who are signed in.
func (LandingPage) Policy() ent.Policy { return visibleBy(everyRow) }

// DestinationCheck is the last try of a page that clicks lead to.
type DestinationCheck struct{ ent.Schema }

// Fields of a check.
func (DestinationCheck) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("url").Unique().Immutable().Comment("The template of an offer's destination or a landing page."),
		field.Time("due_at").Comment("When it is tried next."),
		optionalTime("checked_at", "When it was tried last; null before the first time."),
		field.Int("status_code").Optional().Nillable().Comment("Of the answer; null for none."),
		field.String("reason").Optional().Nillable().Comment("Why there was no answer: a code."),
		field.String("detail").Default("").Comment("What the sentence for the reason needs."),
		optionalTime("failing_since", "Since when each try failed; null if the last did not."),
		optionalTime("dead_since", "Since when that is no blip; null if it is not dead."),
	}
}

// Indexes of a check.
func (DestinationCheck) Indexes() []ent.Index { return []ent.Index{index.Fields("due_at")} }

// Policy hides checks from affiliates.
func (DestinationCheck) Policy() ent.Policy { return staffOnly() }

// Deal is the terms of a payout: an offer's default, or an affiliate's own for it.
type Deal struct{ ent.Schema }

// Fields of a deal.
func (Deal) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("offer_id").Immutable(),
		field.Int64(affiliateColumn).Optional().Nillable().Immutable().Comment("Null for the offer's own deal."),
		field.Enum("model").GoType(commission.Model("")),
		money("amount", "What a CPA or CPL pays."),
		money("percent", "What RevShare pays, in percent of net revenue."),
		field.String("lead_goal").Default("registration").Comment("Which goal a CPL pays for."),
		field.String("currency").MinLen(2).MaxLen(commission.MaxCurrency),
		field.Enum("tier_by").GoType(commission.TierBy("")).Optional().Nillable().Comment("What the tiers go by, month by month."),
		field.JSON("tiers", []commission.Tier{}).Default([]commission.Tier{}),
		optionalTime("valid_from", "From when it holds; null for always."),
		optionalTime("valid_to", "Until when it holds; null for ever."),
		field.Bool("negative_carryover").Default(true).Comment("Whether a month below zero is deducted from the next."),
		createdAt(),
	}
}

// Indexes of a deal. Package setup ensures that no two are valid at once.
func (Deal) Indexes() []ent.Index {
	return []ent.Index{index.Fields("offer_id", affiliateColumn)}
}

// Policy shows an affiliate the offers' default deals and its own.
func (Deal) Policy() ent.Policy { return visibleBy(ownOrShared) }

// ExchangeRate is what one unit of EUR buys of a currency, from a day on.
type ExchangeRate struct{ ent.Schema }

// Fields of a rate.
func (ExchangeRate) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("quote").MinLen(2).MaxLen(commission.MaxCurrency).Immutable(),
		field.Other("rate", decimal.Decimal{}).SchemaType(map[string]string{dialect.Postgres: "numeric"}),
		field.Time("valid_from").Immutable(),
		createdAt(),
	}
}

// Indexes of a rate.
func (ExchangeRate) Indexes() []ent.Index {
	return []ent.Index{index.Fields("quote", "valid_from").Unique()}
}

// Policy shows rates to all who are signed in.
func (ExchangeRate) Policy() ent.Policy { return visibleBy(everyRow) }

// Goal is an entry of the event dictionary.
type Goal struct{ ent.Schema }

// Fields of a goal.
func (Goal) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("key").Unique().Immutable().Comment("Its name for programs."),
		field.String("name").NotEmpty(),
		field.String("trigger").Comment("What makes it happen, in words."),
		field.Bool("once_per_player").Comment("Counted once for a player; otherwise once for a transaction."),
		field.Bool("billable"),
		field.Bool("reversible"),
		field.JSON("statuses", []commission.Status{}),
		field.JSON("parameters", []string{}).Comment("Which parameters it may carry."),
		field.String("timestamp_standard"),
		field.Bool("built_in").Immutable(),
		field.Int("position").Comment("Where it stands in lists."),
		optionalTime("archived_at", "Since when it is hidden from lists; conversions of it are recorded as before."),
	}
}

// Policy shows goals to all who are signed in.
func (Goal) Policy() ent.Policy { return visibleBy(everyRow) }

// Integration is an operator's integration.
type Integration struct{ ent.Schema }

// Fields of an integration.
func (Integration) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.String("key").Unique().Immutable().Comment("The path: /postback/{key}."),
		field.String("name").NotEmpty().MaxLen(200),
		field.Int64("offer_id").Comment("The offer whose conversions it reports."),
		field.Bool("enabled").Default(true),
		field.Bool("require_token").Default(true),
		field.Bool("require_signature").Default(false),
		field.JSON("allowed_addresses", []string{}).Comment("Addresses or CIDR blocks; empty for any."),
		field.Int("rate_limit").Optional().Nillable().Comment("Calls per second; null for no limit."),
		field.Bool("require_https").Default(false),
		field.String("signature_header").Default("").MaxLen(100).Comment("Where the signature comes; empty for X-Signature."),
		field.String("timestamp_name").Default("").MaxLen(100).Comment("The parameter or header that says when a call was signed; empty for none."),
		field.Int("timestamp_window").Optional().Nillable().Comment("How many seconds a signature is good for; null for ever."),
		field.JSON("parameter_mapping", map[string]string{}).Default(map[string]string{}).Comment("Ours to theirs: a name, or a path with dots into their JSON."),
		field.JSON("goal_mapping", map[string]string{}).Default(map[string]string{}).Comment("Their word to our goal's key."),
		field.JSON("status_mapping", map[string]string{}).Default(map[string]string{}).Comment("Their word to our status."),
		field.JSON("default_statuses", map[string]string{}).Default(map[string]string{}).Comment("What no status means: a goal's key, or * for all others, to our status. Approved where none is said."),
		field.Bool("tell_apart").Default(false).Comment("Whether reports of repeatable goals without a transaction are told apart by click, amount and minute."),
		field.Int64("players_of").Optional().Nillable().Comment("The integration whose players are this one's too: the first of its offer; null for its own."),
		field.String("currency").Default("").MaxLen(commission.MaxCurrency).Comment("Of amounts that name none; empty for the offer's."),
		field.String("platform").Default("generic").MaxLen(100).Comment("The template of what the operator runs."),
		field.Bool("test_mode").Default(false).Comment("Calls are answered and logged, and nothing is recorded."),
		optionalTime("archived_at", "Since when it is hidden from lists; then it is disabled."),
		createdAt(),
	}
}

// Policy hides integrations from affiliates.
func (Integration) Policy() ent.Policy { return staffOnly() }

// IntegrationSecret is a token or a signing key of an integration, sealed. Two can be
// valid at once while one is being replaced.
type IntegrationSecret struct{ ent.Schema }

// Fields of an integration's secret.
func (IntegrationSecret) Fields() []ent.Field {
	return []ent.Field{
		identity(),
		field.Int64("integration_id").Immutable(),
		field.String("kind").Immutable().Comment("token or hmac."),
		field.Bytes("sealed").Immutable().Sensitive(),
		createdAt(),
		optionalTime("expires_at", "When the old one of two stops working."),
	}
}

// Indexes of an integration's secret.
func (IntegrationSecret) Indexes() []ent.Index { return []ent.Index{index.Fields("integration_id")} }

// Policy hides secrets from affiliates.
func (IntegrationSecret) Policy() ent.Policy { return staffOnly() }
