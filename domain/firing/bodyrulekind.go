package firing

import (
	"io"

	"postrider/internal/enum"
)

// BodyRuleKind is what a rule reads: the body, or the status code.
type BodyRuleKind string

// The kinds of a body rule.
const (
	Contains    BodyRuleKind = "contains"     // delivered only if the body contains the value
	NotContains BodyRuleKind = "not_contains" // delivered only if it does not
	JSONField   BodyRuleKind = "json_field"   // delivered only if the field at the path equals the value
	StatusCode  BodyRuleKind = "status_code"  // delivered only if the status code is one of the value's
)

// BodyRuleKinds lists every BodyRuleKind.
func BodyRuleKinds() []BodyRuleKind {
	return []BodyRuleKind{Contains, NotContains, JSONField, StatusCode}
}

// Values returns the database values, for ent.
func (BodyRuleKind) Values() []string { return enum.Strings(BodyRuleKinds()) }

// MarshalGQL writes the GraphQL name, for example CONTAINS.
func (b BodyRuleKind) MarshalGQL(w io.Writer) { enum.Write(w, b) }

// UnmarshalGQL reads the GraphQL name.
func (b *BodyRuleKind) UnmarshalGQL(v any) error { return enum.Read(v, b, BodyRuleKinds()) }
