package schema

import (
	"context"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/entql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"

	"postrider/ent/db/privacy"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// affiliateColumn is the column with the owner of a row.
const affiliateColumn = "affiliate_id"

// Owned makes an affiliate the owner of an entity: it adds affiliate_id, and lets an affiliate
// see and change only its own rows. Staff see all.
type Owned struct{ mixin.Schema }

// Fields adds the owner.
func (Owned) Fields() []ent.Field {
	return []ent.Field{field.Int64(affiliateColumn).Immutable().Comment("Whose it is.")}
}

// Policy scopes every query and change to the viewer.
func (Owned) Policy() ent.Policy { return scopedBy(ownRows) }

// OwnedFact is Owned for facts: only Postrider itself changes them.
type OwnedFact struct{ Owned }

// Policy scopes queries to the viewer and refuses changes.
func (OwnedFact) Policy() ent.Policy {
	return privacy.Policy{Query: queryRules(ownRows), Mutation: systemOnly()}
}

// filterFunc restricts a query or a change to what an affiliate's viewer may access.
type filterFunc func(ctx context.Context) entql.P

// scope returns whose rows the viewer sees; none without a viewer.
func scope(ctx context.Context) viewer.RowScope {
	s, _ := viewer.RowScopeFrom(ctx)
	return s
}

func ownRows(ctx context.Context) entql.P {
	return entql.FieldEQ(affiliateColumn, int64(scope(ctx).AffiliateID()))
}

// ownOrShared is for rows that apply to every affiliate if they name none.
func ownOrShared(ctx context.Context) entql.P {
	return entql.Or(ownRows(ctx), entql.FieldNil(affiliateColumn))
}

// everyRow is for what every signed-in viewer may see.
func everyRow(context.Context) entql.P { return nil }

// scopedBy allows queries and changes within the filter.
func scopedBy(f filterFunc) ent.Policy {
	return privacy.Policy{
		Query: queryRules(f),
		Mutation: privacy.MutationPolicy{
			denyNobody(), allowStaffMutation(), ownerOfNew(), filterRule(f), privacy.AlwaysAllowRule(),
		},
	}
}

// visibleBy allows queries within the filter, and changes only to staff.
func visibleBy(f filterFunc) ent.Policy {
	return privacy.Policy{
		Query:    queryRules(f),
		Mutation: privacy.MutationPolicy{denyNobody(), allowStaffMutation(), privacy.AlwaysDenyRule()},
	}
}

// staffOnly hides an entity from affiliates.
func staffOnly() ent.Policy {
	return privacy.Policy{
		Query:    privacy.QueryPolicy{denyNobody(), allowStaff(), privacy.AlwaysDenyRule()},
		Mutation: privacy.MutationPolicy{denyNobody(), allowStaffMutation(), privacy.AlwaysDenyRule()},
	}
}

// systemOnly lets only Postrider itself change rows.
func systemOnly() privacy.MutationPolicy {
	return privacy.MutationPolicy{
		privacy.ContextQueryMutationRule(func(ctx context.Context) error {
			if viewer.From(ctx).System() {
				return privacy.Allow
			}
			return privacy.Denyf("only Postrider itself writes these")
		}),
	}
}

func queryRules(f filterFunc) privacy.QueryPolicy {
	return privacy.QueryPolicy{denyNobody(), allowStaff(), filterRule(f), privacy.AlwaysAllowRule()}
}

// denyNobody refuses access without a viewer in the context: forgetting it must fail, never show
// everything.
func denyNobody() privacy.QueryMutationRule {
	return privacy.ContextQueryMutationRule(func(ctx context.Context) error {
		if viewer.From(ctx) == nil {
			return privacy.Denyf("no viewer in the context")
		}
		return privacy.Skip
	})
}

func allowStaff() privacy.QueryMutationRule {
	return privacy.ContextQueryMutationRule(func(ctx context.Context) error {
		if scope(ctx).All() {
			return privacy.Allow
		}
		return privacy.Skip
	})
}

func allowStaffMutation() privacy.MutationRule { return allowStaff() }

// ownerOfNew refuses an affiliate's viewer that creates a row for another owner.
func ownerOfNew() privacy.MutationRule {
	return privacy.MutationRuleFunc(func(ctx context.Context, m ent.Mutation) error {
		if !m.Op().Is(ent.OpCreate) {
			return privacy.Skip
		}
		owner, ok := m.Field(affiliateColumn)
		if id, isInt := owner.(int64); ok && isInt && scope(ctx).Sees(ids.Affiliate(id)) {
			return privacy.Allow
		}
		return privacy.Denyf("a row of another affiliate")
	})
}

func filterRule(f filterFunc) privacy.QueryMutationRule {
	return privacy.FilterFunc(func(ctx context.Context, filter privacy.Filter) error {
		if p := f(ctx); p != nil {
			filter.Where(p)
		}
		return privacy.Skip
	})
}

// tokenPolicy lets users, staff too, access only their own tokens.
func tokenPolicy() ent.Policy {
	own := filterRule(func(ctx context.Context) entql.P { return entql.FieldEQ("user_id", int64(viewer.From(ctx).UserID)) })
	system := privacy.ContextQueryMutationRule(func(ctx context.Context) error {
		if viewer.From(ctx).System() {
			return privacy.Allow
		}
		return privacy.Skip
	})
	ownNew := privacy.MutationRuleFunc(func(ctx context.Context, m ent.Mutation) error {
		if !m.Op().Is(ent.OpCreate) {
			return privacy.Skip
		}
		if owner, ok := m.Field("user_id"); ok && owner == int64(viewer.From(ctx).UserID) {
			return privacy.Allow
		}
		return privacy.Denyf("a token of another user")
	})
	return privacy.Policy{
		Query:    privacy.QueryPolicy{denyNobody(), system, own, privacy.AlwaysAllowRule()},
		Mutation: privacy.MutationPolicy{denyNobody(), system, ownNew, own, privacy.AlwaysAllowRule()},
	}
}

// ownSettings are the fields of their own that users may change.
var ownSettings = []string{"name", "password_hash", "session_generation", "time_zone", "last_sign_in_at"}

// userPolicy lets an affiliate's user see itself and change its own settings.
func userPolicy() ent.Policy {
	itself := func(ctx context.Context) entql.P { return entql.FieldEQ("id", int64(viewer.From(ctx).UserID)) }
	settingsOnly := privacy.MutationRuleFunc(func(_ context.Context, m ent.Mutation) error {
		if !m.Op().Is(ent.OpUpdate | ent.OpUpdateOne) {
			return privacy.Denyf("only staff make and remove users")
		}
		for _, name := range slices.Concat(m.Fields(), m.ClearedFields()) {
			if !slices.Contains(ownSettings, name) {
				return privacy.Denyf("only staff change %s", name)
			}
		}
		return privacy.Skip
	})
	return privacy.Policy{
		Query: queryRules(itself),
		Mutation: privacy.MutationPolicy{
			denyNobody(), allowStaffMutation(), settingsOnly, filterRule(itself), privacy.AlwaysAllowRule(),
		},
	}
}

// auditPolicy lets staff read, and every user's changes be recorded, never changed.
func auditPolicy() ent.Policy {
	createOnly := privacy.MutationRuleFunc(func(_ context.Context, m ent.Mutation) error {
		if m.Op().Is(ent.OpCreate) {
			return privacy.Allow
		}
		return privacy.Denyf("the audit log is never changed")
	})
	return privacy.Policy{
		Query:    privacy.QueryPolicy{denyNobody(), allowStaff(), privacy.AlwaysDenyRule()},
		Mutation: privacy.MutationPolicy{denyNobody(), createOnly},
	}
}
