package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/tracking"
	"postrider/internal/ids"
)

// click is a row of clicks.
type click struct {
	visitor

	id       uuid.UUID
	at       time.Time
	campaign *campaign
	page     int // index in the offer's pages; -1 for none
}

// conversion is a row of conversions, in its state at the current step.
type conversion struct {
	id          uuid.UUID
	click       *click // nil for one without attribution
	offer       *offer
	player      uuid.NullUUID
	playerName  string // the operator's id
	byPlayer    bool   // the operator sent the player only
	ours        bool   // not reported: Postrider found that the player qualifies
	reported    string // the click id that the operator sent
	goal        commission.Goal
	transaction string
	amount      decimal.NullDecimal
	payout      decimal.NullDecimal
	deal        int64
	status      commission.Status
	occurred    time.Time
	received    time.Time
	macros      map[string]string
}

// step is one event of a conversion's life.
type step struct {
	conversion *conversion
	previous   commission.Status
	status     commission.Status
	reason     string
	byHand     bool // made by the network's staff
	occurred   time.Time
	received   time.Time
}

// teller generates clicks and what follows from them.
type teller struct {
	*world

	r        *rand.Rand
	rhythm   rhythm
	clicks   []*click
	players  []player
	steps    []step
	goals    map[string]commission.Goal
	numbers  int // of transactions and players
	strayers int
}

// player is a row of players.
type player struct {
	id          uuid.UUID
	name        string
	integration int64
	click       uuid.UUID
	created     time.Time
}

func newTeller(w *world) *teller {
	t := &teller{world: w, r: rand.New(rand.NewPCG(w.Seed, 7)), rhythm: newRhythm(w.start, w.Now), numbers: 480_000, goals: map[string]commission.Goal{}} //nolint:gosec // a demo
	for _, g := range commission.BuiltInGoals() {
		t.goals[g.Key] = g
	}
	return t
}

// tell generates the month.
func (t *teller) tell() {
	total := 0.0
	for _, c := range t.campaigns {
		total += c.share
	}
	for _, c := range t.campaigns {
		for range int(float64(t.Clicks) * c.share / total) {
			t.click(c)
		}
	}
	for range max(3, t.Clicks/2000) {
		t.stray()
	}
}

func (t *teller) click(c *campaign) {
	at := t.rhythm.moment(t.r)
	if !at.Before(c.until) {
		return
	}
	k := &click{visitor: newVisitor(t.r, c.affiliate.affiliateSpec, c.name), at: at, campaign: c, id: uuid.UUID(tracking.ClickID(factID(t.r, at))), page: -1}
	if happens(t.r, .35) {
		k.page = t.r.IntN(len(c.offer.pages))
	}
	t.clicks = append(t.clicks, k)
	if happens(t.r, c.offer.funnel.register) {
		t.register(k)
	}
}

// register generates a player from its registration on.
func (t *teller) register(k *click) {
	at := k.at.Add(time.Minute + after(t.r, 6*time.Minute, 1.1))
	t.numbers += 1 + t.r.IntN(9)
	p := player{id: factID(t.r, at), name: fmt.Sprintf("P%d", t.numbers), integration: k.campaign.offer.integrationID, click: k.id, created: t.arrival(at)}
	if p.created.After(t.Now) {
		return
	}
	t.players = append(t.players, p)
	begin, f := len(t.steps), k.campaign.offer.funnel
	registration := t.convert(k, p, commission.GoalRegistration, at, 0)
	if happens(t.r, .018) {
		t.move(registration, at.Add(after(t.r, 20*time.Hour, .7)), commission.Cancelled, "duplicate account")
	}
	if happens(t.r, f.kyc) {
		t.convert(k, p, commission.GoalKYC, at.Add(after(t.r, 5*time.Hour, 1)), 0)
	}
	if happens(t.r, f.ftd) {
		t.deposit(k, p, at.Add(after(t.r, 40*time.Minute, 1.6)))
	}
	if rule := k.campaign.offer.rule; rule != nil {
		t.qualify(k, p, *rule, slices.Clone(t.steps[begin:]))
	}
}

// deposit generates the deposits of a player.
func (t *teller) deposit(k *click, p player, at time.Time) {
	f := k.campaign.offer.funnel
	first := around(t.r, f.deposit, .8)
	ftd := t.convert(k, p, commission.GoalFTD, at, first)
	t.settle(ftd, at, .14, "payment not confirmed", "chargeback")
	last := at
	for happens(t.r, f.deposits/(1+f.deposits)) {
		last = last.Add(after(t.r, 30*time.Hour, .9))
		again := t.convert(k, p, commission.GoalDeposit, last, first*around(t.r, 1.1, .5))
		if happens(t.r, .015) {
			t.move(again, last.Add(after(t.r, 40*time.Hour, .6)), commission.Cancelled, "chargeback")
		}
	}
	if happens(t.r, f.qualify) {
		qualified := at.Add(after(t.r, 50*time.Hour, .6))
		cpa := t.convert(k, p, commission.GoalCPA, qualified, 0)
		t.settle(cpa, qualified, .35, "bonus abuse", "account closed")
	}
	if !f.revenue {
		return
	}
	// The operator closes its books on Monday morning.
	monday := at.Truncate(day).Add(6 * time.Hour)
	for monday = monday.AddDate(0, 0, (8-int(monday.Weekday()))%7); monday.Before(t.Now); monday = monday.AddDate(0, 0, 7) {
		if !monday.After(at) || !happens(t.r, .7) {
			continue
		}
		net := around(t.r, f.deposit*.5, .9)
		if happens(t.r, .17) {
			net = -net * .6
		}
		t.convert(k, p, commission.GoalNetRevenue, monday, net)
	}
}

// convert returns a conversion that the operator reports; nil if it is after the month.
func (t *teller) convert(k *click, p player, goal string, at time.Time, amount float64) *conversion {
	at = at.Truncate(time.Second)
	received := t.arrival(at)
	if received.After(t.Now) {
		return nil
	}
	c := &conversion{
		id: factID(t.r, received), click: k, offer: k.campaign.offer, player: uuid.NullUUID{UUID: p.id, Valid: true}, playerName: p.name,
		goal: t.goals[goal], status: commission.Approved, occurred: at, received: received,
	}
	c.byPlayer = goal != commission.GoalRegistration && happens(t.r, .45)
	if !c.byPlayer {
		c.reported = tracking.ClickID(k.id).String()
	}
	if goal != commission.GoalRegistration && goal != commission.GoalKYC {
		t.numbers += 1 + t.r.IntN(5)
		c.transaction = fmt.Sprintf("TX-%d", t.numbers)
	}
	if amount != 0 {
		c.amount = decimal.NewNullDecimal(decimal.NewFromFloat(amount).Round(2))
	}
	t.calculate(c)
	t.steps = append(t.steps, step{conversion: c, status: c.status, occurred: at, received: received})
	return c
}

// arrival returns when the operator's call for an event arrives.
func (t *teller) arrival(at time.Time) time.Time {
	return at.Truncate(time.Second).Add(after(t.r, 2500*time.Millisecond, .9))
}

// settle lets some conversions begin as pending and be decided later, and some be reversed.
func (t *teller) settle(c *conversion, at time.Time, pending float64, refused, reversed string) {
	if c == nil {
		return
	}
	switch {
	case happens(t.r, pending):
		c.status = commission.Pending
		t.calculate(c)
		t.steps[len(t.steps)-1].status = commission.Pending
		to, reason := commission.Approved, ""
		if happens(t.r, .16) {
			to, reason = commission.Rejected, refused
		}
		t.move(c, at.Add(after(t.r, 34*time.Hour, .5)), to, reason)
	case happens(t.r, .03):
		t.move(c, at.Add(after(t.r, 60*time.Hour, .6)), commission.Cancelled, reversed)
	}
}

// move adds a step to a conversion; it must be the next one.
func (t *teller) move(c *conversion, at time.Time, to commission.Status, reason string) {
	if c == nil {
		return
	}
	at = at.Truncate(time.Second)
	received := t.arrival(at)
	if !received.After(c.received) || received.After(t.Now) {
		return
	}
	t.steps = append(t.steps, step{
		conversion: c, previous: c.status, status: to, reason: reason, occurred: at, received: received, byHand: reason != "" && happens(t.r, .2),
	})
}

// stray generates a conversion with an unknown click.
func (t *teller) stray() {
	at := t.rhythm.moment(t.r).Truncate(time.Second)
	received := t.arrival(at)
	if received.After(t.Now) {
		return
	}
	o := oneOf(t.r, t.offers)
	t.strayers++
	c := &conversion{
		id: factID(t.r, received), offer: o, goal: t.goals[commission.GoalRegistration], status: commission.Approved,
		reported: tracking.ClickID(factID(t.r, at)).String(), occurred: at, received: received,
	}
	t.steps = append(t.steps, step{conversion: c, status: c.status, occurred: at, received: received})
}

// calculate calculates what a conversion pays its affiliate.
func (t *teller) calculate(c *conversion) {
	if c.click == nil {
		return
	}
	d := c.offer.dealOf(ids.Affiliate(c.click.campaign.affiliate.id), c.occurred)
	c.deal = d.id
	c.payout = decimal.NewNullDecimal(commission.Payout(d.terms, c.goal.Key, c.amount.Decimal, c.status))
}
