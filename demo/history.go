package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/internal/ids"
)

// history processes the generated steps in order, as intake and the engine would.
type history struct {
	*teller

	rows       *rows
	deliveries []*delivery
}

// happen writes the month.
func (h *history) happen(ctx context.Context) error {
	for _, write := range []func() error{h.writeClicks, h.writePlayers, h.writeSteps, h.replay, h.writeDeliveries} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) writeClicks() error {
	slices.SortFunc(h.clicks, func(a, b *click) int { return a.at.Compare(b.at) })
	for _, k := range h.clicks {
		o := k.campaign.offer
		var page any
		if k.page >= 0 {
			page = o.pageIDs[k.page]
		}
		address := ""
		if k.address.IsValid() {
			network, err := k.address.Prefix(24)
			if err != nil {
				return fmt.Errorf("an address: %w", err)
			}
			address = network.String()
		}
		h.rows.clicks.add(k.id, k.campaign.affiliate.id, k.at, o.id, orNull(k.campaign.id), k.campaign.linkID,
			k.params[0], k.params[1], k.params[2], page, "", k.country, k.referrer, k.userAgent, address)
	}
	return nil
}

func (h *history) writePlayers() error {
	for _, p := range h.players {
		h.rows.players.add(p.id, p.integration, p.name, p.click, p.created)
	}
	return nil
}

func (h *history) writeSteps() error {
	slices.SortStableFunc(h.steps, func(a, b step) int { return a.received.Compare(b.received) })
	var known []*conversion
	for _, s := range h.steps {
		if s.previous == "" {
			known = append(known, s.conversion)
		}
		if err := h.take(s); err != nil {
			return err
		}
	}
	for _, c := range known {
		h.writeConversion(c)
	}
	h.writeRefusals()
	return nil
}

// take writes one step and decides what fires for it.
func (h *history) take(s step) error {
	c := s.conversion
	c.status = s.status
	h.calculate(c)
	if s.previous == "" {
		c.macros = snapshot(c)
	} else {
		c.macros[string(macro.PreviousStatus)], c.macros[string(macro.Reason)] = string(s.previous), s.reason
	}
	setState(c)
	candidates, decisions := h.decide(c, s)
	macros, err := json.Marshal(c.macros)
	if err != nil {
		return fmt.Errorf("writing macros down: %w", err)
	}
	considered, err := json.Marshal(decisions)
	if err != nil {
		return fmt.Errorf("writing decisions down: %w", err)
	}
	eventID := factID(h.r, s.received)
	actor, user := commission.ByOperator, any(nil)
	switch {
	case c.ours:
		actor = commission.ByPostrider
	case s.byHand:
		actor, user = commission.ByStaff, h.managerID
	default:
		h.writeCall(c, s)
	}
	h.rows.events.add(eventID, c.affiliateID(), c.id, textOrNull(string(s.previous)), string(s.status), number(c.amount), number(c.payout),
		s.reason, string(actor), user, macros, considered, s.occurred, s.received)
	for i, d := range decisions {
		if d.Fired {
			h.deliver(candidates[i], c, s, eventID, maps.Clone(c.macros))
		}
	}
	return nil
}

// decide applies the firing rules to the affiliate's postbacks as they were at that time.
func (h *history) decide(c *conversion, s step) ([]*postback, []firing.Decision) {
	if c.click == nil {
		return nil, []firing.Decision{}
	}
	var candidates []*postback
	var considered []firing.Postback
	for _, p := range c.click.campaign.affiliate.postbacks {
		if p.made.After(s.received) || (!p.deleted.IsZero() && !p.deleted.After(s.received)) {
			continue
		}
		asItWas := p.Postback
		asItWas.Held = !p.held.IsZero() && p.held.Before(s.received)
		candidates, considered = append(candidates, p), append(considered, asItWas)
	}
	return candidates, firing.Decide(firing.Event{
		AffiliateID: ids.Affiliate(c.click.campaign.affiliate.id), OfferID: ids.Offer(c.offer.id), CampaignID: ids.Campaign(c.click.campaign.id),
		Goal: c.goal.Key, Status: s.status,
	}, considered, firing.Trackers{})
}

func (h *history) writeConversion(c *conversion) {
	var campaignID, clickID, onceKey any
	attributed, payoutCurrency, origin := "", "", commission.ByOperator
	if c.ours {
		origin = commission.ByPostrider
	}
	if c.click != nil {
		campaignID, clickID, attributed = orNull(c.click.campaign.id), c.click.id, "click"
		payoutCurrency = c.offer.dealOf(ids.Affiliate(c.click.campaign.affiliate.id), c.occurred).terms.Currency
		if c.byPlayer {
			attributed = "player"
		}
	}
	switch {
	case c.goal.OncePerPlayer && c.player.Valid:
		onceKey = "player:" + c.player.UUID.String()
	case c.goal.OncePerPlayer:
		onceKey = "click:" + c.reported
	}
	h.rows.conversions.add(c.id, c.affiliateID(), c.offer.integrationID, c.offer.id, campaignID, clickID, c.reported, idOrNull(c.player), c.goal.Key,
		textOrNull(c.transaction), onceKey, number(c.amount), number(c.payout), c.offer.currency, payoutCurrency, orNull(c.deal),
		string(c.status), attributed, string(origin), c.occurred, c.received)
}

// snapshot returns the value of each macro for the postbacks of a new conversion.
func snapshot(c *conversion) map[string]string {
	m := map[macro.Name]string{
		macro.Date:          c.occurred.UTC().Format(time.RFC3339),
		macro.Timestamp:     strconv.FormatInt(c.occurred.Unix(), 10),
		macro.Currency:      c.offer.currency,
		macro.OfferID:       strconv.FormatInt(c.offer.id, 10),
		macro.GoalName:      c.goal.Name,
		macro.GoalID:        c.goal.Key,
		macro.ConversionID:  globalid.Hex(c.id),
		macro.TransactionID: c.transaction,
		macro.PlayerID:      "",
	}
	if c.player.Valid {
		m[macro.PlayerID] = globalid.Hex(c.player.UUID)
	}
	if k := c.click; k != nil {
		m[macro.AffID] = strconv.FormatInt(k.campaign.affiliate.id, 10)
		m[macro.OfferName] = c.offer.name
		m[macro.ClickID] = globalid.Hex(k.id)
		m[macro.Param1], m[macro.Param2], m[macro.Param3] = k.params[0], k.params[1], k.params[2]
		m[macro.Country], m[macro.UserAgent], m[macro.Referrer] = k.country, k.userAgent, k.referrer
		m[macro.LandingPage] = ""
		if k.page >= 0 {
			m[macro.LandingPage] = c.offer.pages[k.page].key
		}
		if k.campaign.id != 0 {
			m[macro.CampID], m[macro.CampName] = strconv.FormatInt(k.campaign.id, 10), k.campaign.name
		}
	}
	said := make(map[string]string, len(m))
	for name, value := range m {
		said[string(name)] = value
	}
	return said
}

// setState sets the macros that change over a conversion's life.
func setState(c *conversion) {
	c.macros[string(macro.Status)] = string(c.status)
	c.macros[string(macro.Amount)], c.macros[string(macro.Payout)] = money(c.amount), money(c.payout)
}

func money(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return commission.FormatAmount(d.Decimal)
}

// affiliateID returns the conversion's affiliate, or nil.
func (c *conversion) affiliateID() any {
	if c.click == nil {
		return nil
	}
	return c.click.campaign.affiliate.id
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func idOrNull(id uuid.NullUUID) any {
	if !id.Valid {
		return nil
	}
	return id.UUID
}

func number(d decimal.NullDecimal) any {
	if !d.Valid {
		return nil
	}
	return d.Decimal.String()
}
