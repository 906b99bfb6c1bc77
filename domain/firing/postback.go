package firing

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// Postback is the whole of a postback as its owner specifies it: what it fires for,
// and what is sent. Rows, versions, drafts and the doctor's questions are made from it
// or into it, in ent/postback.go and in doctor.About.
type Postback struct {
	ID          ids.Postback // 0 for one that is not saved
	AffiliateID ids.Affiliate

	Name            string // how its owner knows it; may be empty
	Scope           Scope
	OfferID         ids.Offer    // for Scope Offer
	CampaignID      ids.Campaign // for Scope Campaign
	Goal            string
	Further         []string // goals that it aggregates too
	Statuses        []commission.Status
	SendCorrections bool // a step that changes an amount, a currency, a time or a payout fires too
	Enabled         bool

	URLTemplate string
	Method      Method
	BodyRule    *BodyRule     // the success rule: what a 2xx must show; nil for any
	Aggregates  time.Duration // for how long it aggregates the conversions of a click; zero for not at all

	Deleted bool
	Held    bool // its tracker answered 410, and its owner has not resumed it
}

// For how long a postback may aggregate the conversions of a click.
const (
	MinAggregate = 5 * time.Second
	MaxAggregate = 24 * time.Hour
)

// maxName is the length of the longest name, in bytes.
const maxName = 200

// Normalised fills defaults, drops what is of another scope, and brings the lists into
// the one form in which they are kept: sorted, nothing twice, never nil.
func (p Postback) Normalised() Postback {
	p.Name = strings.TrimSpace(p.Name)
	if p.Method == "" {
		p.Method = GET
	}
	if p.Scope != Offer {
		p.OfferID = 0
	}
	if p.Scope != Campaign {
		p.CampaignID = 0
	}
	p.Statuses = slices.Compact(slices.Sorted(slices.Values(p.Statuses)))
	further := slices.Compact(slices.Sorted(slices.Values(p.Further)))
	further = slices.DeleteFunc(further, func(key string) bool { return key == p.Goal })
	p.Further = append([]string{}, further...)
	return p
}

// Check says what is wrong with a normalised postback by itself, each fault with its
// field. What takes a look around is not its: whether goals, offer and campaign are
// there, and where the URL leads.
func (p Postback) Check() []*problem.Error {
	var bad []*problem.Error
	add := func(field, format string, args ...any) { bad = append(bad, problem.Invalid(field, format, args...)) }
	switch {
	case len(p.Name) > maxName:
		add("name", "is %d bytes long; the limit is %d", len(p.Name), maxName)
	case !tracking.IsText(p.Name):
		add("name", "is not valid text")
	}
	if len(p.Statuses) == 0 {
		add("statuses", "choose at least one status, otherwise it never fires")
	}
	if p.BodyRule != nil {
		if err := p.BodyRule.Validate(); err != nil {
			add("bodyRule", "%s", err)
		} else if !tracking.IsText(p.BodyRule.Path) || !tracking.IsText(p.BodyRule.Value) {
			add("bodyRule", "is not valid text")
		}
	}
	switch {
	case p.Aggregates == 0 && len(p.Further) > 0:
		add("goals", "only a postback that aggregates can have several goals: create one for each goal, or turn aggregation on")
	case p.Aggregates != 0 && (p.Aggregates < MinAggregate || p.Aggregates > MaxAggregate):
		add("aggregateSeconds", "the aggregation window must be from %s to %s", Window(MinAggregate), Window(MaxAggregate))
	}
	if _, err := macro.ParseFor(p.URLTemplate, p.Macros()); err != nil {
		add("urlTemplate", "%s", err)
	}
	return bad
}

// Macros are those that its template may name.
func (p Postback) Macros() macro.Scope { return macro.ScopeFor(p.Aggregates > 0) }

// Same reports whether two postbacks ask for the same.
func (p Postback) Same(other Postback) bool { return reflect.DeepEqual(p, other) }
