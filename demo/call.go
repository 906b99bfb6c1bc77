package demo

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"postrider/dispatch"
	"postrider/domain/commission"
)

// writeCall writes the operator's call of a step into the received log, and sometimes a
// repetition of it.
func (h *history) writeCall(c *conversion, s step) {
	result, code, reason := "recorded", 201, "new, attributed by click"
	switch {
	case c.click == nil:
		result, code, reason = "unattributed", 202, fmt.Sprintf("click not found: there is no click %s for this operator", c.reported)
	case s.previous != "":
		result, code, reason = "updated", 200, fmt.Sprintf("from %s to %s", s.previous, s.status)
	case c.byPlayer:
		reason = "new, attributed by player"
	}
	query := callQuery(c, s)
	h.logCall(c.offer, s.received, query, result, reason, code, c.id)
	if again := s.received.Add(after(h.r, 9*time.Second, .8)); result == "recorded" && happens(h.r, .025) && again.Before(h.Now) {
		reason = "the same " + c.goal.Key + " (once per player) again"
		if c.transaction != "" {
			reason = "the same transaction again"
		}
		h.logCall(c.offer, again, query, "duplicate", reason, 200, c.id)
	}
}

// callQuery returns the query of an operator's call, its secrets masked as in the log.
func callQuery(c *conversion, s step) string {
	query := commission.ParamGoal + "=" + c.goal.Key
	add := func(name, value string) {
		if value != "" {
			query += "&" + name + "=" + url.QueryEscape(value)
		}
	}
	add(commission.ParamClickID, c.reported)
	add(commission.ParamPlayerID, c.playerName)
	add(commission.ParamTransaction, c.transaction)
	if c.amount.Valid {
		add(commission.ParamAmount, c.amount.Decimal.StringFixed(2))
		add(commission.ParamCurrency, c.offer.currency)
	}
	if s.status != commission.Approved || s.previous != "" {
		add(commission.ParamStatus, string(s.status))
	}
	add(commission.ParamOccurredAt, s.occurred.UTC().Format(time.RFC3339))
	if c.offer.signed {
		return query + "&signature=***"
	}
	return query + "&token=***"
}

// writeRefusals writes some refused calls, each kind of refusal in turn: however few there are,
// every kind occurs.
func (h *history) writeRefusals() {
	for i := range max(3, h.Clicks/1500) {
		at := h.rhythm.moment(h.r)
		o := oneOf(h.r, h.offers)
		query := "goal=ftd&player_id=P" + strconv.Itoa(h.numbers+h.r.IntN(900))
		switch i % 3 {
		case 0:
			proof, name := "token", "token"
			if o.signed {
				proof, name = "signature", "signature"
			}
			h.logCall(o, at, query+"&"+name+"=***", "unauthorized", "the "+proof+" is wrong", 401, nil)
		case 1:
			h.logCall(o, at, query+"&amount=abc&token=***", "invalid", `amount "abc" is not an amount; write it like 1234.50`, 400, nil)
		default:
			h.logCall(o, at, "goal=registration&token=***", "invalid", "click_id is required, or player_id, to attribute the conversion", 400, nil)
		}
	}
}

func (h *history) logCall(o *offer, at time.Time, query, result, reason string, code int, conversionID any) {
	headers, _ := json.Marshal([]dispatch.Header{ // strings only: it cannot fail
		{Name: "Accept", Value: "*/*"}, {Name: "User-Agent", Value: o.operator + " notifier/2.4"},
	})
	h.rows.received.add(factID(h.r, at), at, o.integrationID, o.integration, "GET", query, "", headers, operatorNetwork,
		result, reason, code, around(h.r, 4.2, .5), conversionID)
}

// operatorNetwork is the network of the operators' calls.
const operatorNetwork = "198.51.100.0/24"
