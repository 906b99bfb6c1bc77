package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/pg"
)

// qualify looks, after each step of a conversion, whether its player meets what
// the offer asks for: then the CPA is recorded in the same transaction; and when
// a condition was taken back, so is the CPA.
func (in *Intake) qualify(ctx context.Context, l *ledger, c *conversion, now time.Time) error {
	if c.AffiliateID == 0 || c.Goal == commission.GoalCPA {
		return nil
	}
	rules, found, err := in.catalog.rules.get(ctx, l.tx, c.OfferID)
	if err != nil || !found || rules.Qualification.None() {
		return err
	}
	if err := lockSubject(ctx, l.tx, c); err != nil {
		return err
	}
	events, err := in.eventsOfPlayer(ctx, l.tx, c, rules.Currency)
	if err != nil {
		return err
	}
	verdict := rules.Qualification.Judge(events)
	cpa, err := findConversion(ctx, l.tx, `source_id = $1 AND goal = $2 AND `+sameSubject, c.SourceID, commission.GoalCPA, c.PlayerID, c.ClickID)
	switch {
	case errors.Is(err, sql.ErrNoRows) && verdict.Qualified:
		return in.recordCPA(ctx, l, c, verdict, now)
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	case cpa.Origin != commission.ByPostrider:
		return nil // the operator says itself who qualifies
	}
	return in.moveCPA(ctx, l, cpa, rules.Qualification, verdict, now)
}

// sameSubject finds what one player did: by the player, or by the click as long
// as no player is known.
const sameSubject = `(player_id = $3 OR click_id = $4 AND (player_id IS NULL OR $3::uuid IS NULL))`

// lockSubject lets one transaction at a time decide over a player.
func lockSubject(ctx context.Context, tx *pg.Pipeline, c *conversion) error {
	key := pg.LockPlayer.Of(c.PlayerID.UUID)
	if !c.PlayerID.Valid {
		key = pg.LockClick.Of(c.ClickID.UUID)
	}
	if err := pg.Lock(ctx, tx, key); err != nil {
		return fmt.Errorf("waiting for a player: %w", err)
	}
	return nil
}

// eventsOfPlayer is what the player of a conversion did at this offer, with
// amounts in the offer's currency. An amount without a rate counts as nothing.
func (in *Intake) eventsOfPlayer(ctx context.Context, tx *pg.Pipeline, c *conversion, currency string) ([]commission.Event, error) {
	var events []commission.Event
	var currencies []string
	err := pg.Each(ctx, tx, "reading what a player did", func(rows *sql.Rows) error {
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
		WHERE source_id = $1 AND goal <> $2 AND `+sameSubject+` AND offer_id = $5 AND affiliate_id IS NOT NULL`,
		c.SourceID, commission.GoalCPA, c.PlayerID, c.ClickID, c.OfferID)
	if err != nil {
		return nil, err
	}
	for i := range events {
		rate, _, err := in.rate(ctx, tx, currencies[i], currency, events[i].At)
		if err != nil {
			return nil, err
		}
		events[i].Amount = events[i].Amount.Mul(rate)
	}
	return events, nil
}

// recordCPA records the CPA of the player who has just qualified.
func (in *Intake) recordCPA(ctx context.Context, l *ledger, by *conversion, verdict commission.Verdict, now time.Time) error {
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	g, err := in.catalog.goal(ctx, l.tx, commission.GoalCPA)
	if err != nil {
		return err
	}
	clicks, err := loadClicks(ctx, l.tx, map[uuid.UUID]bool{by.ClickID.UUID: true}, "")
	if err != nil {
		return err
	}
	who := attribution{click: clicks[by.ClickID.UUID], player: by.PlayerID, by: by.AttributedBy}
	if who.click == nil {
		return nil // its month was dropped; nobody can be told of it any more
	}
	rules, _, err := in.catalog.rules.get(ctx, l.tx, by.OfferID)
	if err != nil {
		return err
	}
	e := &entry{conversion: &conversion{
		ID: id, SourceID: by.SourceID, AffiliateID: by.AffiliateID, OfferID: by.OfferID, CampaignID: by.CampaignID,
		ClickID: by.ClickID, PlayerID: by.PlayerID, Goal: commission.GoalCPA, OnceKey: who.onceKey(inbound.Report{}),
		Currency: rules.Currency, Status: commission.Approved, AttributedBy: by.AttributedBy, Origin: commission.ByPostrider,
		OccurredAt: verdict.At, ReceivedAt: now,
	}}
	if err := in.reckon(ctx, l.tx, e.conversion); err != nil {
		return err
	}
	inserted, err := insertConversions(ctx, l.tx, []*entry{e})
	if err != nil || !inserted[id] {
		return err
	}
	e.isNew, e.now = true, now
	if err := in.reckonTiered(ctx, l.tx, []*entry{e}); err != nil {
		return err
	}
	if err := in.takePlaces(ctx, l.tx, []*entry{e}); err != nil {
		return err
	}
	return in.take(ctx, l, e.conversion, step{
		Status: commission.Approved, Reason: "qualified: every condition of the offer is met", Actor: commission.ByPostrider, At: verdict.At,
		Macros: snapshot(e.conversion, g, who.click),
	}, now)
}

// moveCPA takes a CPA back, or gives it again, as the conditions have it. What
// staff decided stays decided.
func (in *Intake) moveCPA(ctx context.Context, l *ledger, cpa *conversion, rule commission.Qualification, verdict commission.Verdict, now time.Time) error {
	approved := cpa.Status == commission.Approved
	if verdict.Qualified == approved {
		return nil
	}
	if approved && !rule.Undoes(cpa.OccurredAt, now) {
		return nil
	}
	if err := l.write(ctx); err != nil {
		return err
	}
	var actor commission.Actor
	err := l.tx.QueryRowContext(ctx, `SELECT actor FROM conversion_events WHERE conversion_id = $1 ORDER BY id DESC LIMIT 1`, cpa.ID).Scan(&actor)
	if err != nil {
		return fmt.Errorf("reading who moved conversion %s last: %w", cpa.ID, err)
	}
	if actor != commission.ByPostrider {
		return nil
	}
	m := Move{To: commission.Approved, Reason: "qualified again: every condition of the offer is met", Actor: commission.ByPostrider}
	if approved {
		m.To, m.Reason = commission.Cancelled, "a condition was taken back; missing: "+strings.Join(verdict.Missing, ", ")
	}
	_, err = in.move(ctx, l, cpa, m, now, now)
	return err
}
