package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Assignment is the attribution of an unattributed conversion to a click.
type Assignment struct {
	ClickID uuid.UUID
	Reason  string // why this click
	UserID  ids.User
	Actor   commission.Actor
}

// assign attributes an unattributed conversion. Each past step is appended again for its
// affiliate, so every postback that would have fired then fires now, once. The unattributed
// steps are left unchanged.
func (r *recorder) assign(ctx context.Context, conversionID uuid.UUID, a Assignment) error {
	return r.changeOne(ctx, conversionID, func(ctx context.Context, ch *changes, c *conversion) error {
		return assignTo(ctx, ch, c, a)
	})
}

// assignTo attributes a locked conversion.
func assignTo(ctx context.Context, ch *changes, c *conversion, a Assignment) error {
	switch {
	case c.UndoneAt.Valid:
		return c.undone("conversionId")
	case c.AffiliateID != 0:
		return problem.Conflict("conversionId", "it is already attributed")
	}
	click, err := clickOfIntegration(ctx, ch.tx, a.ClickID, c.IntegrationID)
	if err != nil {
		return err
	}
	if err := give(ctx, ch, c, click); err != nil {
		return err
	}
	return takeAgain(ctx, ch, c, click, a)
}

// clickOfIntegration loads a click and checks that it led to the integration's operator.
func clickOfIntegration(ctx context.Context, tx *pg.Pipeline, id uuid.UUID, integrationID int64) (*clickFacts, error) {
	clicks, err := loadClicks(ctx, tx, map[uuid.UUID]bool{id: true}, lockClicks)
	if err != nil {
		return nil, err
	}
	var operator string
	err = tx.QueryRowContext(ctx, `SELECT o.operator FROM integrations s JOIN offers o ON o.id = s.offer_id WHERE s.id = $1`, integrationID).Scan(&operator)
	if err != nil {
		return nil, fmt.Errorf("reading the operator of integration %d: %w", integrationID, err)
	}
	click := clicks[id]
	if click == nil || click.Operator != operator {
		return nil, problem.NotFoundAt("clickId", "there is no such click for this operator")
	}
	return click, nil
}

// give attributes a conversion to the click, and binds its player to the click.
func give(ctx context.Context, ch *changes, c *conversion, click *clickFacts) error {
	c.AffiliateID, c.OfferID, c.CampaignID = click.AffiliateID, click.OfferID, click.CampaignID
	c.ClickID, c.AttributedBy = uuid.NullUUID{UUID: click.ID, Valid: true}, AttributedByStaff
	if c.PlayerID.Valid {
		if _, err := ch.tx.ExecContext(ctx, `UPDATE players SET click_id = $2, bound_by = $3 WHERE id = $1 AND click_id IS NULL`, c.PlayerID, click.ID, c.ID); err != nil {
			return fmt.Errorf("binding the player: %w", err)
		}
	}
	if err := recount(ctx, ch, c); err != nil {
		return err
	}
	if err := price(ctx, ch, c); err != nil {
		return err
	}
	err := c.save(ctx, ch.tx)
	switch {
	case pg.IsUnique(err, "conversions_once"):
		return problem.Conflict("clickId", "this click already has a conversion of the goal %s, which counts once per player", c.Goal)
	case pg.IsUnique(err, "conversions_transaction"):
		return problem.Conflict("clickId", "the transaction %s is already recorded for the offer of this click", c.TransactionID)
	}
	if err != nil {
		return err
	}
	return takeCaps(ctx, ch, []*conversion{c}, ch.now)
}

// recount sets the once_key of a goal that counts once per player, now that the click is
// known.
func recount(ctx context.Context, ch *changes, c *conversion) error {
	g, found, err := ch.catalog.goals.get(ctx, ch.tx, c.Goal)
	if err != nil || !found || !g.OncePerPlayer {
		return err
	}
	if !c.PlayerID.Valid {
		err := ch.tx.QueryRowContext(ctx, `
			SELECT id FROM players
			WHERE click_id = $1 AND integration_id = (SELECT coalesce(players_of, id) FROM integrations WHERE id = $2) ORDER BY id LIMIT 1`, c.ClickID, c.IntegrationID).Scan(&c.PlayerID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("finding the click's player: %w", err)
		}
	}
	c.OnceKey = clickKey(c.ClickID.UUID.String())
	if c.PlayerID.Valid {
		c.OnceKey = playerKey(c.PlayerID.UUID)
	}
	return nil
}

// pastStep is a step of a conversion from before it was attributed.
type pastStep struct {
	id         uuid.UUID
	previous   sql.NullString
	status     commission.Status
	amount     decimal.NullDecimal
	macros     map[macro.Name]string
	occurredAt time.Time
	receivedAt time.Time
	reason     string
	actor      commission.Actor
	userID     ids.User
	owned      bool // it was taken for an affiliate
}

// keep sets the macros of a step that do not follow from the conversion as it was then.
func (s *pastStep) keep(macros map[macro.Name]string) {
	for _, name := range []macro.Name{macro.PreviousStatus, macro.Reason, macro.Date, macro.Timestamp} {
		if v, ok := s.macros[name]; ok {
			macros[name] = v
		}
	}
}

// takeAgain appends each past step again, for the conversion's affiliate.
func takeAgain(ctx context.Context, ch *changes, c *conversion, click *clickFacts, a Assignment) error {
	steps, err := pastSteps(ctx, ch.tx, c.ID)
	if err != nil {
		return err
	}
	g, err := ch.catalog.goal(ctx, ch.tx, c.Goal)
	if err != nil {
		return err
	}
	among, err := candidatesOf(ctx, ch, c.AffiliateID)
	if err != nil {
		return err
	}
	reason := tracking.Clean("attributed to click "+globalid.Hex(click.ID)+": "+a.Reason, maxReason)
	after := steps[len(steps)-1].id
	for _, s := range steps {
		then := *c // the conversion as of that step
		then.Status, then.Amount = s.status, s.amount
		if then.Currency = s.macros[macro.Currency]; then.Currency != c.Currency {
			then.Rate = decimal.NullDecimal{}
		}
		if err := price(ctx, ch, &then); err != nil {
			return err
		}
		macros := snapshot(&then, g, click)
		s.keep(macros)
		at := s.occurredAt // where the operator reported the time
		if at.Equal(s.receivedAt) {
			at = ch.now
		}
		previous := commission.Status(s.previous.String)
		again := step{
			Previous: previous, Status: s.status, Correction: previous == s.status, Reason: reason, Actor: a.Actor, UserID: a.UserID,
			At: at, Macros: macros, After: after,
		}
		if err := decideAmong(ch, among, &then, again, ch.now); err != nil {
			return err
		}
		after = ch.events[len(ch.events)-1].id
	}
	return nil
}

func pastSteps(ctx context.Context, tx *pg.Pipeline, conversionID uuid.UUID) ([]pastStep, error) {
	var steps []pastStep
	err := pg.Each(ctx, tx, fmt.Sprintf("reading the steps of conversion %s", conversionID), func(rows *sql.Rows) error {
		var s pastStep
		var text []byte
		if err := rows.Scan(&s.id, &s.previous, &s.status, &s.amount, &text, &s.occurredAt, &s.receivedAt, &s.reason, &s.actor, &s.userID, &s.owned); err != nil {
			return err
		}
		if err := json.Unmarshal(text, &s.macros); err != nil {
			return fmt.Errorf("reading the macros of conversion %s: %w", conversionID, err)
		}
		steps = append(steps, s)
		return nil
	}, `
		SELECT id, previous_status, status, amount, macros, occurred_at, received_at, reason, actor, coalesce(user_id, 0), affiliate_id IS NOT NULL
		FROM conversion_events WHERE conversion_id = $1 ORDER BY id`, conversionID)
	if err != nil {
		return nil, err
	}
	return steps, nil
}
