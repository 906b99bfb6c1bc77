package platforms

import "postrider/domain/commission"

// programmes are affiliate programmes of operators, where it is known what they send, not what
// they run.
var programmes = []*Template{
	{
		Key: "1win", Name: "1win Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "sub1", Macros: []Macro{click("{sub1}"), payout("{amount}")}, Events: onceEvents,
		Notes: []string{eventsUnknown, noTransaction},
	},
	{
		Key: "22bet", Name: "22BET Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "sub_id", Macros: []Macro{goal("{status}"), click("{sub_id}")},
		Goals: map[string]string{"reg": commission.GoalRegistration},
		Notes: []string{"Its {status} is the event. It counts ftd and bl as a sale; what bl means is not published."},
	},
	{
		Key: "4rabet", Name: "4rabet Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "sub_id2", Macros: []Macro{goal("{goal}"), click("{sub_id2}"), transaction("{id}"), payout("{revenue}")},
		Notes: []string{ownGoals},
	},
	{
		Key: "boomerang", Name: "Boomerang Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "visit_id", Macros: []Macro{click("${visit_id}")}, Events: onceEvents,
		Notes: []string{eventsUnknown, noTransaction},
	},
	{
		Key: "cpabro", Name: "cpabro", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "track_id", Macros: []Macro{goal("{action}"), click("{track_id}"), status("{status}"), payout("{income}")},
		Goals:    map[string]string{"reg": commission.GoalRegistration, "first_dep": commission.GoalFTD},
		Statuses: map[string]string{"confirmed": "approved"},
		Notes:    []string{"Repeat deposits come as dep, without an id: they are refused unless somebody maps them."},
	},
	{
		Key: "gambling-pro", Name: "Gambling.pro", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "pid", Macros: []Macro{goal("{action}"), click("{pid}"), payout("{income}")},
		Goals: map[string]string{"reg": commission.GoalRegistration, "first_dep": commission.GoalFTD},
		Notes: []string{noTransaction},
	},
	{
		Key: "ggbet", Name: "GGBet Affiliates", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "click_id", Macros: []Macro{click("##CLICK_ID##"), payout("##CPA_AMOUNT##")}, Events: onceEvents,
		Notes: []string{eventsUnknown, "##POSTBACK_ID## is the id of the postback: whether it stays the same when one is sent again is not published.", noTransaction},
	},
	{
		Key: "income-partners", Name: "income.partners", Confidence: Documented, Checked: checked,
		Source: "https://admin.income.partners/faq/postback",
		Macros: []Macro{click("{sub_id}"), player("{user_id}"), amount("{amount}")}, Events: onceEvents,
		Notes: []string{"{transaction_id} is the sub id there, not a transaction.", noTransaction},
	},
	{
		Key: "melbet", Name: "Melbet Affiliates", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "click_id", Macros: []Macro{click("{click_id}"), payout("{amount}")}, Events: onceEvents,
		Notes: []string{eventsUnknown, noTransaction},
	},
	{
		Key: "mostbet", Name: "Mostbet Partners (CPA)", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "sub1", Macros: []Macro{goal("{status}"), click("{sub1}"), status("{status}"), payout("{profit}")},
		Goals:    map[string]string{"fd_approved": commission.GoalFTD, "fd_rejected": commission.GoalFTD},
		Statuses: map[string]string{"registration": "approved", "fd_approved": "approved", "fd_rejected": "rejected"},
		Notes:    []string{"Its {status} is the event and its status in one. It also sends active and fdp; what they mean is not published."},
	},
	{
		Key: "pin-up", Name: "Pin-Up Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "subId1", Macros: []Macro{click("{subId1}"), payout("{payment}")}, Events: onceEvents,
		Notes: []string{eventsUnknown, noTransaction},
	},
	{
		Key: "posh-partners", Name: "Posh Partners", Confidence: Documented, Checked: checked,
		Source: "https://posh-partners.com/faq/what-is-a-postback",
		Click:  "promo", Macros: []Macro{click("{transaction_id}"), amount("{amount}")}, Events: onceEvents,
		Notes: []string{"{transaction_id} is the sub id there: it carries our click id.", noTransaction},
	},
	{
		Key: "royal", Name: "Royal Partners", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click:  "ctag",
		Macros: []Macro{click("${ctag}"), player("${player_id}"), transaction("${deposit_id}"), payout("${amount}")},
		Events: []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalDeposit},
		Notes:  []string{"Whether ${amount} is the deposit or the commission is not published: it is taken as the commission."},
	},
	{
		Key: "vulkan-bet", Name: "Vulkan.bet", Confidence: Observed, Checked: checked, Source: builtInTemplates,
		Click: "CLICK_ID", Macros: []Macro{click("##CLICK_ID##"), transaction("##TRANS_ID##"), payout("##CPA_AMOUNT##")}, Events: allEvents,
		Notes: []string{eventsUnknown},
	},
}
