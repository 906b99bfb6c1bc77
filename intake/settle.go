package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/pg"
)

// settle evaluates, at the end of a transaction, the qualification of the players whose
// conversions changed: it records the CPA of a player who qualifies, and cancels that of one
// who no longer does. A CPA's own step is not evaluated. Lock order: players by the names of
// their locks.
func settle(ctx context.Context, ch *changes) error {
	for _, lock := range slices.Sorted(maps.Keys(ch.players)) {
		if err := qualify(ctx, ch, lock, ch.players[lock]); err != nil {
			return err
		}
	}
	return nil
}

// qualify evaluates the player of a conversion.
func qualify(ctx context.Context, ch *changes, lock string, c *conversion) error {
	rules, found, err := ch.catalog.rules.get(ctx, ch.tx, c.OfferID)
	if err != nil || !found || rules.Qualification.None() {
		return err
	}
	if err := pg.Lock(ctx, ch.tx, lock); err != nil {
		return fmt.Errorf("waiting for a player: %w", err)
	}
	events, err := eventsOfPlayer(ctx, ch, c, rules.Currency)
	if err != nil {
		return err
	}
	verdict := rules.Qualification.Judge(events)
	cpa, err := findConversion(ctx, ch.tx, `offer_id = $1 AND goal = $2 AND `+samePlayer, c.OfferID, commission.GoalCPA, c.PlayerID, c.ClickID)
	switch {
	case errors.Is(err, sql.ErrNoRows) && verdict.Qualified:
		return recordCPA(ctx, ch, c, rules, verdict)
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	case cpa.Origin != commission.ByPostrider:
		return nil // the operator reports the CPA itself
	}
	return moveCPA(ctx, ch, cpa, rules.Qualification, verdict)
}

// samePlayer matches the conversions of one player that count: by the player, or by the click
// while no player is known.
const samePlayer = `(player_id = $3 OR click_id = $4 AND (player_id IS NULL OR $3::uuid IS NULL)) AND undone_at IS NULL`

// eventsOfPlayer returns the conversions of a player at this offer, with amounts in the
// offer's currency. An amount without an exchange rate counts as zero.
func eventsOfPlayer(ctx context.Context, ch *changes, c *conversion, currency string) ([]commission.Event, error) {
	var events []commission.Event
	var currencies []string
	err := pg.Each(ctx, ch.tx, "reading a player's conversions", func(rows *sql.Rows) error {
		var e commission.Event
		var amount decimal.NullDecimal
		var of string
		if err := rows.Scan(&e.Goal, &e.Transaction, &e.Status, &amount, &of, &e.At); err != nil {
			return err
		}
		e.Amount = amount.Decimal
		events, currencies = append(events, e), append(currencies, of)
		return nil
	}, `
		SELECT goal, coalesce(transaction_id, ''), status, amount, currency, occurred_at FROM conversions
		WHERE offer_id = $1 AND goal <> $2 AND `+samePlayer+` AND affiliate_id IS NOT NULL`,
		c.OfferID, commission.GoalCPA, c.PlayerID, c.ClickID)
	if err != nil {
		return nil, err
	}
	for i := range events {
		rate, _, err := ch.catalog.rate(ctx, ch.tx, currencies[i], currency, events[i].At)
		if err != nil {
			return nil, err
		}
		events[i].Amount = events[i].Amount.Mul(rate)
	}
	return events, nil
}

// recordCPA records the CPA of a player who has just qualified.
func recordCPA(ctx context.Context, ch *changes, by *conversion, rules *offerRules, verdict commission.Verdict) error {
	id, err := uuid.NewV7AtTime(ch.now)
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	g, err := ch.catalog.goal(ctx, ch.tx, commission.GoalCPA)
	if err != nil {
		return err
	}
	clicks, err := loadClicks(ctx, ch.tx, map[uuid.UUID]bool{by.ClickID.UUID: true}, "")
	if err != nil {
		return err
	}
	who := attribution{click: clicks[by.ClickID.UUID], player: by.PlayerID, by: by.AttributedBy}
	if who.click == nil {
		return nil // its month's partition was dropped, and its macros with it
	}
	c := &conversion{
		ID: id, IntegrationID: by.IntegrationID, AffiliateID: by.AffiliateID, OfferID: by.OfferID, CampaignID: by.CampaignID,
		ClickID: by.ClickID, PlayerID: by.PlayerID, Goal: commission.GoalCPA, OnceKey: who.onceKey(inbound.Report{}),
		Currency: rules.Currency, Status: commission.Approved, AttributedBy: by.AttributedBy, Origin: commission.ByPostrider,
		OccurredAt: verdict.At, ReceivedAt: ch.now,
	}
	inserted, err := insert(ctx, ch, []*conversion{c})
	if err != nil || len(inserted) == 0 {
		return err
	}
	return decide(ctx, ch, c, step{
		Status: commission.Approved, Reason: "qualified: every condition of the offer is met", Actor: commission.ByPostrider, At: verdict.At,
		Macros: snapshot(c, g, who.click),
	}, ch.now)
}

// moveCPA cancels or reinstates a CPA as its conditions fail or are met again. A status set by
// staff is left unchanged. Clawback ends after some days, but not for what was attributed by
// mistake.
func moveCPA(ctx context.Context, ch *changes, cpa *conversion, rule commission.Qualification, verdict commission.Verdict) error {
	approved := cpa.Status == commission.Approved
	if verdict.Qualified == approved || approved && !ch.undoing && !rule.Undoes(cpa.OccurredAt, ch.now) {
		return nil
	}
	last, err := ch.lastStep(ctx, cpa.ID)
	if err != nil || last.Actor != commission.ByPostrider {
		return err
	}
	m := Move{To: commission.Approved, Reason: "qualified again: every condition of the offer is met", Actor: commission.ByPostrider}
	if approved {
		m.To, m.Reason = commission.Cancelled, "no longer qualified; missing: "+strings.Join(verdict.Missing, ", ")
	}
	_, err = move(ctx, ch, cpa, m, ch.now, ch.now)
	return err
}
