package macro

import "strings"

// Name is the canonical name of a macro, without braces, in lower case.
type Name string

// The macros, in the order of the contract.
const (
	Date           Name = "date"
	Timestamp      Name = "timestamp"
	Amount         Name = "amount"
	Payout         Name = "payout"
	Currency       Name = "currency"
	PlayerID       Name = "player_id"
	CampID         Name = "camp_id"
	CampName       Name = "camp_name"
	OfferID        Name = "offer_id"
	OfferName      Name = "offer_name"
	AffID          Name = "aff_id"
	GoalName       Name = "goal_name"
	GoalID         Name = "goal_id"
	Status         Name = "status"
	ClickID        Name = "click_id"
	ConversionID   Name = "conversion_id"
	TransactionID  Name = "transaction_id"
	Param1         Name = "param_1"
	Param2         Name = "param_2"
	Param3         Name = "param_3"
	Country        Name = "country"
	LandingPage    Name = "landing_page"
	UserAgent      Name = "user_agent"
	Referrer       Name = "referrer"
	PreviousStatus Name = "previous_status"
	Reason         Name = "reason"
	DeliveryID     Name = "delivery_id"
	Count          Name = "count"
	SumAmount      Name = "sum_amount"
	SumPayout      Name = "sum_payout"
	GoalNames      Name = "goal_names"
)

// Macro describes one macro to the person who chooses it.
type Macro struct {
	Name       Name
	Aliases    []string // other names that mean the same
	Group      string   // heading it is listed under
	Meaning    string   // one sentence
	Example    string   // a believable value
	Aggregates bool     // it speaks of several conversions: only a postback that aggregates them has it

	click bool // known already when the player clicks
}

// macros is the registry; a macro's index in it is its place in Values.
var macros = [macroCount]Macro{
	{Name: Date, Group: "Time", Meaning: "When the goal was completed, UTC, RFC 3339 to the second.", Example: "2026-06-12T10:00:00Z"},
	{Name: Timestamp, Group: "Time", Meaning: "When the goal was completed, as Unix seconds.", Example: "1781258400"},
	{Name: Amount, Group: "Money", Meaning: "The conversion's value as a plain decimal.", Example: "25.50"},
	{Name: Payout, Group: "Money", Meaning: "Your commission for the conversion, as a plain decimal.", Example: "120.00"},
	{Name: Currency, Group: "Money", Meaning: "The currency of amount and payout, ISO 4217.", Example: "EUR"},
	{Name: PlayerID, Group: "Conversion", Meaning: "Our own id for the player; never the operator's.", Example: "0197640c2f1c7d3a9d0b52f8c6e41a70"},
	{Name: CampID, Aliases: []string{"campaign_id"}, Group: "Campaign", Meaning: "The campaign's id.", Example: "118", click: true},
	{Name: CampName, Aliases: []string{"campaign_name"}, Group: "Campaign", Meaning: "The campaign's name.", Example: "Summer football", click: true},
	{Name: OfferID, Group: "Campaign", Meaning: "The offer's id.", Example: "12", click: true},
	{Name: OfferName, Group: "Campaign", Meaning: "The offer's name.", Example: "Royal Spin Casino", click: true},
	{Name: AffID, Aliases: []string{"affiliate_id"}, Group: "Campaign", Meaning: "The affiliate's id: yours.", Example: "7", click: true},
	{Name: GoalName, Group: "Conversion", Meaning: "The goal's name.", Example: "First Time Deposit"},
	{Name: GoalID, Group: "Conversion", Meaning: "The goal's key.", Example: "ftd"},
	{Name: Status, Group: "Conversion", Meaning: "Where the conversion stands: pending, approved, rejected or cancelled.", Example: "approved"},
	{Name: ClickID, Group: "Click", Meaning: "Our id for the click.", Example: "0197640b8a5e7c10b3f29d6e41c80a35", click: true},
	{Name: ConversionID, Group: "Conversion", Meaning: "Our id for the conversion; the same through all its statuses.", Example: "0197640c31b27f04a1c87e92d50b6f13"},
	{Name: TransactionID, Group: "Conversion", Meaning: "The operator's id for the transaction.", Example: "TX-48213"},
	{Name: Param1, Aliases: []string{"param1", "sub1", "sub_1"}, Group: "Your parameters", Meaning: "What your tracking link carried as param_1, usually your tracker's click id.", Example: "wgk3l5f2c1", click: true},
	{Name: Param2, Aliases: []string{"param2", "sub2", "sub_2"}, Group: "Your parameters", Meaning: "What your tracking link carried as param_2.", Example: "banner-300x250", click: true},
	{Name: Param3, Aliases: []string{"param3", "sub3", "sub_3"}, Group: "Your parameters", Meaning: "What your tracking link carried as param_3.", Example: "zone 14", click: true},
	{Name: Country, Group: "Click", Meaning: "The country of the click, ISO 3166-1 alpha-2.", Example: "DE", click: true},
	{Name: LandingPage, Group: "Click", Meaning: "The key of the landing page that the click went to.", Example: "welcome", click: true},
	{Name: UserAgent, Group: "Click", Meaning: "The browser's user agent at the click.", Example: "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/137.0 Mobile", click: true},
	{Name: Referrer, Aliases: []string{"referer"}, Group: "Click", Meaning: "The page that the click came from.", Example: "https://bets.example/top-10", click: true},
	{Name: PreviousStatus, Group: "Conversion", Meaning: "The status before this one, when a conversion has changed.", Example: "pending"},
	{Name: Reason, Group: "Conversion", Meaning: "Why the status changed, in the words of whoever changed it.", Example: "duplicate account"},
	{Name: DeliveryID, Group: "Delivery", Meaning: "Our id for this delivery; the same over all its retries.", Example: "0197640c33d47a5e8f6013cb27de9a48"},
	{Name: Count, Group: "Aggregated", Meaning: "How many conversions the request tells of.", Example: "3", Aggregates: true},
	{Name: SumAmount, Group: "Aggregated", Meaning: "The amounts of the aggregated conversions, added up.", Example: "75.50", Aggregates: true},
	{Name: SumPayout, Group: "Aggregated", Meaning: "Your commission for the aggregated conversions, added up.", Example: "150.00", Aggregates: true},
	{Name: GoalNames, Group: "Aggregated", Meaning: "The names of the goals aggregated, each once, with commas between.", Example: "First Time Deposit,Deposit", Aggregates: true},
}

const macroCount = 31

// index finds a macro's place by canonical name or alias, in lower case.
var index = func() map[string]uint8 {
	byName := make(map[string]uint8, 2*macroCount)
	for i, m := range macros {
		byName[string(m.Name)] = uint8(i)
		for _, alias := range m.Aliases {
			byName[alias] = uint8(i)
		}
	}
	return byName
}()

// All lists every macro, in the order of the contract.
func All() []Macro {
	return append([]Macro(nil), macros[:]...)
}

// Lookup finds a macro by name or alias, in any case.
func Lookup(name string) (Name, bool) {
	i, ok := indexOf(name)
	if !ok {
		return "", false
	}
	return macros[i].Name, true
}

func indexOf(name string) (uint8, bool) {
	if i, ok := index[name]; ok {
		return i, true
	}
	i, ok := index[strings.ToLower(name)]
	return i, ok
}

// Scope says which moment a template is expanded at, and so which macros have a
// value.
type Scope uint8

// The scopes.
const (
	Conversions Scope = iota // postback URLs that tell of one conversion each
	Clicks                   // destination, landing and fallback URLs: only what is known when the player clicks
	Aggregated               // postback URLs that tell of several conversions in one request: every macro
)

// ScopeFor is the scope of a postback's URL: whether it aggregates the conversions of
// a click into one request, or tells of each by itself.
func ScopeFor(aggregates bool) Scope {
	if aggregates {
		return Aggregated
	}
	return Conversions
}

// allows reports whether a macro has a value in this scope.
func (s Scope) allows(i uint8) bool {
	switch s {
	case Clicks:
		return macros[i].click
	case Aggregated:
		return true
	default:
		return !macros[i].Aggregates
	}
}

// ForOne says what takes the place of a macro that speaks of several conversions
// where each is sent by itself; empty for the others.
func (n Name) ForOne() string {
	switch n {
	case Count:
		return "1"
	case SumAmount:
		return "{" + string(Amount) + "}"
	case SumPayout:
		return "{" + string(Payout) + "}"
	case GoalNames:
		return "{" + string(GoalName) + "}"
	default:
		return ""
	}
}

// FillForOne gives the macros that speak of several conversions what they say of
// the one that the values are of, where nothing else was said.
func (v *Values) FillForOne() {
	if v.Get(Count) != "" {
		return
	}
	v.Set(Count, "1")
	v.Set(SumAmount, v.Get(Amount))
	v.Set(SumPayout, v.Get(Payout))
	v.Set(GoalNames, v.Get(GoalName))
}
