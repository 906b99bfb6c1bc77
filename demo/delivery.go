package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/outbox"
)

// delivery is a row of deliveries with its attempts.
type delivery struct {
	id         uuid.UUID
	postback   *postback
	version    version
	conversion *conversion
	step       step
	eventID    uuid.UUID
	macros     map[string]string
	created    time.Time
	replayOf   uuid.NullUUID
	url        string         // expanded
	empty      []macro.Name   // what the URL has no value for
	warning    outbox.Warning // what is wrong with it

	supersededBy uuid.NullUUID // the replay of it

	state     outbox.State
	priority  int
	due       *time.Time
	queued    *time.Time
	first     *time.Time
	updated   time.Time
	delivered *time.Time
	reason    outbox.Reason
	detail    string
	attempts  []attempt
}

type attempt struct {
	id       uuid.UUID
	number   int
	exchange dispatch.Exchange
	outcome  dispatch.Outcome
}

// deliver makes the delivery of a step for a postback, with its result so far.
func (h *history) deliver(p *postback, c *conversion, s step, eventID uuid.UUID, macros map[string]string) {
	d := h.newDelivery(p, c, s, eventID, macros, s.received)
	if !p.held.IsZero() && p.held.Before(s.received) {
		d.state, d.reason = outbox.Held, outbox.PostbackHeld
		return
	}
	h.run(d, h.Now)
}

func (h *history) newDelivery(p *postback, c *conversion, s step, eventID uuid.UUID, macros map[string]string, created time.Time) *delivery {
	d := &delivery{
		id: factID(h.r, created), postback: p, version: p.at(created), conversion: c, step: s, eventID: eventID, macros: macros,
		created: created, updated: created, state: outbox.Queued, priority: outbox.PriorityLive,
	}
	values := &macro.Values{}
	for name, value := range macros {
		values.Set(macro.Name(name), value)
	}
	values.Set(macro.DeliveryID, globalid.Hex(d.id))
	template := d.version.template
	carrier, _ := firing.ClickMacro(template)
	url, spans := template.ExpandSpans(values)
	d.url, d.empty = url, macro.Empty(spans)
	d.warning = outbox.WarningOf(d.empty, carrier, values)
	h.deliveries = append(h.deliveries, d)
	return d
}

// run makes attempts until the delivery has ended or the next one is due after now.
func (h *history) run(d *delivery, now time.Time) {
	end := now
	if gone := d.postback.deleted; !gone.IsZero() {
		end = gone
	}
	queued := d.created
	d.queued = &queued
	at := d.created.Add(after(h.r, 9*time.Millisecond, .6))
	for number := 1; ; number++ {
		e := h.exchange(d, number, at)
		o := dispatch.Judge(e, dispatch.Terms{Attempt: number, Rule: d.postback.rule, Random: h.r.Float64()})
		o.RetryAt = o.RetryAt.Truncate(time.Microsecond)
		d.attempts = append(d.attempts, attempt{id: factID(h.r, at), number: number, exchange: e, outcome: o})
		claimed := outbox.Claimed{ID: d.id, Number: number}
		d.settle(claimed.End(d.attempts[number-1].id, e, o, e.StartedAt.Add(e.Duration+3*time.Millisecond)))
		if o.HoldPostback && d.postback.held.IsZero() {
			d.postback.held = d.updated
		}
		if o.Verdict != dispatch.TryAgain || o.RetryAt.After(end) {
			break
		}
		queued = o.RetryAt
		at = o.RetryAt.Add(after(h.r, 120*time.Millisecond, .5))
	}
	if d.state == outbox.Retrying && end.Before(now) {
		d.state, d.reason, d.detail, d.due, d.updated = outbox.Cancelled, outbox.PostbackDeleted, "", nil, end
	}
}

// settle updates the delivery with the result of an attempt.
func (d *delivery) settle(r outbox.Result) {
	if d.first == nil {
		d.first = &r.Exchange.StartedAt
	}
	d.state, d.reason, d.detail, d.updated, d.due, d.delivered = r.State, r.Reason, r.Detail, r.At, nil, nil
	switch r.State {
	case outbox.Retrying:
		d.due, d.priority = &r.DueAt, max(d.priority, outbox.PriorityRetry)
	case outbox.Delivered:
		d.delivered = &r.At
	}
}

// hiccups are transient failures of a tracker.
var hiccups = []dispatch.Exchange{
	{Reason: dispatch.TimeoutHeaders, Duration: 10 * time.Second, Sent: true},
	{Reason: dispatch.ConnectionReset, Duration: 31 * time.Millisecond, Sent: true},
	{Reason: dispatch.NoAnswer, Duration: 480 * time.Millisecond, Sent: true},
	{StatusCode: http.StatusBadGateway, ResponseBody: "<html><head><title>502 Bad Gateway</title></head></html>\n", Duration: 64 * time.Millisecond, Sent: true},
	{StatusCode: http.StatusTooManyRequests, ResponseBody: "slow down\n", Duration: 22 * time.Millisecond, Sent: true},
}

// exchange returns one attempt at the delivery's tracker.
func (h *history) exchange(d *delivery, number int, at time.Time) dispatch.Exchange {
	u, err := url.Parse(d.url)
	if err != nil {
		u = &url.URL{} // templates that parse expand to URLs that do
	}
	e := dispatch.Exchange{Duration: after(h.r, 46*time.Millisecond, .7) + 6*time.Millisecond, Sent: true}
	switch b := d.version.behaves; {
	case b == unresolved:
		e = dispatch.Exchange{Duration: after(h.r, 14*time.Millisecond, .5), Reason: dispatch.DNS, Detail: u.Hostname()}
	case b.status() != 0:
		e.StatusCode = b.status()
	case happens(h.r, .021/float64(number)):
		e = oneOf(h.r, hiccups)
		e.Duration = e.Duration.Round(time.Microsecond) + after(h.r, 3*time.Millisecond, .5)
	default:
		e.StatusCode = http.StatusOK
	}
	e.StartedAt = at
	e.Timings = h.timings(d, number, e)
	h.write(d, number, &e, u)
	if e.StatusCode != 0 {
		answer(&e)
	}
	return e
}

// write sets the request of an exchange, as dispatch sends it.
func (h *history) write(d *delivery, number int, e *dispatch.Exchange, u *url.URL) {
	e.Method, e.URL = d.postback.method, d.url
	e.RequestHeaders = http.Header{
		"Accept": {"*/*"}, "User-Agent": {h.UserAgent}, "Host": {u.Host},
		"X-Postrider-Delivery": {globalid.Hex(d.id)}, "X-Postrider-Attempt": {strconv.Itoa(number)},
	}
	if e.Method != firing.POST {
		return
	}
	e.RequestBody = asJSON(u.RawQuery)
	plain := *u
	plain.RawQuery = ""
	e.URL = plain.String()
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Content-Length": strconv.Itoa(len(e.RequestBody)), "Webhook-Id": globalid.Hex(d.id),
		"Webhook-Timestamp": strconv.FormatInt(e.StartedAt.Unix(), 10), "Webhook-Signature": "v1," + letters(h.r, base64Digits, 43) + "=",
	} {
		e.RequestHeaders.Set(name, value)
	}
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// asJSON returns a query's values as a JSON object in the query's order.
func asJSON(rawQuery string) string {
	var parts []string
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		quoted, _ := json.Marshal(value) // text: it cannot fail
		parts = append(parts, fmt.Sprintf("%q:%s", name, quoted))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// answer sets the response of an exchange.
func answer(e *dispatch.Exchange) {
	kind := "text/html; charset=utf-8"
	if e.ResponseBody == "" {
		kind = "application/json; charset=utf-8"
		e.ResponseBody = fmt.Sprintf(`{"result":"echoed","status":%d}`+"\n", e.StatusCode)
	}
	e.ResponseHeaders = http.Header{
		"Cache-Control": {"no-store"}, "Content-Length": {strconv.Itoa(len(e.ResponseBody))}, "Content-Type": {kind},
		"Date": {e.StartedAt.Add(e.Duration).UTC().Format(http.TimeFormat)}, "X-Content-Type-Options": {"nosniff"},
	}
	if e.StatusCode == http.StatusTooManyRequests {
		e.ResponseHeaders.Set("Retry-After", "30")
	}
}

// timings splits an attempt's duration into phases; most connections are kept alive and have no
// phases before the wait.
func (h *history) timings(d *delivery, number int, e dispatch.Exchange) dispatch.Timings {
	total := float64(e.Duration.Microseconds()) / 1000
	part := func(share float64) *float64 {
		ms := float64(int64(total*share*1000)) / 1000
		return &ms
	}
	switch {
	case d.version.behaves == unresolved:
		return dispatch.Timings{DNSMs: part(.98)}
	case e.StatusCode == 0:
		return dispatch.Timings{WaitMs: part(.99)}
	case number == 1 && happens(h.r, .9):
		return dispatch.Timings{WaitMs: part(.96), ReadMs: part(.02)}
	case strings.HasPrefix(d.url, "https"):
		return dispatch.Timings{DNSMs: part(.08), ConnectMs: part(.12), TLSMs: part(.22), WaitMs: part(.54), ReadMs: part(.02)}
	default:
		return dispatch.Timings{DNSMs: part(.06), ConnectMs: part(.1), WaitMs: part(.8), ReadMs: part(.02)}
	}
}

// replay replays failed deliveries, as their owners did: those lost to a wrong path, once the
// URL was fixed; and those that a firewall refuses, one by one from now on.
func (h *history) replay() error {
	var refused []*delivery
	for _, d := range slices.Clone(h.deliveries) {
		switch p := d.postback; {
		case p.spec.fixed > 0 && d.state == outbox.Failed && d.version.behaves == wrongPath:
			h.run(h.replayed(d, p.versions[1].since.Add(10*time.Minute)), h.Now)
		case d.version.behaves == answers403 && d.state == outbox.Failed:
			refused = append(refused, d)
		}
	}
	for i, d := range refused[max(0, len(refused)-8):] {
		again := h.replayed(d, h.Now.Add(-20*time.Minute))
		due := h.Now.Add(time.Duration(20*(i+1)) * time.Minute)
		again.due = &due
	}
	return nil
}

func (h *history) replayed(d *delivery, at time.Time) *delivery {
	again := h.newDelivery(d.postback, d.conversion, d.step, d.eventID, d.macros, at)
	again.priority, again.replayOf = outbox.PriorityReplay, uuid.NullUUID{UUID: d.id, Valid: true}
	d.supersededBy = uuid.NullUUID{UUID: again.id, Valid: true}
	return again
}

func (h *history) writeDeliveries() error {
	for _, d := range h.deliveries {
		if err := h.writeDelivery(d); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) writeDelivery(d *delivery) error {
	c := d.conversion
	var sent, code, took any
	for _, a := range d.attempts {
		e := a.exchange
		ms := float64(e.Duration.Microseconds()) / 1000
		sent, code, took = e.URL, orNull(int64(e.StatusCode)), ms
		parts := make([][]byte, 4)
		for i, v := range []any{dispatch.Headers(e.RequestHeaders), dispatch.Headers(e.ResponseHeaders), e.Timings, d.empty} {
			var err error
			if parts[i], err = json.Marshal(v); err != nil {
				return fmt.Errorf("writing an attempt down: %w", err)
			}
		}
		h.rows.attempts.add(a.id, d.postback.AffiliateID, d.id, a.number, e.StartedAt, string(e.Method), e.URL, code, ms,
			textOrNull(string(a.outcome.AttemptReason)), a.outcome.AttemptDetail, parts[0], textOrNull(e.RequestBody), parts[1], textOrNull(e.ResponseBody), parts[2], textOrNull(strings.TrimPrefix(string(parts[3]), "null")))
		if err := h.echo(d, e, parts[0]); err != nil {
			return err
		}
	}
	warning := textOrNull(string(d.warning))
	if len(d.attempts) == 0 {
		warning = nil // nothing was sent yet
	}
	h.rows.deliveries.add(d.id, d.postback.AffiliateID, d.postback.ID, d.version.id, c.id, d.eventID, c.offer.id, orNull(c.click.campaign.id), c.click.id,
		textOrNull(c.transaction), c.goal.Key, string(d.step.status), string(d.state), d.priority, d.version.template.Endpoint(), len(d.attempts),
		d.due, d.queued, d.first, sent, code, took, textOrNull(string(d.reason)), d.detail, idOrNull(d.replayOf), idOrNull(d.supersededBy), d.created, d.updated, d.delivered, warning)
	return nil
}

// echoKept is the retention of the echo tracker's inbox.
const echoKept = 2 * day

// echo writes an attempt that reached the echo tracker into its owner's inbox.
func (h *history) echo(d *delivery, e dispatch.Exchange, headers []byte) error {
	if d.version.behaves == unresolved || e.StatusCode == 0 || e.StatusCode == http.StatusBadGateway || e.StatusCode == http.StatusTooManyRequests ||
		h.Now.Sub(e.StartedAt) > echoKept {
		return nil
	}
	path := strings.TrimPrefix(e.URL, h.PublicURL)
	h.rows.echoes.add(factID(h.r, e.StartedAt), d.postback.AffiliateID, e.StartedAt, string(e.Method), path, headers, e.RequestBody, e.StatusCode)
	return nil
}
