package presets

import "strings"

// meaning is the meaning of a foreign name.
type meaning struct {
	send       string // in our macro language; empty if we have nothing for it
	confidence Confidence
	says       string // its usual meaning, for a sentence
}

// Usual meanings, shared by several names.
var (
	clickMeaning    = meaning{"{param_1}", Likely, "the tracker's click id, which your tracking link passes in param_1"}
	subClickMeaning = meaning{"{param_1}", Likely, "the first sub id, which your tracking link passes in param_1"}
	ambiguousClick  = meaning{"{param_1}", Guess, "the click id or a sub id, which your tracking link passes in param_1"}
	sub2Meaning     = meaning{"{param_2}", Likely, "the second sub id, which your tracking link passes in param_2"}
	sub3Meaning     = meaning{"{param_3}", Likely, "the third sub id, which your tracking link passes in param_3"}
	payoutMeaning   = meaning{"{payout}", Likely, "your commission for the conversion"}
	amountMeaning   = meaning{"{amount}", Likely, "the conversion's value"}
	currencyMeaning = meaning{"{currency}", Likely, "the currency"}
	statusMeaning   = meaning{"{status}", Likely, "the conversion's status"}
	goalMeaning     = meaning{"{goal_id}", Likely, "the goal's key"}
	goalNameMeaning = meaning{"{goal_name}", Likely, "the goal's name"}
	idMeaning       = meaning{"{conversion_id}", Likely, "the conversion id"}
	dateMeaning     = meaning{"{date}", Likely, "the time of the conversion"}
	unixMeaning     = meaning{"{timestamp}", Likely, "the time of the conversion, as Unix seconds"}
	playerMeaning   = meaning{"{player_id}", Likely, "the player id"}
	countryMeaning  = meaning{"{country}", Likely, "the click's country"}
)

// meanings has its keys in lower case without "_", "-", "." and spaces.
var meanings = func() map[string]meaning {
	of := map[string]meaning{}
	add := func(m meaning, names ...string) {
		for _, name := range names {
			of[squash(name)] = m
		}
	}
	add(clickMeaning, "click_id", "clickid", "aff_click_id", "affclickid", "cnv_id", "visit_id", "clickref", "click_ref", "external_id", "externalid", "cf_click_id",
		"track_id", "trackid", "tracking_id", "hit", "clid", "click", "cid", "payload", "ctag", "afp", "uclick", "click-id", "req_click_id", "s2s.click_id", "tracker_id", "callback_param", "conversion.click_id")
	add(subClickMeaning, "sub_id", "subid", "sub1", "sub_1", "subid1", "sub_id1", "sub_id_1", "subid_1", "aff_sub", "affsub", "aff_sub1", "s1", "p1", "param1", "param_1", "sid", "utm_content", "var1", "afp1")
	add(ambiguousClick, "s2", "pid", "uid", "id", "ref", "reference", "c", "sub")
	add(sub2Meaning, "sub2", "sub_2", "subid2", "sub_id2", "sub_id_2", "aff_sub2", "p2", "param2", "param_2", "afp2", "var2")
	add(sub3Meaning, "sub3", "sub_3", "subid3", "sub_id3", "sub_id_3", "aff_sub3", "s3", "p3", "param3", "param_3", "afp3", "var3")
	add(payoutMeaning, "payout", "sum", "revenue", "rev", "payment", "profit", "income", "commission", "earnings", "reward", "cpa_amount", "price", "payout_amount", "conversion_payout", "bid", "fee", "earn")
	add(amountMeaning, "amount", "deposit_amount", "sale_amount", "order_amount", "value", "deposit", "total", "order_total", "conv_value", "conversion_value", "ftd_amount", "sale")
	add(currencyMeaning, "currency", "cur", "curr", "cnv_currency", "payout_currency", "currency_code", "ccy")
	add(statusMeaning, "status", "conv_status", "conversion_status", "state", "status_name", "action_status", "lead_status_name", "approved_status")
	add(goalMeaning, "goal", "goal_id", "event", "event_type", "eventtype", "et", "type", "action", "action_type", "conversion_type", "ct", "event_id_name", "goal_alias", "cnv_status", "goalid", "event_key", "conv_type", "eventname_id", "lead_type")
	add(goalNameMeaning, "goal_name", "goalname", "event_name", "eventname", "name")
	add(idMeaning, "tid", "txid", "tx", "transaction_id", "transactionid", "trans_id", "conversion_id", "conversionid", "conv_id", "action_id", "actionid", "order_id", "orderid", "order", "rdtk_event_id",
		"event_id", "lead_id", "leadid", "deposit_id", "registration_id", "req_id", "s2s.req_id", "unique_id", "conversion_uuid", "tx_id", "invoice_id", "cnv_tid", "request_id")
	add(dateMeaning, "date", "datetime", "created_at", "conversion_date", "event_date", "date_time")
	add(unixMeaning, "timestamp", "time", "ts", "unix_time", "unixtime", "event_time", "conversion_time", "action_time", "conversion_unix_timestamp")
	add(playerMeaning, "player_id", "playerid", "user_id", "userid", "customer_id", "player", "customer", "client_id")
	add(countryMeaning, "country", "country_code", "geo", "iso", "country_iso", "cc", "geoip_country", "conversion_country")
	add(meaning{"{offer_id}", Likely, "the offer id"}, "offer_id", "offerid", "oid", "offer", "program_id", "brand_id")
	add(meaning{"{offer_name}", Likely, "the offer's name"}, "offer_name", "offername", "program", "brand", "brand_name")
	add(meaning{"{camp_id}", Likely, "the campaign id"}, "campaign_id", "campaignid", "campid", "camp_id", "campaign", "utm_campaign")
	add(meaning{"{camp_name}", Likely, "the campaign's name"}, "campaign_name", "camp_name")
	add(meaning{"{aff_id}", Likely, "your affiliate id"}, "affiliate_id", "affid", "aff_id", "partner_id", "pub_id", "publisher_id", "s2s.pub_id", "webmaster_id", "wm_id")
	add(meaning{"{user_agent}", Likely, "the click's user agent"}, "user_agent", "useragent", "ua", "device_ua")
	add(meaning{"{referrer}", Likely, "the click's referrer"}, "referrer", "referer", "ref_url")
	add(meaning{"{landing_page}", Likely, "the landing page"}, "landing_page", "landing", "lp", "landing_id", "lander", "landing_name")
	add(meaning{"{reason}", Likely, "the reason for the status change"}, "reason", "comment", "decline_reason", "reject_reason")
	return of
}()

func squash(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

// means looks up a foreign name.
func means(name string) (meaning, bool) {
	m, ok := meanings[squash(name)]
	return m, ok
}
