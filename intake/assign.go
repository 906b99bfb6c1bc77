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
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Assignment gives an unattributed conversion to a click.
type Assignment struct {
	ClickID uuid.UUID
	Reason  string // why this one, in words
	UserID  int64
	Actor   commission.Actor
}

// Assign attributes a conversion that nobody was found for. What would have fired
// at each step of its life fires now, once.
func (in *Intake) Assign(ctx context.Context, conversionID uuid.UUID, a Assignment) error {
	return pg.WithPipeline(ctx, in.DB, func(ctx context.Context, tx *pg.Pipeline) error {
		c, err := findConversion(ctx, tx, `id = $1`, conversionID)
		if errors.Is(err, sql.ErrNoRows) {
			return problem.NotFound("there is no such conversion")
		}
		if err != nil {
			return err
		}
		if c.AffiliateID != 0 {
			return problem.Conflict("conversionId", "it is attributed already")
		}
		click, err := clickOfSource(ctx, tx, a.ClickID, c.SourceID)
		if err != nil {
			return err
		}
		if err := in.give(ctx, tx, c, click); err != nil {
			return err
		}
		now := in.now()
		l := in.newLedger(tx)
		if err := in.fireAgain(ctx, l, c, click, a, now); err != nil {
			return err
		}
		return l.close(ctx)
	})
}

// clickOfSource loads a click and checks that it led to the source's operator.
func clickOfSource(ctx context.Context, tx *pg.Pipeline, id uuid.UUID, sourceID int64) (*clickFacts, error) {
	clicks, err := loadClicks(ctx, tx, map[uuid.UUID]bool{id: true}, "FOR NO KEY UPDATE OF c")
	if err != nil {
		return nil, err
	}
	var operator string
	err = tx.QueryRowContext(ctx, `SELECT o.operator FROM sources s JOIN offers o ON o.id = s.offer_id WHERE s.id = $1`, sourceID).Scan(&operator)
	if err != nil {
		return nil, fmt.Errorf("reading the operator of source %d: %w", sourceID, err)
	}
	click := clicks[id]
	if click == nil || click.Operator != operator {
		return nil, problem.Invalid("clickId", "there is no such click for this operator")
	}
	return click, nil
}

// give makes a conversion the click's, and binds its player to the click.
func (in *Intake) give(ctx context.Context, tx *pg.Pipeline, c *conversion, click *clickFacts) error {
	c.AffiliateID, c.OfferID, c.CampaignID = click.AffiliateID, click.OfferID, click.CampaignID
	c.ClickID, c.AttributedBy = uuid.NullUUID{UUID: click.ID, Valid: true}, "staff"
	if c.PlayerID.Valid {
		if _, err := tx.ExecContext(ctx, `UPDATE players SET click_id = $2 WHERE id = $1 AND click_id IS NULL`, c.PlayerID, click.ID); err != nil {
			return fmt.Errorf("binding the player: %w", err)
		}
	}
	if err := in.recount(ctx, tx, c); err != nil {
		return err
	}
	if err := in.reckon(ctx, tx, c); err != nil {
		return err
	}
	if err := in.takePlaces(ctx, tx, []*entry{{conversion: c, isNew: true, now: in.now()}}); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE conversions SET affiliate_id = $2, offer_id = $3, campaign_id = nullif($4::bigint, 0), click_id = $5, attributed_by = $6,
		  once_key = nullif($7, ''), payout = $8, payout_currency = $9, deal_id = nullif($10::bigint, 0), terms = $11, rate = $12, player_id = $13
		WHERE id = $1`,
		c.ID, c.AffiliateID, c.OfferID, c.CampaignID, c.ClickID, c.AttributedBy, c.OnceKey, c.Payout, c.PayoutCurrency, c.DealID,
		termsText(c.Terms), c.Rate, c.PlayerID)
	if pg.IsUnique(err, "conversions_once") {
		return problem.Conflict("clickId", "this click has the goal %s already, and a player reaches it once", c.Goal)
	}
	if err != nil {
		return fmt.Errorf("attributing conversion %s: %w", c.ID, err)
	}
	return nil
}

// recount finds what a goal that counts once is counted by, now that the click is
// known.
func (in *Intake) recount(ctx context.Context, tx *pg.Pipeline, c *conversion) error {
	g, found, err := in.catalog.goals.get(ctx, tx, c.Goal)
	if err != nil || !found || !g.OncePerPlayer {
		return err
	}
	if !c.PlayerID.Valid {
		err := tx.QueryRowContext(ctx, `SELECT id FROM players WHERE click_id = $1 AND source_id = $2 ORDER BY id LIMIT 1`, c.ClickID, c.SourceID).Scan(&c.PlayerID)
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

// pastStep is a step of a conversion's life that was taken before anybody knew
// whose it is.
type pastStep struct {
	id       uuid.UUID
	previous sql.NullString
	status   commission.Status
	amount   decimal.NullDecimal
	macros   map[macro.Name]string
}

// fireAgain decides each past step anew for its owner, and adds the step that
// tells of the attribution.
func (in *Intake) fireAgain(ctx context.Context, l *ledger, c *conversion, click *clickFacts, a Assignment, now time.Time) error {
	steps, err := pastSteps(ctx, l.tx, c.ID)
	if err != nil {
		return err
	}
	g, err := in.catalog.goal(ctx, l.tx, c.Goal)
	if err != nil {
		return err
	}
	candidates, err := in.candidates(ctx, l.tx, c.AffiliateID)
	if err != nil {
		return err
	}
	at := step{Previous: c.Status, Status: c.Status, Actor: a.Actor, UserID: a.UserID, At: now,
		Reason: inbound.Clean("attributed to click "+globalid.Hex(click.ID)+": "+a.Reason, maxReason)}
	for _, s := range steps {
		if at.Macros, err = in.redecide(ctx, l, c, g, click, s, candidates, now); err != nil {
			return err
		}
		at.After = s.id
	}
	if at.Macros == nil {
		at.Macros = snapshot(c, g, click)
	}
	return in.take(ctx, l, c, at, now)
}

// redecide rewrites one past step as its owner would have had it, and queues what
// fires for it.
func (in *Intake) redecide(ctx context.Context, l *ledger, c *conversion, g *goal, click *clickFacts, s pastStep, candidates []candidate, now time.Time) (map[macro.Name]string, error) {
	then := *c // as it was at that step
	then.Status, then.Amount = s.status, s.amount
	if err := in.reckon(ctx, l.tx, &then); err != nil {
		return nil, err
	}
	macros := snapshot(&then, g, click)
	for _, name := range []macro.Name{macro.PreviousStatus, macro.Reason} {
		if v, ok := s.macros[name]; ok {
			macros[name] = v
		}
	}
	previous := commission.Status(s.previous.String)
	decisions := firing.Decide(firing.Event{
		AffiliateID: c.AffiliateID, OfferID: c.OfferID, CampaignID: c.CampaignID, Goal: c.Goal, Status: s.status,
		CappedBy: c.CappedBy, Unchanged: previous == s.status,
	}, rules(candidates))
	macrosText, err := json.Marshal(macros)
	if err != nil {
		return nil, fmt.Errorf("writing macros down: %w", err)
	}
	considered, err := json.Marshal(decisions)
	if err != nil {
		return nil, fmt.Errorf("writing decisions down: %w", err)
	}
	_, err = l.tx.ExecContext(ctx, `UPDATE conversion_events SET affiliate_id = $2, payout = $3, macros = $4, considered = $5 WHERE id = $1`,
		s.id, c.AffiliateID, then.Payout, macrosText, considered)
	if err != nil {
		return nil, fmt.Errorf("attributing a step of conversion %s: %w", c.ID, err)
	}
	l.supersede(s.id, &then, step{Previous: previous, Status: s.status}, now)
	for i, d := range decisions {
		if !d.Fired {
			continue
		}
		if err := l.addDelivery(s.id, &then, step{Previous: previous, Status: s.status, Macros: macros}, candidates[i], now); err != nil {
			return nil, err
		}
	}
	return macros, nil
}

func pastSteps(ctx context.Context, tx *pg.Pipeline, conversionID uuid.UUID) ([]pastStep, error) {
	var steps []pastStep
	err := pg.Each(ctx, tx, fmt.Sprintf("reading the steps of conversion %s", conversionID), func(rows *sql.Rows) error {
		var s pastStep
		var text []byte
		if err := rows.Scan(&s.id, &s.previous, &s.status, &s.amount, &text); err != nil {
			return err
		}
		if err := json.Unmarshal(text, &s.macros); err != nil {
			return fmt.Errorf("reading the macros of conversion %s: %w", conversionID, err)
		}
		steps = append(steps, s)
		return nil
	}, `SELECT id, previous_status, status, amount, macros FROM conversion_events WHERE conversion_id = $1 ORDER BY id`, conversionID)
	if err != nil {
		return nil, err
	}
	return steps, nil
}
