package presets

import "regexp"

// leadOrSale is the goal in trackers' terms: a registration is a lead, a deposit a sale.
const leadOrSale = "{goal_id|map:registration=lead,kyc=lead,lead_created=lead,lead_approved=lead,*=sale}"

// Blanks that many presets share.
var (
	domain = Blank{"domain", "Your tracker's domain", "track.example.com"}
	pbKey  = Blank{"key", "The postback key, as in your tracker's settings", "a1b2c3d"}
)

func clickParameter(name string) Parameter {
	return Parameter{Name: name, Meaning: "The tracker's click id.", Required: true, Send: "{param_1}"}
}

func payoutParameter(name string) Parameter {
	return Parameter{Name: name, Meaning: "Your commission for the conversion.", Send: "{payout}"}
}

func idParameter(name string) Parameter {
	return Parameter{Name: name, Meaning: "The transaction id; without it, a second conversion of a click is dropped as a duplicate.", Send: "{conversion_id}"}
}

func goalParameter(name, meaning string) Parameter {
	return Parameter{Name: name, Meaning: meaning, Send: "{goal_id}"}
}

func currencyParameter(name string) Parameter {
	return Parameter{Name: name, Meaning: "ISO 4217 code of the payout.", Send: "{currency}"}
}

// catalog lists the confirmed presets; see the package comment.
var catalog = append(append([]*Preset{}, ownTrackers...), otherTakers...)

// ownTrackers are trackers that an affiliate runs or rents.
var ownTrackers = []*Preset{
	{
		Key: "keitaro", Name: "Keitaro", Kind: KindTracker, Token: "{subid}",
		Template: "https://<domain>/<key>/postback?subid={param_1}&status=" + leadOrSale + "&payout={payout}&currency={currency}&tid={conversion_id}",
		Blanks:   []Blank{domain, pbKey},
		Parameters: []Parameter{
			clickParameter("subid"),
			{Name: "status", Meaning: "The event; without it, the postback counts as a sale.", Values: []string{"lead", "sale", "rejected", "rebill"}, Send: leadOrSale},
			payoutParameter("payout"), payoutParameter("revenue"), currencyParameter("currency"), idParameter("tid"),
			{Name: "cost", Meaning: "What the click cost."},
			{Name: "return", Meaning: "With OK, the tracker responds OK.", Values: []string{"OK"}},
			{Name: "sale_status", Meaning: "Which of the network's statuses are a sale."},
			{Name: "lead_status", Meaning: "Which of the network's statuses are a lead."},
			{Name: "rejected_status", Meaning: "Which of the network's statuses are a rejection."},
			{Name: "ignore_status", Meaning: "Which of the network's statuses are ignored."},
			{Name: "from", Meaning: "The network's name; only you see it."},
		},
		ReadsStatus: true, Deduplicates: "subid and tid: a repeat deposit needs a different tid and the status sale or rebill",
		DocURL: "https://docs.keitaro.io/en/conversions/postback.html",
		path:   regexp.MustCompile(`^/[^/]+/postback/?$`), distinct: true, click: []string{"subid"},
	},
	{
		Key: "binom", Name: "Binom v1", Kind: KindTracker, Token: "{clickid}",
		Template: "https://<domain>/click.php?cnv_id={param_1}&payout={payout}&cnv_status={goal_id}&cnv_currency={currency}",
		Blanks:   []Blank{domain},
		Parameters: []Parameter{
			clickParameter("cnv_id"), payoutParameter("payout"), goalParameter("cnv_status", "The status, as your status scheme names it."),
			{Name: "cnv_status2", Meaning: "A second status, free text.", Send: "{status}"}, currencyParameter("cnv_currency"),
			{Name: "to_offer", Meaning: "Redirects to an offer."}, {Name: "disable_postback", Meaning: "1: no postback to the traffic source.", Values: []string{"1"}},
		},
		ReadsStatus: true, Deduplicates: "cnv_id",
		DocURL: "https://docs.binom.org/postback-url.php",
		Note:   "The payout is ignored unless the offer's payout is set to Auto.",
		path:   regexp.MustCompile(`^/click\.php$`), distinct: true, click: []string{"cnv_id"},
	},
	{
		Key: "voluum", Name: "Voluum", Kind: KindTracker, Token: "{clickid}",
		Template: "https://<domain>/postback?cid={param_1}&payout={payout}&txid={conversion_id}&et={goal_id}",
		Blanks:   []Blank{domain},
		Parameters: []Parameter{
			clickParameter("cid"), payoutParameter("payout"), idParameter("txid"),
			goalParameter("et", "The custom conversion; it must exist in the tracker, spelled the same."), currencyParameter("currency"),
		},
		ZeroUnapproved: true, Deduplicates: "cid and txid: a second postback of a click without a txid is dropped",
		DocURL: "https://doc.voluum.com/article/parameters-in-postback-urls",
		Note:   "Voluum does not read a status: every postback is counted. Create a custom conversion for each goal first.",
		path:   regexp.MustCompile(`^/postback/?$`), click: []string{"cid"},
	},
	{
		Key: "bemob", Name: "BeMob", Kind: KindTracker, Token: "",
		Template: "https://<domain>/postback?cid={param_1}&payout={payout}&txid={conversion_id}&status={goal_id}",
		Blanks:   []Blank{{"domain", "Your BeMob domain", "abcde.track.example.com"}},
		Parameters: []Parameter{
			clickParameter("cid"), payoutParameter("payout"), idParameter("txid"),
			goalParameter("status", "The status; map its values to New, Approved, Declined and Chargeback in the tracker."),
		},
		ReadsStatus: true, Deduplicates: "cid and txid; repeated postbacks are off unless you allow them",
		DocURL: "https://docs.bemob.com/en/postbacks-for-selected-statuses",
		path:   regexp.MustCompile(`^/postback/?$`), click: []string{"cid"},
	},
	{
		Key: "redtrack", Name: "RedTrack", Kind: KindTracker, Token: "{clickid}",
		Template: "https://<domain>/postback?clickid={param_1}&sum={payout}&type={goal_id}",
		Blanks:   []Blank{domain},
		Parameters: []Parameter{
			clickParameter("clickid"), payoutParameter("sum"),
			goalParameter("type", "The conversion type, spelled as in the tracker: Deposit is not deposit."),
			{Name: "status", Meaning: "Approved, Pending or Declined; Other where none is sent.", Values: []string{"Approved", "Pending", "Declined"}, Send: "{status|map:approved=Approved,pending=Pending,rejected=Declined,cancelled=Declined}"},
			idParameter("rdtk_event_id"),
		},
		ReadsStatus: true, Deduplicates: "clickid, or rdtk_event_id where it is sent; six modes to choose from",
		DocURL: "https://docs.redtrack.io/knowledgebase/tracking-event-types",
		path:   regexp.MustCompile(`^/postback/?$`), click: []string{"clickid"},
	},
	{ //nolint:gosec // a template, not a credential
		Key: "clickflare", Name: "ClickFlare", Kind: KindTracker, Token: "{cf_click_id}",
		Template:     "https://<domain>/cf/cv?click_id={param_1}&payout={payout}&txid={conversion_id}",
		Blanks:       []Blank{domain},
		Parameters:   []Parameter{clickParameter("click_id"), {Name: "cid", Meaning: "The tracker's click id, in the older form.", Send: "{param_1}"}, payoutParameter("payout"), idParameter("txid"), goalParameter("ct", "The conversion type.")},
		Deduplicates: "click_id and txid",
		DocURL:       "https://help.clickflare.io/en/settings/s2s-postback-ur-ls",
		path:         regexp.MustCompile(`^/cf/(cv|postback)/?$`), distinct: true, click: []string{"click_id", "cid"},
	},
	{
		Key: "peerclick", Name: "PeerClick", Kind: KindTracker, Token: "{clickid}",
		Template: "https://pstb.peerclick.com/postback?userid=<userid>&cid={param_1}&payout={payout}&status={goal_id}&txid={conversion_id}&currency={currency}",
		Blanks:   []Blank{{"userid", "Your user id, five digits", "12345"}},
		Parameters: []Parameter{
			{Name: "userid", Meaning: "Your PeerClick user id.", Required: true}, clickParameter("cid"), payoutParameter("payout"),
			goalParameter("status", "The status; map its values in the tracker."), idParameter("txid"), idParameter("conversion_id"), currencyParameter("currency"),
		},
		ReadsStatus: true, Deduplicates: "cid and txid",
		DocURL: "https://help-center.peerclick.com/en/articles/4280698",
		hosts:  []string{"peerclick.com"}, path: regexp.MustCompile(`^/postback/?$`), click: []string{"cid"},
	},
	{
		Key: "funnelflux", Name: "FunnelFlux Pro", Kind: KindTracker, Token: "{hit}",
		Template:     "https://<domain>/pb/?hit={param_1}&tx={conversion_id}&rev={payout}",
		Blanks:       []Blank{domain},
		Parameters:   []Parameter{clickParameter("hit"), idParameter("tx"), payoutParameter("rev")},
		Deduplicates: "hit and tx",
		DocURL:       "https://help.funnelflux.pro/en/article/30-tracking-conversions",
		path:         regexp.MustCompile(`^/pb/?$`), distinct: true, click: []string{"hit"},
	},
	{
		Key: "prosper202", Name: "Prosper202", Kind: KindTracker, Token: "[[subid]]",
		Template: "https://<domain>/tracking202/static/gpb.php?amount={payout}&subid={param_1}",
		Blanks:   []Blank{domain},
		Parameters: []Parameter{
			payoutParameter("amount"), {Name: "subid", Meaning: "The tracker's click id, a number.", Required: true, Send: "{param_1}"},
			{Name: "sid", Meaning: "The same as subid.", Send: "{param_1}"},
		},
		Deduplicates: "subid",
		Answer:       "404 and JSON for an unknown subid.",
		DocURL:       "https://github.com/tracking202/prosper202",
		Note:         "subid must be a number.",
		path:         regexp.MustCompile(`/tracking202/static/(gpb|px|gpx)\.php$`), distinct: true, click: []string{"subid", "sid"},
	},
	{
		Key: "orbitra", Name: "Orbitra", Kind: KindTracker, Token: "{subid}",
		Template: "https://<domain>/<key>/postback?subid={param_1}&status={goal_id|map:registration=registration,kyc=lead,ftd=deposit,deposit=deposit,*=sale}&payout={payout}&tid={conversion_id}",
		Blanks:   []Blank{domain, pbKey},
		Parameters: []Parameter{
			clickParameter("subid"),
			{Name: "status", Meaning: "The event.", Required: true, Values: []string{"lead", "sale", "rejected", "registration", "deposit", "trash"}, Send: leadOrSale},
			payoutParameter("payout"), idParameter("tid"),
		},
		ReadsStatus: true, Deduplicates: "subid and tid",
		Answer: "400 or 404 and a text for an invalid postback.",
		DocURL: "https://github.com/fenjo26/Orbitra.link/wiki/Postbacks-and-conversions",
		path:   regexp.MustCompile(`^/[^/]+/postback/?$`), click: []string{"subid"},
	},
	{
		Key: "maxconv", Name: "MaxConv", Kind: KindTracker,
		Template: "https://<domain>/conv?clid={param_1}&event={status|map:rejected=declined,cancelled=declined}",
		Blanks:   []Blank{domain},
		Parameters: []Parameter{
			clickParameter("clid"),
			{Name: "event", Meaning: "The status of the sale.", Values: []string{"pending", "approved", "declined"}, Send: "{status|map:rejected=declined,cancelled=declined}"},
		},
		ReadsStatus: true, Deduplicates: "click and transaction id",
		DocURL: "https://maxconv.com/docs/tracking/advanced/sales-status",
		Note:   "The vendor's page masks the path: compare it with the one your tracker shows.",
		path:   regexp.MustCompile(`^/conv/?$`), distinct: true, click: []string{"clid"},
	},
}

// otherTakers are networks, ad sources and messengers that accept a postback.
var otherTakers = []*Preset{
	{
		Key: "affise", Name: "Affise", Kind: KindNetwork, Token: "{clickid}",
		Template: "https://<domain>/postback?clickid={param_1}&action_id={conversion_id}&goal={goal_id}&sum={payout}&status={status|map:approved=1,pending=2,rejected=3,cancelled=3}&secure=<secure>",
		Blanks:   []Blank{{"domain", "Your network's Affise domain", "offers-mynetwork.affise.com"}, {"secure", "The postback secure code", "f3d1c2"}},
		Parameters: []Parameter{
			clickParameter("clickid"), idParameter("action_id"), goalParameter("goal", "The goal; case does not matter."), payoutParameter("sum"),
			{Name: "status", Meaning: "1 approved, 2 pending, 3 declined, 5 on hold.", Values: []string{"1", "2", "3", "5"}, Send: "{status|map:approved=1,pending=2,rejected=3,cancelled=3}"},
			{Name: "secure", Meaning: "The postback secure code."},
		},
		ReadsStatus: true, Deduplicates: "clickid and action_id",
		DocURL: "https://help-center.affise.com/en/articles/6475468",
		hosts:  []string{"affise.com"}, path: regexp.MustCompile(`^/postback/?$`), click: []string{"clickid"},
	},
	{
		Key: "tune", Name: "TUNE (HasOffers)", Kind: KindNetwork, Token: "{transaction_id}",
		Template: "https://<domain>/aff_lsr?offer_id=<offer_id>&transaction_id={param_1}&amount={amount}",
		Blanks:   []Blank{{"domain", "The network's TUNE domain", "mynetwork.go2cloud.org"}, {"offer_id", "The offer's id in TUNE", "42"}},
		Parameters: []Parameter{
			{Name: "offer_id", Meaning: "The offer's id in TUNE."}, clickParameter("transaction_id"),
			{Name: "amount", Meaning: "The sale's amount.", Send: "{amount}"},
			{Name: "status", Meaning: "The status.", Values: []string{"approved", "rejected", "pending"}, Send: "{status|map:cancelled=rejected}"},
			{Name: "security_token", Meaning: "The offer's security token."},
		},
		ReadsStatus: true, Deduplicates: "transaction_id",
		DocURL: "https://support.tune.com/hc/en-us/articles/1500005137081",
		hosts:  []string{"go2cloud.org"}, path: regexp.MustCompile(`^/aff_(lsr|goal)/?$`), distinct: true, click: []string{"transaction_id"},
	},
	{
		Key: "taboola", Name: "Taboola", Kind: KindAdSource,
		Template: "https://trc.taboola.com/actions-handler/log/3/s2s-action?click-id={param_1}&name={goal_id}&revenue={amount}&currency={currency}&orderid={conversion_id}",
		Parameters: []Parameter{
			clickParameter("click-id"), {Name: "name", Meaning: "The event's name, spelled as in Taboola.", Required: true, Send: "{goal_id}"},
			{Name: "revenue", Meaning: "The conversion's value.", Send: "{amount}"}, currencyParameter("currency"), idParameter("orderid"),
		},
		Deduplicates: "orderid",
		DocURL:       "https://developers.taboola.com/pixel/docs/the-postback-url",
		Note:         "click-id and name must be spelled exactly like this.",
		hosts:        []string{"taboola.com"}, path: regexp.MustCompile(`/s2s-action$`), distinct: true, click: []string{"click-id"},
	},
	{
		Key: "mgid", Name: "MGID", Kind: KindAdSource,
		Template: "http://a.mgid.com/postback?c={param_1}&e={goal_id}<suffix>&r={amount}",
		Blanks:   []Blank{{"suffix", "The campaign's suffix of event names", "123456"}},
		Parameters: []Parameter{
			clickParameter("c"), {Name: "e", Meaning: "The event's name: goal and campaign suffix in one.", Required: true, Send: "{goal_id}"},
			{Name: "r", Meaning: "The conversion's value.", Send: "{amount}"},
		},
		DocURL: "https://help.mgid.com/betwinneraffiliates-affiliate-program-integration",
		hosts:  []string{"mgid.com"}, path: regexp.MustCompile(`^/postback/?$`), distinct: true, click: []string{"c"},
	},
	{
		Key: "telegram", Name: "Telegram bot", Kind: KindMessenger,
		Template: "https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat_id>&text={goal_name}:%20{amount}%20{currency}",
		Blanks:   []Blank{{"token", "The bot's token", "123456:ABC"}, {"chat_id", "The chat's id", "987654"}},
		Parameters: []Parameter{
			{Name: "chat_id", Meaning: "The chat that gets the message.", Required: true},
			{Name: "text", Meaning: "The message.", Required: true, Send: "{goal_name}:%20{amount}%20{currency}"},
		},
		Answer: "JSON; the field ok is true if the message was sent.", Body: BodyRule{Kind: "json_field", Path: "ok", Value: "true"},
		DocURL: "https://docs.keitaro.io/en/campaigns-and-streams/s2s-postback.html",
		Note:   "A message to yourself; nothing is counted.",
		hosts:  []string{"api.telegram.org"}, path: regexp.MustCompile(`^/bot[^/]+/sendMessage$`), distinct: true, click: []string{"text"},
	},
}
