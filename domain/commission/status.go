package commission

import (
	"io"

	"postrider/internal/enum"
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

// Unknown is the status of a conversion whose operator said a word that nobody has
// mapped yet. It is kept as it came and counts for nobody; no postback asks for it.
const Unknown Status = "unknown"

// Statuses lists every status in the order a person would read them.
func Statuses() []Status { return []Status{Pending, Approved, Rejected, Cancelled} }

// CountedSQL lists behind IN the statuses in which a conversion counts: in reports,
// and for the volume of a month.
var CountedSQL = enum.SQL([]Status{Pending, Approved})

// Values gives the database values, for ent.
func (Status) Values() []string { return enum.Strings(append(Statuses(), Unknown)) }

// MarshalGQL writes the GraphQL name, for example APPROVED.
func (s Status) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Status) UnmarshalGQL(v any) error { return enum.Read(v, s, append(Statuses(), Unknown)) }

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
func (Model) Values() []string { return enum.Strings(Models()) }

// MarshalGQL writes the GraphQL name, for example REVSHARE.
func (m Model) MarshalGQL(w io.Writer) { enum.Write(w, m) }

// UnmarshalGQL reads the GraphQL name.
func (m *Model) UnmarshalGQL(v any) error { return enum.Read(v, m, Models()) }

// TierBy is what the tiers of a deal are counted by, anew each month (UTC).
type TierBy string

// What tiers go by.
const (
	ByCount   TierBy = "count"   // conversions that the deal paid for
	ByRevenue TierBy = "revenue" // net revenue
)

// Values gives the database values, for ent.
func (TierBy) Values() []string { return enum.Strings([]TierBy{ByCount, ByRevenue}) }

// MarshalGQL writes the GraphQL name, for example COUNT.
func (b TierBy) MarshalGQL(w io.Writer) { enum.Write(w, b) }

// UnmarshalGQL reads the GraphQL name.
func (b *TierBy) UnmarshalGQL(v any) error { return enum.Read(v, b, []TierBy{ByCount, ByRevenue}) }

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
func (Vertical) Values() []string { return enum.Strings(Verticals()) }

// MarshalGQL writes the GraphQL name, for example CASINO.
func (v Vertical) MarshalGQL(w io.Writer) { enum.Write(w, v) }

// UnmarshalGQL reads the GraphQL name.
func (v *Vertical) UnmarshalGQL(x any) error { return enum.Read(x, v, Verticals()) }
