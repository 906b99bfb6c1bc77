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

// Macro describes one macro.
type Macro struct {
	Name       Name
	Aliases    []string // other names of the same macro
	Group      string   // one of the Group constants
	Meaning    string   // one sentence
	Example    string   // a plausible value
	Aggregates bool     // its value is of several conversions: only postbacks that aggregate have it

	click bool // available at the click
}

// The groups in which macros are listed.
const (
	GroupTime       = "time"
	GroupMoney      = "money"
	GroupConversion = "conversion"
	GroupCampaign   = "campaign"
	GroupClick      = "click"
	GroupParams     = "params" // the affiliate's own, as passed on the tracking link
	GroupDelivery   = "delivery"
	GroupAggregated = "aggregated"
)

// Groups lists every group.
func Groups() []string {
	return []string{GroupTime, GroupMoney, GroupConversion, GroupCampaign, GroupClick, GroupParams, GroupDelivery, GroupAggregated}
}

// macros is the registry; a macro's index in it is its index in Values.
var macros = [macroCount]Macro{
	{Name: Date, Group: GroupTime, Meaning: "When the goal was reached, in UTC, as RFC 3339.", Example: "2026-06-12T10:00:00Z"},
	{Name: Timestamp, Group: GroupTime, Meaning: "When the goal was reached, as Unix seconds.", Example: "1781258400"},
	{Name: Amount, Group: GroupMoney, Meaning: "The conversion's value as a plain decimal.", Example: "25.50"},
	{Name: Payout, Group: GroupMoney, Meaning: "Your commission for the conversion, as a plain decimal.", Example: "120.00"},
	{Name: Currency, Group: GroupMoney, Meaning: "The currency of amount and payout, ISO 4217.", Example: "EUR"},
	{Name: PlayerID, Group: GroupConversion, Meaning: "Our id for the player, not the operator's.", Example: "0197640c2f1c7d3a9d0b52f8c6e41a70"},
	{Name: CampID, Aliases: []string{"campaign_id"}, Group: GroupCampaign, Meaning: "The campaign's id.", Example: "118", click: true},
	{Name: CampName, Aliases: []string{"campaign_name"}, Group: GroupCampaign, Meaning: "The campaign's name.", Example: "Summer football", click: true},
	{Name: OfferID, Group: GroupCampaign, Meaning: "The offer's id.", Example: "12", click: true},
	{Name: OfferName, Group: GroupCampaign, Meaning: "The offer's name.", Example: "Royal Spin Casino", click: true},
	{Name: AffID, Aliases: []string{"affiliate_id"}, Group: GroupCampaign, Meaning: "Your affiliate id.", Example: "7", click: true},
	{Name: GoalName, Group: GroupConversion, Meaning: "The goal's name.", Example: "FTD"},
	{Name: GoalID, Group: GroupConversion, Meaning: "The goal's key.", Example: "ftd"},
	{Name: Status, Group: GroupConversion, Meaning: "The conversion's status: pending, approved, rejected or cancelled.", Example: "approved"},
	{Name: ClickID, Group: GroupClick, Meaning: "Our id for the click.", Example: "0197640b8a5e7c10b3f29d6e41c80a35", click: true},
	{Name: ConversionID, Group: GroupConversion, Meaning: "Our id for the conversion; it stays the same when the status changes.", Example: "0197640c31b27f04a1c87e92d50b6f13"},
	{Name: TransactionID, Group: GroupConversion, Meaning: "The operator's id for the transaction.", Example: "TX-48213"},
	{Name: Param1, Aliases: []string{"param1", "sub1", "sub_1"}, Group: GroupParams, Meaning: "The param_1 of your tracking link, usually your tracker's click id.", Example: "wgk3l5f2c1", click: true},
	{Name: Param2, Aliases: []string{"param2", "sub2", "sub_2"}, Group: GroupParams, Meaning: "The param_2 of your tracking link.", Example: "banner-300x250", click: true},
	{Name: Param3, Aliases: []string{"param3", "sub3", "sub_3"}, Group: GroupParams, Meaning: "The param_3 of your tracking link.", Example: "zone 14", click: true},
	{Name: Country, Group: GroupClick, Meaning: "The click's country, ISO 3166-1 alpha-2.", Example: "DE", click: true},
	{Name: LandingPage, Group: GroupClick, Meaning: "The key of the click's landing page.", Example: "welcome", click: true},
	{Name: UserAgent, Group: GroupClick, Meaning: "The click's user agent.", Example: "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/137.0 Mobile", click: true},
	{Name: Referrer, Aliases: []string{"referer"}, Group: GroupClick, Meaning: "The click's referrer.", Example: "https://bets.example/top-10", click: true},
	{Name: PreviousStatus, Group: GroupConversion, Meaning: "The status before the last change.", Example: "pending"},
	{Name: Reason, Group: GroupConversion, Meaning: "The reason for the status change, as the operator or our staff gave it.", Example: "duplicate account"},
	{Name: DeliveryID, Group: GroupDelivery, Meaning: "Our id for the delivery; it stays the same in all retries.", Example: "0197640c33d47a5e8f6013cb27de9a48"},
	{Name: Count, Group: GroupAggregated, Meaning: "The number of aggregated conversions.", Example: "3", Aggregates: true},
	{Name: SumAmount, Group: GroupAggregated, Meaning: "The sum of the amounts of the aggregated conversions.", Example: "75.50", Aggregates: true},
	{Name: SumPayout, Group: GroupAggregated, Meaning: "The sum of your commission for the aggregated conversions.", Example: "150.00", Aggregates: true},
	{Name: GoalNames, Group: GroupAggregated, Meaning: "The names of the aggregated goals, each once, separated by commas.", Example: "FTD,Deposit", Aggregates: true},
}

const macroCount = 31

// index maps canonical names and aliases, in lower case, to a macro's index.
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

// Scope is when a template is expanded, which decides the macros that have a value.
type Scope uint8

// The scopes.
const (
	Conversions Scope = iota // postback URLs that send one conversion each
	Clicks                   // destination, landing page and fallback URLs: only what is known at the click
	Aggregated               // postback URLs that send several conversions in one request: every macro
)

// ScopeFor returns the scope of a postback's URL: whether it aggregates the conversions of a
// click into one request, or sends each separately.
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

// ForOne returns the replacement of an aggregated macro where each conversion is sent
// separately; it is empty for the other macros.
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

// FillForOne sets the aggregated macros that have no value, from the values of one conversion.
func (v *Values) FillForOne() {
	if v.Get(Count) != "" {
		return
	}
	v.Set(Count, "1")
	v.Set(SumAmount, v.Get(Amount))
	v.Set(SumPayout, v.Get(Payout))
	v.Set(GoalNames, v.Get(GoalName))
}
