package intake

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/pg"
)

// attribute finds the click of each report: the one it names, else the one its player is bound
// to. A player is bound to a click the first time both are reported together. The members of a
// group commit share one statement per table.
func attribute(ctx context.Context, ch *changes, entries []*entry) error {
	tx := ch.tx
	named := map[uuid.UUID]bool{}
	for _, e := range entries {
		e.who = attribution{}
		if id, ok := ClickUUID(e.report.ClickID); ok {
			named[id] = true
		}
	}
	clicks := queueClicks(tx, named, lockClicks)
	known := queueKnownPlayers(tx, entries)
	if err := tx.Send(ctx); err != nil {
		return fmt.Errorf("reading %d clicks: %w", len(named), err)
	}
	attributeByClick(clicks, entries)
	if err := refuseLate(ctx, ch, entries); err != nil {
		return err
	}
	players, err := bindPlayers(ctx, ch, entries)
	if err != nil {
		return err
	}
	if err := attributeByPlayer(ctx, tx, clicks, players, entries); err != nil {
		return err
	}
	noteBound(known, players)
	for _, e := range entries {
		if e.report.PlayerID == "" && e.who.click != nil {
			id, ok := known[boundTo{e.who.click.ID, e.integration.Players}]
			e.who.player = uuid.NullUUID{UUID: id, Valid: ok}
		}
	}
	return nil
}

// attributeByClick sets the clicks that reports name. Their rows are locked: of two reports of
// one click, the second sees the writes of the first.
func attributeByClick(clicks map[uuid.UUID]*clickFacts, entries []*entry) {
	for _, e := range entries {
		id, ok := ClickUUID(e.report.ClickID)
		click := clicks[id]
		switch {
		case e.report.ClickID == "":
		case !ok:
			e.who.why, e.who.cause = fmt.Sprintf("click not found: %q is not a valid click id", e.report.ClickID), inbound.UnknownClick
			if inbound.Unfilled(e.report.ClickID) {
				e.who.cause = inbound.MacroNotFilled
			}
		case click == nil || click.Operator != e.integration.Operator:
			e.who.why, e.who.cause = fmt.Sprintf("click not found: there is no click %s for this operator", e.report.ClickID), inbound.UnknownClick
			if click != nil {
				e.who.cause, e.who.whose = inbound.OtherOperator, click.AffiliateID
			}
		default:
			e.who.click, e.who.by, e.who.whose = click, AttributedByClick, click.AffiliateID
		}
	}
}

// refuseLate removes the clicks that are outside their offers' attribution windows, unless
// the click has an earlier conversion within it.
func refuseLate(ctx context.Context, ch *changes, entries []*entry) error {
	for _, e := range entries {
		if e.who.click == nil {
			continue
		}
		rules, found, err := ch.catalog.rules.get(ctx, ch.tx, e.who.click.OfferID)
		if err != nil {
			return err
		}
		age := e.report.OccurredAt.Sub(tracking.ClickID(e.who.click.ID).Time())
		if !found || rules.AttributionWindow == 0 || age <= rules.AttributionWindow {
			continue
		}
		var inTime bool
		if err := ch.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM conversions WHERE click_id = $1 AND undone_at IS NULL)`, e.who.click.ID).Scan(&inTime); err != nil {
			return fmt.Errorf("looking for earlier conversions of a click: %w", err)
		}
		if !inTime {
			const day = 24 * time.Hour
			e.who = attribution{
				why:   fmt.Sprintf("outside the attribution window: the click was %d days old, the offer's window is %d days", age/day, rules.AttributionWindow/day),
				cause: inbound.OutsideWindow, whose: e.who.whose,
			}
		}
	}
	return nil
}

// playerOf identifies an operator's player.
type playerOf struct {
	integration int64 // [integration.Players]
	external    string
}

// player is our player and the click that it is bound to.
type player struct {
	id    uuid.UUID
	click uuid.NullUUID
}

// attributeByPlayer sets the players of reports, and the players' clicks for reports that name
// none. clicks are those already loaded.
func attributeByPlayer(ctx context.Context, tx *pg.Pipeline, clicks map[uuid.UUID]*clickFacts, players map[playerOf]player, entries []*entry) error {
	bound := map[uuid.UUID]bool{}
	for _, p := range players {
		if p.click.Valid && clicks[p.click.UUID] == nil {
			bound[p.click.UUID] = true
		}
	}
	more, err := loadClicks(ctx, tx, bound, "")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.report.PlayerID == "" {
			continue
		}
		p := players[playerOf{e.integration.Players, e.report.PlayerID}]
		e.who.player = uuid.NullUUID{UUID: p.id, Valid: true}
		if e.who.click != nil {
			continue
		}
		click := cmp.Or(clicks[p.click.UUID], more[p.click.UUID])
		if p.click.Valid && click != nil && click.Operator == e.integration.Operator {
			e.who.click, e.who.by, e.who.whose = click, AttributedByPlayer, click.AffiliateID
		} else if e.who.why == "" {
			e.who.why, e.who.cause = "no click is known for this player", inbound.NoClickBound
		}
	}
	return nil
}

// bindPlayers finds or creates each player, and binds it to the click reported with it if it
// is not bound yet.
func bindPlayers(ctx context.Context, ch *changes, entries []*entry) (map[playerOf]player, error) {
	wanted := map[playerOf]uuid.NullUUID{}
	var now time.Time
	for _, e := range entries {
		key := playerOf{e.integration.Players, e.report.PlayerID}
		if e.report.PlayerID == "" {
			continue
		}
		now = e.now
		if !wanted[key].Valid {
			wanted[key] = e.bindsTo()
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	found, err := upsertPlayers(ctx, ch.tx, wanted, now)
	if err != nil {
		return nil, err
	}
	rebind(ch, wanted, found)
	return found, nil
}

// seenPlayer is a player as reports name it, and the click reported with it.
type seenPlayer struct {
	playerOf

	id    uuid.UUID // of its row, if it is new
	click uuid.UUID // nil if unknown
}

// playerColumns: $$1 is now.
var playerColumns = pg.Columns[seenPlayer]{
	pg.UUID("id", func(p *seenPlayer) uuid.UUID { return p.id }),
	pg.Bigint("integration_id", func(p *seenPlayer) int64 { return p.integration }),
	pg.Text("external_id", func(p *seenPlayer) string { return p.external }),
	pg.UUID("click_id", func(p *seenPlayer) uuid.UUID { return p.click }).OrNull(),
	pg.Always[seenPlayer]("created_at", "$$1"),
}

var upsertPlayersSQL = playerColumns.Insert("players") + `
ON CONFLICT (integration_id, external_id) DO UPDATE SET click_id = coalesce(players.click_id, excluded.click_id)
RETURNING integration_id, external_id, id, click_id`

func upsertPlayers(ctx context.Context, tx *pg.Pipeline, wanted map[playerOf]uuid.NullUUID, now time.Time) (map[playerOf]player, error) {
	seen := make([]seenPlayer, 0, len(wanted))
	for _, key := range inOrder(wanted) { // lock order: by integration and external id
		id, err := uuid.NewV7AtTime(now)
		if err != nil {
			return nil, fmt.Errorf("making an id: %w", err)
		}
		seen = append(seen, seenPlayer{playerOf: key, id: id, click: wanted[key].UUID})
	}
	found := make(map[playerOf]player, len(seen))
	tx.QueueRows(func(rows pgx.Rows) error {
		var key playerOf
		var p player
		_, err := pgx.ForEachRow(rows, []any{&key.integration, &key.external, &p.id, &p.click}, func() error {
			found[key] = p
			return nil
		})
		return err
	}, upsertPlayersSQL, playerColumns.Args(seen, now)...)
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("finding %d players: %w", len(seen), err)
	}
	return found, nil
}

func inOrder[V any](m map[playerOf]V) []playerOf {
	return slices.SortedFunc(maps.Keys(m), func(a, b playerOf) int {
		return cmp.Or(cmp.Compare(a.integration, b.integration), cmp.Compare(a.external, b.external))
	})
}

var rebindColumns = pg.Columns[seenPlayer]{
	pg.UUID("id", func(p *seenPlayer) uuid.UUID { return p.id }),
	pg.Text("key", func(p *seenPlayer) string { return playerKey(p.id) }),
	pg.UUID("click", func(p *seenPlayer) uuid.UUID { return p.click }),
	pg.Bigint("integration", func(p *seenPlayer) int64 { return p.integration }),
	pg.Text("old", func(p *seenPlayer) string { return clickKey(p.click.String()) }),
}

var rebindSQL = rebindColumns.Statement(`
WITH bound AS (
UPDATE conversions c SET once_key = u.key, player_id = u.id, updated_at = now()
FROM rows
WHERE c.click_id = u.click AND c.once_key = u.old
  AND (SELECT coalesce(i.players_of, i.id) FROM integrations i WHERE i.id = c.integration_id) = u.integration
  AND NOT EXISTS (SELECT FROM conversions x WHERE x.offer_id = c.offer_id AND x.goal = c.goal AND x.once_key = u.key)
RETURNING c.id, c.affiliate_id
)
INSERT INTO conversion_bindings (conversion_id, affiliate_id) SELECT id, affiliate_id FROM bound RETURNING conversion_id`)

// rebind moves once_key from the click to the player that is bound to it. That its player is known
// is a change of a conversion, though no step of its lifecycle.
func rebind(ch *changes, wanted map[playerOf]uuid.NullUUID, found map[playerOf]player) {
	var bound []seenPlayer
	for _, key := range inOrder(wanted) {
		if click, p := wanted[key], found[key]; click.Valid && p.click == click {
			bound = append(bound, seenPlayer{playerOf: key, id: p.id, click: click.UUID})
		}
	}
	if len(bound) > 0 {
		ch.tx.QueueRows(func(rows pgx.Rows) error {
			rebound, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			ch.changed = append(ch.changed, rebound...)
			return err
		}, rebindSQL, rebindColumns.Args(bound)...)
	}
}

// boundTo is the click that an integration's player may have been bound to.
type boundTo struct {
	click       uuid.UUID
	integration int64 // [integration.Players]
}

// queueKnownPlayers finds, for reports with a click and no player, the first player that was
// bound to the click. The map is filled when the pipeline is sent.
func queueKnownPlayers(tx *pg.Pipeline, entries []*entry) map[boundTo]uuid.UUID {
	var clicks pg.UUIDs
	for _, e := range entries {
		if id, ok := ClickUUID(e.report.ClickID); ok && e.report.PlayerID == "" {
			clicks = append(clicks, id)
		}
	}
	known := map[boundTo]uuid.UUID{}
	if len(clicks) == 0 {
		return known
	}
	tx.QueueRows(func(rows pgx.Rows) error {
		var key boundTo
		var id uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&key.click, &key.integration, &id}, func() error {
			known[key] = id
			return nil
		})
		return err
	}, `
		SELECT DISTINCT ON (click_id, integration_id) click_id, integration_id, id FROM players
		WHERE click_id = ANY($1::uuid[]) ORDER BY click_id, integration_id, id`, clicks)
	return known
}

// noteBound adds the players that were just bound to the known ones.
func noteBound(known map[boundTo]uuid.UUID, players map[playerOf]player) {
	for key, p := range players {
		to := boundTo{p.click.UUID, key.integration}
		if first, ok := known[to]; p.click.Valid && (!ok || bytes.Compare(p.id[:], first[:]) < 0) {
			known[to] = p.id
		}
	}
}
