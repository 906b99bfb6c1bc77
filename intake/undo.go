package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// TakenBack is the reason of the step by which a conversion ends whose attribution is undone.
const TakenBack = "Attributed by mistake, taken back by the network"

// How a conversion is attributed.
const (
	AttributedByClick  = "click"  // the operator gave the click's id
	AttributedByPlayer = "player" // its player has a click
	AttributedByStaff  = "staff"
)

// AttributedBy lists how conversions are attributed.
func AttributedBy() []string {
	return []string{AttributedByClick, AttributedByPlayer, AttributedByStaff}
}

// Undoing is who takes conversions back.
type Undoing struct {
	UserID ids.User
	Actor  commission.Actor

	reason string // empty for TakenBack
}

// Undone is an attribution that was undone.
type Undone struct {
	ReplacedBy uuid.UUID // the unattributed conversion that stands for the operator's call since
	TakenBack  []uuid.UUID
}

// undo undoes an attribution by staff. Nothing is deleted: the conversion stays its affiliate's
// and ends rejected or cancelled, and an unattributed one with the same facts stands for the
// operator's call. What came to the click through the player that the attribution bound to it
// is taken back too, and so is a CPA that Postrider found for them.
func (r *recorder) undo(ctx context.Context, conversionID uuid.UUID, u Undoing) (out Undone, err error) {
	err = r.changeOne(ctx, conversionID, func(ctx context.Context, ch *changes, c *conversion) (err error) {
		out, err = undo(ctx, ch, c, u)
		return err
	})
	return out, err
}

// undone returns why a conversion whose attribution was undone cannot be changed.
func (c *conversion) undone(field string) error {
	if !c.ReplacedBy.Valid {
		return problem.Conflict(field, "its attribution was undone")
	}
	return problem.Conflict(field, "its attribution was undone; conversion %s stands in its place", globalid.Hex(c.ReplacedBy.UUID))
}

// undo undoes the attribution of a locked conversion.
func undo(ctx context.Context, ch *changes, c *conversion, u Undoing) (out Undone, err error) {
	switch {
	case c.UndoneAt.Valid:
		return out, c.undone("id")
	case c.AffiliateID == 0:
		return out, problem.Conflict("id", "it is not attributed")
	case c.Origin == commission.ByPostrider:
		return out, problem.Conflict("id", "Postrider recorded this CPA when the player qualified: undo the attribution of the conversion that it followed from")
	case c.AttributedBy != AttributedByStaff:
		return out, problem.Conflict("id", "it was attributed by its %s, not by staff: change its status instead", c.AttributedBy)
	}
	ch.undoing = true
	bound, err := release(ctx, ch, c)
	if err != nil {
		return out, err
	}
	for _, each := range append([]*conversion{c}, bound...) {
		replacement, err := replace(ctx, ch, each, u)
		if err != nil {
			return out, err
		}
		if each == c {
			out.ReplacedBy = replacement
		}
		out.TakenBack = append(out.TakenBack, each.ID)
	}
	cpa, err := orphanedCPA(ctx, ch, c)
	if err != nil || cpa == nil {
		return out, err
	}
	out.TakenBack = append(out.TakenBack, cpa.ID)
	return out, takeBack(ctx, ch, cpa, u)
}

// release unbinds a player that was bound to a click by a conversion's attribution, and returns
// the conversions that came to the click through it, locked. If another conversion names both
// the player and the click, the player stays bound. Lock order: the player's row before its
// conversions, so that none is added meanwhile.
func release(ctx context.Context, ch *changes, c *conversion) ([]*conversion, error) {
	if !c.PlayerID.Valid {
		return nil, nil
	}
	var boundBy uuid.NullUUID
	err := ch.tx.QueryRowContext(ctx, `SELECT bound_by FROM players WHERE id = $1 FOR UPDATE`, c.PlayerID).Scan(&boundBy)
	if err != nil {
		return nil, fmt.Errorf("reading what bound the player: %w", err)
	}
	if boundBy.UUID != c.ID {
		return nil, nil
	}
	// An operator's call binds for good; another attribution by staff until that is undone too.
	var other uuid.NullUUID
	var by string
	err = ch.tx.QueryRowContext(ctx, `
		SELECT id, attributed_by FROM conversions
		WHERE player_id = $1 AND click_id = $2 AND id <> $3 AND attributed_by IN ('click', $4) AND origin <> $5 AND undone_at IS NULL
		ORDER BY attributed_by = 'click' DESC, id LIMIT 1`, c.PlayerID, c.ClickID, c.ID, AttributedByStaff, commission.ByPostrider).Scan(&other, &by)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("looking for what else binds the player: %w", err)
	}
	stays := other.Valid
	if by == AttributedByClick {
		other = uuid.NullUUID{}
	}
	if _, err := ch.tx.ExecContext(ctx, `UPDATE players SET click_id = CASE WHEN $2 THEN click_id END, bound_by = $3 WHERE id = $1`, c.PlayerID, stays, other); err != nil {
		return nil, fmt.Errorf("releasing the player: %w", err)
	}
	if stays {
		return nil, nil
	}
	return throughPlayer(ctx, ch, c)
}

// throughPlayer returns the conversions that came to a conversion's click through its player.
func throughPlayer(ctx context.Context, ch *changes, c *conversion) ([]*conversion, error) {
	var list []uuid.UUID
	err := pg.Each(ctx, ch.tx, "reading what came through the player", func(rows *sql.Rows) error {
		var id uuid.UUID
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	}, `
		SELECT id FROM conversions
		WHERE player_id = $1 AND click_id = $2 AND attributed_by = 'player' AND origin <> $3 AND undone_at IS NULL ORDER BY id`,
		c.PlayerID, c.ClickID, commission.ByPostrider)
	if err != nil {
		return nil, err
	}
	found := make([]*conversion, len(list))
	for i, id := range list {
		if found[i], err = findConversion(ctx, ch.tx, `id = $1`, id); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// replace takes a conversion back and records the unattributed one that stands for the
// operator's call since. It returns that one's id.
func replace(ctx context.Context, ch *changes, c *conversion, u Undoing) (uuid.UUID, error) {
	reported, err := reportedSteps(ctx, ch, c)
	if err != nil {
		return uuid.Nil, err
	}
	before := *c
	if err := takeBack(ctx, ch, c, u); err != nil {
		return uuid.Nil, err
	}
	again, err := recordAgain(ctx, ch, &before, reported)
	if err != nil {
		return uuid.Nil, err
	}
	c.ReplacedBy = uuid.NullUUID{UUID: again.ID, Valid: true}
	if err := c.save(ctx, ch.tx); err != nil {
		return uuid.Nil, err
	}
	for _, sql := range namesConversionSQL {
		ch.tx.Queue(sql, c.ID, again.ID)
	}
	return again.ID, nil
}

// namesConversionSQL makes what names the conversion $1, and means what the operator reported, name $2.
var namesConversionSQL = []string{
	`UPDATE unmapped_reports SET conversion_id = $2 WHERE conversion_id = $1`,
	`UPDATE clashes SET conversion_id = $2 WHERE conversion_id = $1`,
	`UPDATE clashes SET recorded_id = $2 WHERE recorded_id = $1`,
	`UPDATE conversions SET apart_from = $2 WHERE apart_from = $1`,
}

// takeBack ends a conversion: it pays nothing, gives its places in caps back, and makes no other
// conversion a duplicate. Its goal need not be reversible: the operator takes nothing back.
func takeBack(ctx context.Context, ch *changes, c *conversion, u Undoing) error {
	reason := cmp.Or(u.reason, TakenBack)
	g, err := ch.catalog.goal(ctx, ch.tx, c.Goal)
	if err != nil {
		return err
	}
	last, err := ch.lastStep(ctx, c.ID)
	if err != nil {
		return err
	}
	from := c.Status
	c.apply(Move{To: ended(g.Goal.Goal, from)})
	c.OnceKey, c.ReportedStatus, c.ReportedAt, c.UndoneAt = "", "", nil, sql.NullTime{Time: ch.now, Valid: true}
	if c.AffiliateID != 0 {
		if err := price(ctx, ch, c); err != nil {
			return err
		}
	}
	if c.Terms != nil && !c.Payout.Valid { // there is no rate, and none is needed
		c.Payout = decimal.NewNullDecimal(decimal.Zero)
	}
	if err := c.save(ctx, ch.tx); err != nil {
		return err
	}
	if err := freeCaps(ctx, ch, c); err != nil {
		return err
	}
	last.Macros[macro.PreviousStatus], last.Macros[macro.Reason] = string(from), reason
	setState(last.Macros, c)
	s := step{
		Previous: from, Status: c.Status, Reason: reason, Actor: u.Actor, UserID: u.UserID, At: ch.now,
		Macros: last.Macros, After: last.ID, Correction: from == c.Status,
	}
	if s.Correction { // it was rejected or cancelled already, and its postbacks were sent then
		return decideAmong(ch, candidates{}, c, s, ch.now)
	}
	return decide(ctx, ch, c, s, ch.now)
}

// ended returns the status in which a conversion of a goal ends that is taken back: an approved
// one is cancelled, which is a reversal, any other rejected, unless the goal has only the other
// status.
func ended(g commission.Goal, from commission.Status) commission.Status {
	if from == commission.Rejected || from == commission.Cancelled {
		return from
	}
	first, second := commission.Rejected, commission.Cancelled
	if from == commission.Approved {
		first, second = second, first
	}
	if len(g.Statuses) > 0 && !slices.Contains(g.Statuses, first) && slices.Contains(g.Statuses, second) {
		return second
	}
	return first
}

// recordAgain records, unattributed, what was reported of a conversion that was taken back.
func recordAgain(ctx context.Context, ch *changes, c *conversion, reported []pastStep) (*conversion, error) {
	id, err := uuid.NewV7AtTime(ch.now)
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	g, err := ch.catalog.goal(ctx, ch.tx, c.Goal)
	if err != nil {
		return nil, err
	}
	again := &conversion{
		ID: id, IntegrationID: c.IntegrationID, ReportedClickID: c.ReportedClickID, PlayerID: reported[0].player(), Goal: c.Goal,
		TransactionID: c.TransactionID, Amount: c.Amount, Currency: c.Currency, Status: c.Status, ReportedStatus: c.ReportedStatus, ReportedAt: c.ReportedAt,
		ApartFrom: c.ApartFrom, ReportedPayout: c.ReportedPayout, ReportedPayoutIn: c.ReportedPayoutIn, Origin: c.Origin, OccurredAt: c.OccurredAt, ReceivedAt: c.ReceivedAt,
	}
	if err := ch.tx.QueryRowContext(ctx, `SELECT offer_id FROM integrations WHERE id = $1`, c.IntegrationID).Scan(&again.OfferID); err != nil {
		return nil, fmt.Errorf("reading the offer of integration %d: %w", c.IntegrationID, err)
	}
	if g.OncePerPlayer {
		again.OnceKey = attribution{player: again.PlayerID}.onceKey(inbound.Report{ClickID: c.ReportedClickID, TransactionID: c.TransactionID})
	}
	inserted, err := insertConversions(ctx, ch.tx, []conversion{*again})
	if err == nil && !inserted[id] && again.OnceKey != "" {
		// Another conversion has been recorded for the same key since: this one waits without it.
		again.OnceKey = ""
		inserted, err = insertConversions(ctx, ch.tx, []conversion{*again})
	}
	if err == nil && !inserted[id] {
		err = pg.ErrOvertaken
	}
	if err != nil {
		return nil, fmt.Errorf("recording conversion %s again: %w", c.ID, err)
	}
	return again, appendSteps(ch, again, g, reported)
}

// appendSteps appends the steps that were reported, for nobody.
func appendSteps(ch *changes, c *conversion, g *goal, reported []pastStep) error {
	after := uuid.Nil
	for _, s := range reported {
		then := *c
		then.Status, then.Amount, then.Currency = s.status, s.amount, s.macros[macro.Currency]
		macros := snapshot(&then, g, nil)
		s.keep(macros)
		previous := commission.Status(s.previous.String)
		again := step{
			Previous: previous, Status: s.status, Correction: previous == s.status, Reason: s.reason, Actor: s.actor, UserID: s.userID,
			At: s.occurredAt, Macros: macros, After: after,
		}
		id, err := again.newID(ch.now)
		if err != nil {
			return err
		}
		if err := ch.addEvent(id, &then, again, []firing.Decision{}, s.receivedAt); err != nil {
			return err
		}
		after = id
	}
	return nil
}

// reportedSteps returns the steps of a conversion without those that attributing it repeated for its
// affiliate, and without those that changed no more than its payout.
func reportedSteps(ctx context.Context, ch *changes, c *conversion) ([]pastStep, error) {
	if err := ch.write(ctx); err != nil {
		return nil, err
	}
	all, err := pastSteps(ctx, ch.tx, c.ID)
	if err != nil {
		return nil, err
	}
	repeated := 0
	for _, s := range all {
		if !s.owned {
			repeated++
		}
	}
	var reported []pastStep
	for _, s := range all {
		if s.owned && repeated > 0 {
			repeated--
			continue
		}
		if len(reported) > 0 && s.repeats(reported[len(reported)-1]) {
			continue
		}
		reported = append(reported, s)
	}
	return reported, nil
}

// repeats reports whether a step has the status, amount, currency and time of the one
// before it.
func (s *pastStep) repeats(before pastStep) bool {
	same := func(name macro.Name) bool { return s.macros[name] == before.macros[name] }
	return s.status == before.status && commission.SameAmount(s.amount, before.amount) && same(macro.Currency) && same(macro.Date) && same(macro.Timestamp)
}

// player returns the player that a step was reported for.
func (s *pastStep) player() uuid.NullUUID {
	id, err := uuid.FromString(s.macros[macro.PlayerID])
	return uuid.NullUUID{UUID: id, Valid: err == nil}
}

// orphanedCPA finds, and locks, the CPA that Postrider recorded for a player at a click that no
// conversion of the player is left for. While some are left, settle judges them.
func orphanedCPA(ctx context.Context, ch *changes, c *conversion) (*conversion, error) {
	var left bool
	err := ch.tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT FROM conversions WHERE offer_id = $1 AND goal <> $2 AND `+samePlayer+` AND click_id = $4)`,
		c.OfferID, commission.GoalCPA, c.PlayerID, c.ClickID).Scan(&left)
	if err != nil {
		return nil, fmt.Errorf("looking for what is left of a player: %w", err)
	}
	if left {
		return nil, nil
	}
	cpa, err := findConversion(ctx, ch.tx, `offer_id = $1 AND goal = $2 AND `+samePlayer+` AND click_id = $4 AND origin = $5`,
		c.OfferID, commission.GoalCPA, c.PlayerID, c.ClickID, commission.ByPostrider)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return cpa, err
}
