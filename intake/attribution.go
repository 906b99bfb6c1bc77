package intake

import (
	"github.com/gofrs/uuid/v5"

	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/ids"
)

// attribution is the click and the player of a conversion.
type attribution struct {
	click  *clickFacts // nil while unattributed
	player uuid.NullUUID
	by     string // click or player
	why    string // why no click was found
	cause  inbound.Cause
	whose  ids.Affiliate // of the click that is named, though it may not count
}

// onceKey returns the key by which a once-only goal is counted: the player's, or the click's
// if no player is known.
func (a attribution) onceKey(r inbound.Report) string {
	switch {
	case a.player.Valid:
		return playerKey(a.player.UUID)
	case a.click != nil:
		return clickKey(a.click.ID.String())
	}
	if id, ok := ClickUUID(r.ClickID); ok {
		return clickKey(id.String())
	}
	// A value that is no click id, such as a macro that the operator never filled in, is the
	// same for every player: a transaction id, if given, is the only key then.
	if r.TransactionID != "" {
		return ""
	}
	return clickKey(r.ClickID)
}

func playerKey(id uuid.UUID) string { return "player:" + id.String() }

func clickKey(id string) string { return "click:" + id }

func (a attribution) clickID() uuid.NullUUID {
	if a.click == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: a.click.ID, Valid: true}
}

// bindsTo returns the click that a report binds its player to, if that has none yet.
func (e *entry) bindsTo() uuid.NullUUID {
	if e.bindless {
		return uuid.NullUUID{}
	}
	return e.who.clickID()
}

// ClickUUID parses a click id in any spelling; it returns false if it is none.
func ClickUUID(id string) (uuid.UUID, bool) {
	click, err := tracking.ParseClickID(id)
	return uuid.UUID(click), err == nil
}
