package demo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// guest is a player as the operator's server knows it.
type guest struct {
	integration *Integration
	clickID     string
	name        string
}

// report is what an operator reports of a guest.
type report struct {
	goal        string
	transaction string
	amount      float64
	status      commission.Status // empty leaves it out
	again       bool              // the operator calls twice
}

// follow plans what the player of a click does next. It is the funnel of the past with higher
// rates and all of it in minutes, so that there is something to see.
func (t *Traffic) follow(a *arrival) {
	integration := t.integrations[a.link.OfferID]
	if integration == nil || !happens(t.r, .3) {
		return
	}
	f := integration.offer.funnel
	g := &guest{integration: integration, clickID: a.clickID, name: "P" + strconv.Itoa(700_000+t.r.IntN(9_000_000))}
	at := t.soon(4 * time.Second)
	t.report(at, g, report{goal: commission.GoalRegistration, again: happens(t.r, .04)})
	if happens(t.r, f.kyc) {
		t.report(at+t.soon(12*time.Second), g, report{goal: commission.GoalKYC})
	}
	if !happens(t.r, f.ftd*1.4) {
		return
	}
	at += t.soon(10 * time.Second)
	t.settled(at, g, report{goal: commission.GoalFTD, transaction: t.transaction(), amount: around(t.r, f.deposit, .8), again: happens(t.r, .04)}, .15)
	for again := at; happens(t.r, f.deposits/(1+f.deposits)); {
		again += t.soon(25 * time.Second)
		t.report(again, g, report{goal: commission.GoalDeposit, transaction: t.transaction(), amount: around(t.r, f.deposit, .8)})
	}
	if happens(t.r, f.qualify) {
		t.settled(at+t.soon(30*time.Second), g, report{goal: commission.GoalCPA, transaction: t.transaction()}, .4)
	}
	if f.revenue && happens(t.r, .6) {
		t.report(at+t.soon(45*time.Second), g, report{goal: commission.GoalNetRevenue, transaction: t.transaction(), amount: around(t.r, f.deposit*.4, .9)})
	}
}

// settled plans the report of a conversion that is sometimes pending first, and decided later.
func (t *Traffic) settled(at time.Duration, g *guest, r report, pending float64) {
	if !happens(t.r, pending) {
		t.report(at, g, r)
		return
	}
	r.status, r.again = commission.Pending, false
	t.report(at, g, r)
	if r.status = commission.Approved; happens(t.r, .2) {
		r.status = commission.Rejected
	}
	t.report(at+time.Duration(float64(5*time.Second)/t.Pace)+t.soon(30*time.Second), g, r)
}

// soon returns a delay between a player's steps.
func (t *Traffic) soon(median time.Duration) time.Duration {
	return time.Duration(around(t.r, float64(median), .6) / t.Pace)
}

func (t *Traffic) transaction() string {
	return fmt.Sprintf("TX-%d-%d", time.Now().Unix()%10_000_000, t.r.IntN(1_000_000))
}

// report plans an operator's call; sometimes one with the wrong secret.
func (t *Traffic) report(in time.Duration, g *guest, r report) {
	forged := happens(t.r, .01)
	t.plan(in, func(ctx context.Context) {
		t.start(ctx, func() {
			t.call(ctx, g, r, forged)
			if r.again {
				t.call(ctx, g, r, false)
			}
		})
	})
}

func (t *Traffic) call(ctx context.Context, g *guest, r report, forged bool) {
	req, err := g.request(ctx, t.URL, r, forged)
	if err != nil {
		t.failed(ctx, "an operator's call", err)
		return
	}
	status, _, err := t.send(req)
	if err != nil {
		t.failed(ctx, "an operator's call", err)
		return
	}
	t.Saw(Request{Goal: r.goal, Status: status})
	if status >= 300 {
		t.Log.DebugContext(ctx, "demo traffic: an operator's call was refused", "integration", g.integration.Key, "goal", r.goal, "status", status)
	}
}

// request returns an operator's call: a query with a token, or a signed JSON body.
func (g *guest) request(ctx context.Context, base string, r report, forged bool) (*http.Request, error) {
	address := base + "/postback/" + url.PathEscape(g.integration.Key)
	values := map[string]string{
		commission.ParamGoal: r.goal, commission.ParamClickID: g.clickID, commission.ParamPlayerID: g.name,
		commission.ParamTransaction: r.transaction, commission.ParamStatus: string(r.status),
		commission.ParamOccurredAt: strconv.FormatInt(time.Now().Unix(), 10),
	}
	if r.amount != 0 {
		values[commission.ParamAmount] = strconv.FormatFloat(r.amount, 'f', 2, 64)
	}
	query := url.Values{}
	for name, value := range values {
		if value == "" {
			delete(values, name)
		} else {
			query.Set(name, value)
		}
	}
	if g.integration.HMACSecret == "" {
		query.Set(commission.ParamToken, g.integration.Token+strings.Repeat("x", count(forged)))
		return finish(http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil))
	}
	body, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	req, err := finish(http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(string(body))))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	signature := inbound.Sign(g.integration.HMACSecret+strings.Repeat("x", count(forged)), body)
	req.Header.Set(inbound.DefaultSignatureHeader, hex.EncodeToString(signature))
	return req, nil
}

func finish(req *http.Request, err error) (*http.Request, error) {
	if err == nil {
		req.Header.Set("User-Agent", "operator notifier/2.4")
		req.Header.Set("X-Forwarded-For", "198.51.100.7")
	}
	return req, err
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
