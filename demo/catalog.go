package demo

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/internal/viewer"
)

// Password is the password of every user of the demo.
const Password = "postrider-demo"

// person is a user.
type person struct {
	email     string
	label     string // role, in a few words
	role      viewer.Role
	affiliate int // index in affiliates; not used for staff
}

// name returns the name that the label begins with.
func (p person) name() string {
	name, _, _ := strings.Cut(p.label, ",")
	return name
}

var people = []person{
	{"mara@brightreels.example", "Mara Lindqvist, BrightReels Media (Keitaro)", viewer.Affiliate, 0},
	{"jonas@oddsandends.example", "Jonas Weber, Odds & Ends Traffic (Voluum)", viewer.Affiliate, 1},
	{"ines@nordlys.example", "Ines Halvorsen, Nordlys Performance (Binom)", viewer.Affiliate, 2},
	{"petra@network.example", "Petra Novak, affiliate manager", viewer.Manager, -1},
	{"admin@network.example", "Adrian Cole, admin", viewer.Admin, -1},
}

// affiliateSpec is an affiliate and the properties of its traffic.
type affiliateSpec struct {
	name      string
	tracker   *trackerStyle
	others    map[string]*trackerStyle // of campaigns, by name, whose clicks another tracker of its makes
	countries []weighted
	referrers []string
	creatives []string // values of param_2 in its links
}

var affiliates = []affiliateSpec{
	{
		name: "BrightReels Media", tracker: &keitaro,
		countries: []weighted{{"DE", 34}, {"AT", 14}, {"CH", 9}, {"SE", 12}, {"FI", 10}, {"NL", 8}, {"CA", 7}, {"NZ", 4}, {"", 2}},
		referrers: []string{"https://brightreels.example/best-free-spins", "https://brightreels.example/reviews/royal-spin", "https://www.google.com/", "https://m.facebook.com/", ""},
		creatives: []string{"banner-300x250", "banner-728x90", "native-14", "push-a", "review-top"},
	},
	{
		name: "Odds & Ends Traffic", tracker: &voluum, others: map[string]*trackerStyle{"Poker night streams": &keitaro},
		countries: []weighted{{"GB", 36}, {"IE", 12}, {"DE", 12}, {"PL", 10}, {"BR", 9}, {"NG", 8}, {"KE", 6}, {"IN", 5}, {"", 2}},
		referrers: []string{"https://tips.oddsandends.example/today", "https://tips.oddsandends.example/acca", "https://www.reddit.com/", "https://t.co/", ""},
		creatives: []string{"pop-113", "pop-240", "inpage-7", "tips-app"},
	},
	{
		name: "Nordlys Performance", tracker: &binom,
		countries: []weighted{{"NO", 30}, {"SE", 22}, {"DK", 14}, {"FI", 14}, {"IS", 4}, {"EE", 6}, {"LV", 5}, {"LT", 4}, {"", 1}},
		referrers: []string{"https://nordlys.example/casino", "https://nordlys.example/nyhetsbrev", "https://www.google.no/", "https://duckduckgo.com/", ""},
		creatives: []string{"seo", "newsletter-32", "newsletter-33", "search-brand"},
	},
}

// pageSpec is a landing page.
type pageSpec struct{ key, name, path string }

// offerSpec is an operator's offer with its deal and its integration.
type offerSpec struct {
	name, operator string
	vertical       commission.Vertical
	host           string // of the operator
	pages          []pageSpec
	deal           dealSpec
	currency       string
	fallback       bool
	pausedFor      time.Duration             // 0 while it is active
	integration    string                    // key
	signed         bool                      // its integration requires HMAC, not a token
	rule           *commission.Qualification // Postrider records the CPA itself; nil if the operator reports it
	funnel         funnel
}

type dealSpec struct {
	model    commission.Model
	amount   string // decimal; empty for none
	percent  string
	leadGoal string
}

// funnel has the conversion rates of an offer's players.
type funnel struct {
	register float64 // of clicks
	kyc      float64 // of registrations
	ftd      float64 // of registrations
	deposits float64 // average number of further deposits of a player who deposits
	qualify  float64 // of players who deposit: CPA, if the operator reports it
	deposit  float64 // the median, in the offer's currency
	revenue  bool    // the operator reports net revenue weekly
}

const day = 24 * time.Hour

var offers = []offerSpec{
	{
		name: "Royal Spin Casino", operator: "Royal Spin", vertical: commission.Casino, host: "royalspin.example",
		pages: []pageSpec{{"welcome", "Welcome bonus", "/welcome"}, {"freespins", "50 free spins", "/lp/free-spins"}},
		deal:  dealSpec{model: commission.CPA, amount: "120"}, currency: "EUR", fallback: true, integration: "royalspin",
		funnel: funnel{register: .13, kyc: .42, ftd: .30, deposits: .7, qualify: .62, deposit: 45},
	},
	{
		name: "GoalLine Bet", operator: "GoalLine", vertical: commission.Sportsbook, host: "goalline.example",
		pages: []pageSpec{{"welcome", "Bet 10, get 30", "/bet10"}, {"app", "Get the app", "/app"}},
		deal:  dealSpec{model: commission.Hybrid, amount: "60", percent: "20"}, currency: "EUR", fallback: true, integration: "goalline", signed: true,
		rule: &commission.Qualification{
			Goals: []string{commission.GoalRegistration, commission.GoalFTD}, MinDeposit: decimal.NewFromInt(20), WithinDays: 30, ClawbackDays: 14,
		},
		funnel: funnel{register: .12, kyc: .45, ftd: .33, deposits: .6, deposit: 30, revenue: true},
	},
	{
		name: "Velvet Reels", operator: "Velvet Gaming", vertical: commission.Casino, host: "velvetreels.example",
		pages: []pageSpec{{"welcome", "Velvet welcome", "/hello"}},
		deal:  dealSpec{model: commission.RevShare, percent: "35"}, currency: "EUR", fallback: true, integration: "velvetreels",
		funnel: funnel{register: .11, kyc: .40, ftd: .29, deposits: .9, deposit: 60, revenue: true},
	},
	{
		name: "Northstand Sports", operator: "Northstand", vertical: commission.Sportsbook, host: "northstand.example",
		pages: []pageSpec{{"welcome", "Matched first bet", "/first-bet"}},
		deal:  dealSpec{model: commission.CPA, amount: "95"}, currency: "GBP", pausedFor: 5 * day, integration: "northstand",
		funnel: funnel{register: .11, kyc: .50, ftd: .28, deposits: .5, qualify: .6, deposit: 25},
	},
	{
		name: "River House Poker", operator: "River House", vertical: commission.Poker, host: "riverhouse.example",
		pages: []pageSpec{{"welcome", "Deposit match", "/match"}, {"freeroll", "Weekly freeroll", "/freeroll"}},
		deal:  dealSpec{model: commission.RevShare, percent: "30"}, currency: "USD", fallback: true, integration: "riverhouse",
		funnel: funnel{register: .10, kyc: .45, ftd: .32, deposits: .8, deposit: 50, revenue: true},
	},
	{
		name: "Pocketline Wallet", operator: "Pocketline", vertical: commission.EWallet, host: "pocketline.example",
		pages: []pageSpec{{"card", "Free card", "/card"}},
		deal:  dealSpec{model: commission.CPL, amount: "14", leadGoal: commission.GoalRegistration}, currency: "EUR", fallback: true, integration: "pocketline",
		funnel: funnel{register: .12, kyc: .60},
	},
	{
		name: "Swiftpurse", operator: "Swiftpurse", vertical: commission.EWallet, host: "swiftpurse.example",
		pages: []pageSpec{{"start", "Open an account", "/start"}},
		deal:  dealSpec{model: commission.CPL, amount: "22", leadGoal: commission.GoalKYC}, currency: "EUR", fallback: true, integration: "swiftpurse",
		funnel: funnel{register: .11, kyc: .55},
	},
}

// ownDeal is one affiliate's deal for one offer.
var ownDeal = struct {
	affiliate, offer int
	deal             dealSpec
}{0, 0, dealSpec{model: commission.CPA, amount: "140"}}

// campaignSpec is an affiliate's campaign and its share of all clicks.
type campaignSpec struct {
	affiliate, offer int
	name             string
	share            float64
	pausedFor        time.Duration // 0 while it is active
}

// The campaigns, in the order in which their links are shown.
var campaigns = []campaignSpec{
	{affiliate: 0, offer: 0, name: "Free spins DACH", share: 20},
	{affiliate: 0, offer: 1, name: "Champions League push", share: 13},
	{affiliate: 0, offer: 2, name: "Reels review site", share: 11},
	{affiliate: 0, offer: 5, name: "Wallet cashback", share: 7},
	{affiliate: 1, offer: 1, name: "Football tips app", share: 14},
	{affiliate: 1, offer: 4, name: "Poker night streams", share: 7},
	{affiliate: 1, offer: 3, name: "Weekend acca", share: 7},
	{affiliate: 2, offer: 0, name: "Nordic slots SEO", share: 9},
	{affiliate: 2, offer: 2, name: "Casino newsletter", share: 6},
	{affiliate: 2, offer: 6, name: "Swiftpurse sign-up", share: 4},
	{affiliate: 2, offer: 0, name: "Old banner rotation", share: 2, pausedFor: 9 * day},
}

// behaviour is how a postback's tracker answers.
type behaviour int

const (
	answers     behaviour = iota // like a good tracker, nearly always
	answers500                   // a server error at the tracker
	answers403                   // forbidden
	answers410                   // gone
	unresolved                   // its host name does not resolve
	wrongPath                    // answers 404, until its owner fixes the URL
	wrongAnswer                  // answers 200, but with a body that does not match the rule
)

// status returns the status that the echo tracker is asked to answer with; 0 for its own.
func (b behaviour) status() int {
	return map[behaviour]int{answers500: 500, answers403: 403, answers410: 410, wrongPath: 404}[b]
}

// postbackSpec is a postback, or one for each goal.
type postbackSpec struct {
	affiliate  int
	name       string
	scope      firing.Scope
	at         int // index in offers for Offer, in campaigns for Campaign
	goals      []string
	statuses   []commission.Status // approved if empty
	method     firing.Method
	rule       *firing.BodyRule
	behaves    behaviour
	disabled   bool
	age        time.Duration // how long ago it was created; at the beginning if 0
	fixed      time.Duration // how long ago its owner corrected the URL
	deleted    time.Duration // how long ago it was deleted
	tracker    *trackerStyle // the tracker that it goes to, if not its affiliate's own
	says       string        // the status it sends, if not the goal's own
	aggregates time.Duration // how long it aggregates conversions of a click; created today, so not in the month
}

var postbacks = []postbackSpec{
	{affiliate: 0, name: "Keitaro", scope: firing.Global, goals: []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalDeposit, commission.GoalCPA, commission.GoalNetRevenue}},
	{affiliate: 0, name: "Keitaro, taken back", scope: firing.Global, goals: []string{commission.GoalFTD, commission.GoalCPA}, statuses: []commission.Status{commission.Cancelled, commission.Rejected}, says: "rejected"},
	{affiliate: 0, name: "KYC, not needed for now", scope: firing.Global, goals: []string{commission.GoalKYC}, disabled: true},
	{affiliate: 0, name: "Wallet CRM", scope: firing.Offer, at: 5, goals: []string{commission.GoalKYC}, method: firing.POST},
	{affiliate: 0, name: "New tracker, being set up", scope: firing.Campaign, at: 1, goals: []string{commission.GoalRegistration}, behaves: answers500, age: 6 * day},
	{affiliate: 0, name: "Old server", scope: firing.Campaign, at: 2, goals: []string{commission.GoalFTD}, behaves: answers410, age: 7 * day},

	{affiliate: 1, name: "Voluum", scope: firing.Global, goals: []string{commission.GoalRegistration, commission.GoalDeposit, commission.GoalNetRevenue}},
	{affiliate: 1, name: "Voluum, checked", scope: firing.Global, goals: []string{commission.GoalFTD}, rule: &firing.BodyRule{Kind: firing.JSONField, Path: "result", Value: "echoed"}},
	// Global beside the global ones of Voluum: each tracker is called with the click ids of the other.
	{affiliate: 1, name: "Keitaro", scope: firing.Global, goals: []string{commission.GoalRegistration, commission.GoalFTD}, tracker: &keitaro},
	{affiliate: 1, name: "Deposits of a click, together", scope: firing.Global, goals: []string{commission.GoalDeposit}, aggregates: 10 * time.Minute},
	{affiliate: 1, name: "Voluum CPA", scope: firing.Offer, at: 1, goals: []string{commission.GoalCPA}},
	{affiliate: 1, name: "Behind a firewall", scope: firing.Campaign, at: 4, goals: []string{commission.GoalRegistration}, behaves: answers403, age: 11 * day},
	{affiliate: 1, name: "Stats box", scope: firing.Campaign, at: 5, goals: []string{commission.GoalFTD}, behaves: unresolved, age: 14 * day},
	{affiliate: 1, name: "Wants OK", scope: firing.Campaign, at: 6, goals: []string{commission.GoalFTD}, behaves: wrongAnswer, age: 12 * day, rule: &firing.BodyRule{Kind: firing.Contains, Value: "OK"}},

	{affiliate: 2, name: "Binom", scope: firing.Global, goals: []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalDeposit, commission.GoalCPA}},
	{affiliate: 2, name: "Binom KYC", scope: firing.Global, goals: []string{commission.GoalKYC}, behaves: wrongPath, fixed: 4 * day},
	{affiliate: 2, name: "Accounting", scope: firing.Offer, at: 2, goals: []string{commission.GoalNetRevenue}, statuses: []commission.Status{commission.Approved, commission.Pending}, method: firing.POST},
	{affiliate: 2, name: "Old Binom", scope: firing.Campaign, at: 7, goals: []string{commission.GoalRegistration}, behaves: unresolved, age: 15 * day, deleted: 7 * day},
}

// state returns the state of something that may be paused.
func state(pausedFor time.Duration) tracking.RunState {
	if pausedFor > 0 {
		return tracking.Paused
	}
	return tracking.Active
}
