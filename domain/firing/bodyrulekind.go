package firing

import (
	"io"

	"postrider/internal/enum"
)

// BodyRuleKind is how a rule reads the body.
type BodyRuleKind string

// The kinds of a body rule.
const (
	Contains    BodyRuleKind = "contains"     // delivered only if the body contains the value
	NotContains BodyRuleKind = "not_contains" // delivered only if it does not
	JSONField   BodyRuleKind = "json_field"   // delivered only if the field at the path equals the value
)

// BodyRuleKinds lists every BodyRuleKind.
func BodyRuleKinds() []BodyRuleKind { return []BodyRuleKind{Contains, NotContains, JSONField} }

// Values returns the database values, for ent.
func (BodyRuleKind) Values() []string { return enum.Strings(BodyRuleKinds()) }

// MarshalGQL writes the GraphQL name, for example CONTAINS.
func (b BodyRuleKind) MarshalGQL(w io.Writer) { enum.Write(w, b) }

// UnmarshalGQL reads the GraphQL name.
func (b *BodyRuleKind) UnmarshalGQL(v any) error { return enum.Read(v, b, BodyRuleKinds()) }
