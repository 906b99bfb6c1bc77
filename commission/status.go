package commission

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Status is where a conversion stands in its lifecycle. In the database, in
// macros and on the operator's side it is written in lower case; in GraphQL in
// upper case.
type Status string

// The statuses of a conversion. A conversion starts as Pending or Approved.
const (
	Pending   Status = "pending"
	Approved  Status = "approved"
	Rejected  Status = "rejected"
	Cancelled Status = "cancelled"
)

// Statuses lists every status in the order a person would read them.
func Statuses() []Status { return []Status{Pending, Approved, Rejected, Cancelled} }

// Values gives the database values, for ent.
func (Status) Values() []string { return enumStrings(Statuses()) }

// MarshalGQL writes the GraphQL name, for example APPROVED.
func (s Status) MarshalGQL(w io.Writer) { writeEnum(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Status) UnmarshalGQL(v any) error { return readEnum(v, s, Statuses()) }

// Model is how a deal pays.
type Model string

// The models of a deal.
const (
	CPA      Model = "cpa"      // a fixed amount when a player qualifies
	CPL      Model = "cpl"      // a fixed amount per approved lead
	RevShare Model = "revshare" // a percentage of net revenue
	Hybrid   Model = "hybrid"   // CPA and RevShare together
)

// Models lists every deal model.
func Models() []Model { return []Model{CPA, CPL, RevShare, Hybrid} }

// Values gives the database values, for ent.
func (Model) Values() []string { return enumStrings(Models()) }

// MarshalGQL writes the GraphQL name, for example REVSHARE.
func (m Model) MarshalGQL(w io.Writer) { writeEnum(w, m) }

// UnmarshalGQL reads the GraphQL name.
func (m *Model) UnmarshalGQL(v any) error { return readEnum(v, m, Models()) }

// Vertical is the kind of operator an offer belongs to.
type Vertical string

// The verticals.
const (
	Casino     Vertical = "casino"
	Sportsbook Vertical = "sportsbook"
	Poker      Vertical = "poker"
	EWallet    Vertical = "ewallet"
)

// Verticals lists every vertical.
func Verticals() []Vertical { return []Vertical{Casino, Sportsbook, Poker, EWallet} }

// Values gives the database values, for ent.
func (Vertical) Values() []string { return enumStrings(Verticals()) }

// MarshalGQL writes the GraphQL name, for example CASINO.
func (v Vertical) MarshalGQL(w io.Writer) { writeEnum(w, v) }

// UnmarshalGQL reads the GraphQL name.
func (v *Vertical) UnmarshalGQL(x any) error { return readEnum(x, v, Verticals()) }

func enumStrings[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func writeEnum[T ~string](w io.Writer, v T) {
	_, _ = io.WriteString(w, strconv.Quote(strings.ToUpper(string(v))))
}

func readEnum[T ~string](v any, into *T, all []T) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%T is no enum value: give one of %v", v, all)
	}
	for _, known := range all {
		if strings.ToUpper(string(known)) == s {
			*into = known
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %v", s, all)
}
