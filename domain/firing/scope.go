package firing

import (
	"io"

	"postrider/internal/enum"
)

// Scope is which of an affiliate's conversions a postback applies to.
type Scope string

// The scopes of a postback.
const (
	Global   Scope = "global"   // all of them
	Offer    Scope = "offer"    // those of one offer
	Campaign Scope = "campaign" // those of one campaign
)

// Scopes lists every Scope.
func Scopes() []Scope { return []Scope{Global, Offer, Campaign} }

// Values returns the database values, for ent.
func (Scope) Values() []string { return enum.Strings(Scopes()) }

// MarshalGQL writes the GraphQL name, for example GLOBAL.
func (s Scope) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Scope) UnmarshalGQL(v any) error { return enum.Read(v, s, Scopes()) }
