package firing

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Scope says which of an affiliate's conversions a postback is for.
type Scope string

// The scopes.
const (
	Global   Scope = "global"   // all of the affiliate's campaigns
	Offer    Scope = "offer"    // every campaign of one offer
	Campaign Scope = "campaign" // one campaign
)

// Scopes lists every scope, widest first.
func Scopes() []Scope { return []Scope{Global, Offer, Campaign} }

// Values gives the database values, for ent.
func (Scope) Values() []string {
	return []string{string(Global), string(Offer), string(Campaign)}
}

// MarshalGQL writes the GraphQL name, for example GLOBAL.
func (s Scope) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, strconv.Quote(strings.ToUpper(string(s))))
}

// UnmarshalGQL reads the GraphQL name.
func (s *Scope) UnmarshalGQL(v any) error {
	name, _ := v.(string)
	scope := Scope(strings.ToLower(name))
	if !scope.known() || name != strings.ToUpper(name) {
		return fmt.Errorf("%v is no scope: give GLOBAL, OFFER or CAMPAIGN", v)
	}
	*s = scope
	return nil
}

func (s Scope) known() bool { return slices.Contains(Scopes(), s) }
