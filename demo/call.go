package demo

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// writeCall writes the operator's call of a step into the received log, and sometimes a
// repetition of it.
func (h *history) writeCall(c *conversion, s step) {
	a := called{result: "recorded", code: 201, reason: "new, attributed by click", conversion: c.id, affiliate: c.affiliateID()}
	switch {
	case c.click == nil:
		a.result, a.code, a.cause = "unattributed", 202, inbound.UnknownClick
		a.reason = fmt.Sprintf("click not found: there is no click %s for this operator", c.reported)
	case s.previous != "":
		a.result, a.code, a.reason = "updated", 200, fmt.Sprintf("from %s to %s", s.previous, s.status)
		if s.status == commission.Rejected || s.status == commission.Cancelled {
			a.cause = inbound.Reversal
		}
	case c.byPlayer:
		a.reason = "new, attributed by player"
	}
	query := callQuery(c, s)
	h.logCall(c.offer, s.received, query, a)
	if again := s.received.Add(after(h.r, 9*time.Second, .8)); a.result == "recorded" && happens(h.r, .025) && again.Before(h.Now) {
		a.result, a.code, a.cause, a.reason = "duplicate", 200, inbound.Repeat, "the same "+c.goal.Key+" (once per player) again"
		if c.transaction != "" {
			a.reason = "the same transaction again"
		}
		h.logCall(c.offer, again, query, a)
	}
}

// called is what became of an operator's call.
type called struct {
	result, reason        string
	cause                 inbound.Cause
	code                  int
	conversion, affiliate any
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
			refused, name := called{result: "unauthorized", code: 401, cause: inbound.BadToken, reason: "the token is wrong"}, "token"
			if o.signed {
				refused.cause, refused.reason, name = inbound.BadSignature, "the signature is wrong", "signature"
			}
			h.logCall(o, at, query+"&"+name+"=***", refused)
		case 1:
			h.logCall(o, at, query+"&amount=abc&token=***", called{
				result: "invalid", code: 400, cause: inbound.BadField, reason: `amount "abc" is not an amount; write it like 1234.50`,
			})
		default:
			h.logCall(o, at, "goal=registration&token=***", called{
				result: "invalid", code: 400, cause: inbound.NoID, reason: "click_id is required, or player_id, to attribute the conversion",
			})
		}
	}
}

func (h *history) logCall(o *offer, at time.Time, query string, a called) {
	headers, _ := json.Marshal([]dispatch.Header{ // strings only: it cannot fail
		{Name: "Accept", Value: "*/*"}, {Name: "User-Agent", Value: o.operator + " notifier/2.4"},
	})
	h.rows.received.add(factID(h.r, at), at, o.integrationID, o.integration, "GET", query, "", headers, operatorNetwork,
		a.result, textOrNull(string(a.cause)), a.reason, a.code, around(h.r, 4.2, .5), a.conversion, a.affiliate)
}

// operatorNetwork is the network of the operators' calls.
const operatorNetwork = "198.51.100.0/24"
