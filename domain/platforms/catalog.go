package platforms

import (
	"slices"

	"postrider/domain/commission"
)

// checked is the month in which the pages of the catalogue were read.
const checked = "2026-12"

// The page with the network templates of a widely used tracker, as another tracker publishes them.
const (
	networkTemplates = "https://github.com/fenjo26/Orbitra.link/blob/main/data/keitaro_affiliate_networks.json"
	builtInTemplates = "https://github.com/fenjo26/Orbitra.link/blob/main/api.php"
)

// Notes that many templates share.
const (
	noTransaction = "No transaction id is documented, so repeat deposits cannot be told apart: report them only with an id of their own."
	ownGoals      = "The words for goals are the operator's own: add them to the goal mapping."
	askMacros     = "Its macros are not published: ask the operator for them, and put each in the place of ours."
	eventsUnknown = "Which events it reports is not published: enter the URL of each event that the operator offers."
)

// Events that come once per player, so that they need no transaction id, and all that are usual.
var (
	firsts     = []string{commission.GoalRegistration, commission.GoalFTD}
	onceEvents = []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalCPA}
	allEvents  = []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalDeposit, commission.GoalCPA}
)

func goal(text string) Macro        { return Macro{commission.ParamGoal, text} }
func click(text string) Macro       { return Macro{commission.ParamClickID, text} }
func player(text string) Macro      { return Macro{commission.ParamPlayerID, text} }
func transaction(text string) Macro { return Macro{commission.ParamTransaction, text} }
func amount(text string) Macro      { return Macro{commission.ParamAmount, text} }
func currency(text string) Macro    { return Macro{commission.ParamCurrency, text} }
func status(text string) Macro      { return Macro{commission.ParamStatus, text} }
func occurred(text string) Macro    { return Macro{commission.ParamOccurredAt, text} }
func payout(text string) Macro      { return Macro{commission.ParamPayout, text} }

// ours are our own names in braces, for whoever fills them in.
var ours = []Macro{
	goal("{goal}"), click("{click_id}"), player("{player_id}"), transaction("{transaction_id}"), amount("{amount}"), currency("{currency}"), status("{status}"),
}

var generic = &Template{
	Key: GenericKey, Name: "Generic", Confidence: Documented, Checked: checked, Macros: ours,
	Notes: []string{"Put the value in the place of each {name}, percent-encoded."},
}

// catalog lists every template; see the package comment.
var catalog = slices.Concat([]*Template{generic}, platforms, programmes)

// platforms are what operators rent or buy.
var platforms = []*Template{
	{
		Key: "affiliate-control", Name: "Affiliate Control", Confidence: Unpublished, Checked: checked,
		Source: "https://docs.affiliatecontrol.com/user-guide/marketing-tools/traffic-sources",
		Click:  "extid", Macros: ours,
		Notes: []string{askMacros, "Postbacks belong to a traffic source, whose External ID takes our click id."},
	},
	{
		Key: "affilka", Name: "Affilka (SOFTSWISS)", Confidence: Observed, Checked: checked, Source: networkTemplates,
		Click: "visit_id", Macros: []Macro{click("${visit_id}")}, Events: onceEvents,
		Notes: []string{
			"${name} is the parameter of that name in the link: a programme that calls it otherwise needs its name in both places.",
			eventsUnknown, noTransaction,
		},
	},
	{
		Key: "affise", Name: "Affise", Confidence: Documented, Checked: checked,
		Source: "https://help-center.affise.com/en/articles/6655842-affiliate-postback-macros-affiliates",
		Click:  "sub1",
		Macros: []Macro{
			goal("{goal}"), click("{sub1}"), transaction("{transactionid}"), amount("{order_sum}"), currency("{order_currency}"), status("{status}"),
			payout("{sum}"), occurred("{timestamp}"),
		},
		Statuses: map[string]string{"1": "approved", "2": "pending", "3": "rejected", "5": "pending"},
		Notes:    []string{"There is no macro for a click id: {sub1} returns what the link had as sub1.", ownGoals, "Status 5 is approved and on hold: it is pending here."},
	},
	{
		Key: "alanbase", Name: "Alanbase", Confidence: Observed, Checked: checked, Source: networkTemplates,
		Click: "sub_id1", Macros: []Macro{click("{sub_id1}"), status("{status}"), payout("{revenue}")}, Events: onceEvents,
		Statuses: map[string]string{"hold": "pending", "confirmed": "approved"},
		Notes:    []string{eventsUnknown, noTransaction},
	},
	{
		Key: "cake", Name: "CAKE", Confidence: Documented, Checked: checked,
		Source: "https://support.getcake.com/support/solutions/articles/5000545788",
		Click:  "s2",
		Macros: []Macro{click("#s2#"), transaction("#leadid#"), payout("#price#"), occurred("#utcunixtime#")},
		Events: allEvents,
		Notes:  []string{"No token for the event is documented: place one URL per event.", "The price is the commission, not what the player paid."},
	},
	{
		Key: "cellxpert", Name: "Cellxpert", Confidence: Observed, Checked: checked, Source: networkTemplates,
		Click: "afp1", Macros: []Macro{click("[afp1]"), payout("[CommissionAmount]")}, Events: onceEvents,
		Notes: []string{"Macros stand in square brackets.", eventsUnknown, noTransaction},
	},
	{
		Key: "everflow", Name: "Everflow", Confidence: Documented, Checked: checked,
		Source: "https://helpdesk.everflow.io/en/articles/6173403-a-guide-to-parameters-and-macros",
		Click:  "sub1", Macros: []Macro{goal("{event_name}"), click("{sub1}"), amount("{sale_amount}")},
		Notes: []string{ownGoals, "{transaction_id} is Everflow's id of the click, the same for all its events: it does not tell deposits apart.", noTransaction},
	},
	{
		Key: "income-access", Name: "Income Access", Confidence: Unpublished, Checked: checked,
		Source: "http://incomeaccess.com/affiliate/affiliate-tracking-reporting-transparency/",
		Macros: ours, Notes: []string{askMacros},
	},
	{
		Key: "irev", Name: "iREV", Confidence: Documented, Checked: checked,
		Source: "https://support.irev.com/en/articles/2561922",
		Click:  "aff_click_id", Macros: []Macro{click("{aff_click_id}")}, Events: onceEvents,
		Notes: []string{"A tracker is set for a goal: create one for each, of the type Postback with Click ID.", noTransaction},
	},
	{
		Key: "kukuruku", Name: "Kukuruku", Confidence: Unpublished, Checked: checked, Macros: ours,
		Notes: []string{"No public documentation was found.", askMacros},
	},
	{
		Key: "myaffiliates", Name: "MyAffiliates", Confidence: Observed, Checked: checked,
		Source: "https://webpartners.co/knowledge-base/do-you-support-postback/",
		Click:  "payload", Macros: []Macro{click("{payload}")}, Events: firsts,
		Notes: []string{
			"It reports when it processes the operator's data, often once a day: neither at once nor with the time of the event.",
			"Only registrations and first deposits are reported.", "{s2s.req_id} and {s2s.pub_id} are other parameters of the link: they do not carry our click id.",
		},
	},
	{
		Key: "netrefer", Name: "NetRefer", Confidence: Unpublished, Checked: checked,
		Source: "https://netrefer.com/system-functionality-platform-add-ons",
		Macros: ours,
		Notes:  []string{askMacros, "It needs the add-ons Action Tracking (Pixel Firing), and Dynamic Variables for our click id in the link."},
	},
	{
		Key: "referon", Name: "ReferOn", Confidence: Documented, Checked: checked,
		Source: "https://help.referon.com/en_US/affiliate-media/postbacks-s2s-pixels",
		Click:  "clickid", Names: map[string]string{commission.ParamClickID: "clickid"},
		Macros: []Macro{click(""), player(""), currency("")}, Events: onceEvents,
		Notes: []string{
			"It has no macros: press Parse, and choose the variable of each parameter, Customer ID for player_id.",
			"The variable of the link must have the same name as the parameter: clickid.",
			"CPA is Qualified CPA there, which is reported when the reward plan is calculated.",
		},
	},
	{
		Key: "scaleo", Name: "Scaleo", Confidence: Observed, Checked: checked, Source: networkTemplates,
		Click: "aff_click_id", Macros: []Macro{click("{aff_click_id}"), status("{conv_status}"), payout("{payout}")}, Events: onceEvents,
		Statuses: map[string]string{"trash": "rejected"},
		Notes:    []string{eventsUnknown, noTransaction},
	},
	{
		Key: "smartico", Name: "Smartico", Confidence: Unpublished, Checked: checked, Macros: ours,
		Notes: []string{"No public documentation was found. Its macros stand in double braces.", askMacros},
	},
	{
		Key: "swaarm", Name: "Swaarm", Confidence: Documented, Checked: checked,
		Source: "https://docs.swaarm.com/en/articles/4612464-publisher-tracking-details",
		Click:  "pub_click_id",
		Macros: []Macro{goal("#{eventType.name}"), click("#{click.publisher.clickId}"), status("#{status.state}"), payout("#{payout.theyGetInDollars}")},
		Statuses: map[string]string{
			"Rejected by Advertiser": "rejected",
		},
		Notes: []string{"The # belongs to the macro. Choose the level Both, so that all events are reported.", ownGoals, noTransaction},
	},
	{
		Key: "trackier", Name: "Trackier", Confidence: Documented, Checked: checked,
		Source: "https://help.trackier.com/en/articles/8107293-publisher-tracking-link-parameters-and-postback-macros",
		Click:  "p1", Macros: []Macro{click("{p1}"), transaction("{txn_id}"), payout("{payout}")}, Events: allEvents,
		Notes: []string{"{payout} is in US dollars.", "{txn_id} is the advertiser's: it is empty unless the advertiser sends one."},
	},
	{
		Key: "tune", Name: "TUNE (HasOffers)", Confidence: Documented, Checked: checked,
		Source: "https://support.tune.com/hc/en-us/articles/1500008248741-Passing-Values-to-a-Partner-Conversion-URL",
		Click:  "aff_click_id", Macros: []Macro{click("{aff_click_id}")}, Events: onceEvents,
		Notes: []string{"{transaction_id} is TUNE's id of the click, the same for all its goals: it does not tell deposits apart.", noTransaction},
	},
}
