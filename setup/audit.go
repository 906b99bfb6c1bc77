package setup

import (
	"fmt"
	"slices"
)

// Actions lists what an entry of the audit log can say was done, see [Act].
func Actions() []string {
	return []string{
		"create", "update", "delete", "archive", "restore", "cancel", "release", "hold", "resume", "attribute", "attribute_by_rule", "undo_attribution", "fire", "import", "map_goal", "unmap_goal", "resolve",
		"change_password", "reset_password", "revoke", "rotate_secret", "reveal_secret",
	}
}

// Entities lists what an entry of the audit log can be about.
func Entities() []string {
	return []string{
		"affiliate", "alert", "api_token", "campaign", "clash", "conversion", "deal", "delivery", "exchange_rate", "goal", "ignored_attention",
		"installation", "integration", "landing_page", "offer", "postback", "tracker", "user",
	}
}

// Channels lists how an act came about.
func Channels() []string { return []string{ThroughSession, ThroughToken, ThroughPostrider} }

// How an act came about: in a session, with an API token, or by Postrider itself.
const (
	ThroughSession   = "session"
	ThroughToken     = "token"
	ThroughPostrider = "postrider"
)

// listed refuses an act that the API has no name for.
func (a Act) listed() error {
	if !slices.Contains(Actions(), a.Action) {
		return fmt.Errorf("the audit log has no action %q: add it to setup.Actions and to the enum AuditAction", a.Action)
	}
	if !slices.Contains(Entities(), a.Entity) {
		return fmt.Errorf("the audit log has no entity %q: add it to setup.Entities and to the enum AuditEntity", a.Entity)
	}
	return nil
}
