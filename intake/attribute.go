package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
)

// attribution says whose a conversion is.
type attribution struct {
	click  *clickFacts // nil while unattributed
	player uuid.NullUUID
	by     string // click or player
	why    string // why nobody was found
}

// clickFacts is a click with the names that macros want.
type clickFacts struct {
	ID           uuid.UUID
	AffiliateID  int64
	OfferID      int64
	OfferName    string
	CampaignID   int64 // zero for a default link
	CampaignName string
	Params       [3]string
	Country      string
	LandingPage  string // its key
	UserAgent    string
	Referrer     string
}

// attribute finds the click of a report: the one it names, else the one its
// player was bound to. A player is bound to a click the first time both are
// given.
func attribute(ctx context.Context, tx *sql.Tx, src *source, r Report, now time.Time) (attribution, error) {
	var a attribution
	var err error
	if a.click, a.why, err = namedClick(ctx, tx, src, r.ClickID); err != nil {
		return a, err
	}
	if a.click != nil {
		a.by = "click"
	}
	if r.PlayerID == "" {
		return a, a.knownPlayer(ctx, tx, src)
	}
	bound, err := a.bindPlayer(ctx, tx, src, r.PlayerID, now)
	if err != nil {
		return a, err
	}
	if a.click == nil && bound.Valid {
		if a.click, err = loadClick(ctx, tx, src.Operator, bound.UUID); err != nil {
			return a, err
		}
		a.by = "player"
	}
	if a.click == nil && a.why == "" {
		a.why = "no click was ever bound to this player"
	}
	return a, nil
}

func namedClick(ctx context.Context, tx *sql.Tx, src *source, clickID string) (*clickFacts, string, error) {
	if clickID == "" {
		return nil, "", nil
	}
	id, ok := clickUUID(clickID)
	if !ok {
		return nil, fmt.Sprintf("click not found: %q is no click id of ours", clickID), nil
	}
	click, err := lockClick(ctx, tx, src.Operator, id)
	if err != nil || click != nil {
		return click, "", err
	}
	return nil, fmt.Sprintf("click not found: we recorded none with the id %s for this operator", clickID), nil
}

// knownPlayer finds the player that the click was bound to earlier.
func (a *attribution) knownPlayer(ctx context.Context, tx *sql.Tx, src *source) error {
	if a.click == nil {
		return nil
	}
	err := tx.QueryRowContext(ctx, `SELECT id FROM players WHERE click_id = $1 AND source_id = $2 ORDER BY id LIMIT 1`,
		a.click.ID, src.ID).Scan(&a.player)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("finding the click's player: %w", err)
	}
	return nil
}

// bindPlayer finds or makes the player, binds it to the click where it is free,
// and gives the click that it is bound to.
func (a *attribution) bindPlayer(ctx context.Context, tx *sql.Tx, src *source, externalID string, now time.Time) (uuid.NullUUID, error) {
	var clickID, bound uuid.NullUUID
	if a.click != nil {
		clickID = uuid.NullUUID{UUID: a.click.ID, Valid: true}
	}
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return bound, fmt.Errorf("making an id: %w", err)
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO players (id, source_id, external_id, click_id, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source_id, external_id) DO UPDATE SET click_id = coalesce(players.click_id, excluded.click_id)
		RETURNING id, click_id`, id, src.ID, externalID, clickID, now).Scan(&a.player, &bound)
	if err != nil {
		return bound, fmt.Errorf("finding the player: %w", err)
	}
	if !clickID.Valid || bound != clickID {
		return bound, nil
	}
	// What was counted once for the click is from now on counted once for its player.
	_, err = tx.ExecContext(ctx, `
		UPDATE conversions c SET once_key = $1, player_id = $2
		WHERE click_id = $3 AND source_id = $4 AND once_key = $5
		  AND NOT EXISTS (SELECT FROM conversions x WHERE x.source_id = c.source_id AND x.goal = c.goal AND x.once_key = $1)`,
		playerKey(a.player.UUID), a.player, clickID, src.ID, clickKey(clickID.UUID.String()))
	if err != nil {
		return bound, fmt.Errorf("binding the click's conversions to its player: %w", err)
	}
	return bound, nil
}

// onceKey is what a goal that counts once is counted by: the player, or the
// click where no player is known.
func (a attribution) onceKey(r Report) string {
	switch {
	case a.player.Valid:
		return playerKey(a.player.UUID)
	case a.click != nil:
		return clickKey(a.click.ID.String())
	}
	if id, ok := clickUUID(r.ClickID); ok {
		return clickKey(id.String())
	}
	// What is no click id, such as a macro that the operator never filled in, is
	// the same for every player: where there is a transaction, it alone counts.
	if r.TransactionID != "" {
		return ""
	}
	return clickKey(r.ClickID)
}

func playerKey(id uuid.UUID) string { return "player:" + id.String() }

func clickKey(id string) string { return "click:" + id }

// loadClick reads a click on one of the operator's offers; nil where there is
// none.
func loadClick(ctx context.Context, tx *sql.Tx, operator string, id uuid.UUID) (*clickFacts, error) {
	return queryClick(ctx, tx, operator, id, "")
}

// lockClick is loadClick for a click that a report names. It makes reports of one
// click wait for each other: one that binds a player changes by what the others
// are counted once.
func lockClick(ctx context.Context, tx *sql.Tx, operator string, id uuid.UUID) (*clickFacts, error) {
	return queryClick(ctx, tx, operator, id, "FOR NO KEY UPDATE OF c")
}

func queryClick(ctx context.Context, tx *sql.Tx, operator string, id uuid.UUID, lock string) (*clickFacts, error) {
	c := clickFacts{ID: id}
	err := tx.QueryRowContext(ctx, `
		SELECT c.affiliate_id, c.offer_id, o.name, coalesce(c.campaign_id, 0), coalesce(k.name, ''), c.param_1, c.param_2, c.param_3,
		       c.country, coalesce(l.key, ''), c.user_agent, c.referrer
		FROM clicks c
		JOIN offers o ON o.id = c.offer_id AND o.operator = $2
		LEFT JOIN campaigns k ON k.id = c.campaign_id
		LEFT JOIN landing_pages l ON l.id = c.landing_page_id
		WHERE c.id = $1 `+lock, id, operator).
		Scan(&c.AffiliateID, &c.OfferID, &c.OfferName, &c.CampaignID, &c.CampaignName, &c.Params[0], &c.Params[1], &c.Params[2],
			&c.Country, &c.LandingPage, &c.UserAgent, &c.Referrer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading click %s: %w", id, err)
	}
	return &c, nil
}
