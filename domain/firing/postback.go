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

// Postback is the complete specification of a postback: what it fires for, and what is sent.
// Rows, versions, drafts and the doctor's questions are converted from it or to it, in
// ent/postback.go and in doctor.About.
type Postback struct {
	ID          ids.Postback // 0 for one that is not saved
	AffiliateID ids.Affiliate
	TrackerID   ids.Tracker // the tracker that it goes to; 0 for none, and for one that is not saved

	Name            string // its owner's name for it; may be empty
	Scope           Scope
	OfferID         ids.Offer    // for Scope Offer
	CampaignID      ids.Campaign // for Scope Campaign
	Goal            string
	Further         []string // further goals that it aggregates
	Statuses        []commission.Status
	SendCorrections bool // a step that changes an amount, a currency, a time or a payout fires too
	Enabled         bool

	URLTemplate string
	Method      Method
	BodyRule    *BodyRule     // the success rule: what a 2xx body must satisfy; nil for any
	Aggregates  time.Duration // how long it aggregates the conversions of a click; zero for not at all

	Deleted bool
	Held    bool // its tracker answered 410, and its owner has not resumed it
}

// The limits of how long a postback may aggregate the conversions of a click.
const (
	MinAggregate = 5 * time.Second
	MaxAggregate = 24 * time.Hour
)

// maxName is the maximum length of a name, in bytes.
const maxName = 200

// Normalised returns the postback with defaults set, fields of other scopes cleared, and its
// lists in canonical form: sorted, without duplicates, never nil.
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

// Check returns the problems with a normalised postback in isolation, each with its field. It
// does not check what other data decides: whether goals, offer and campaign exist, and where
// the URL leads.
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
		bad = append(bad, TemplateProblems("urlTemplate", p.URLTemplate, err)...)
	}
	return bad
}

// Macros returns the scope of its template's macros.
func (p Postback) Macros() macro.Scope { return macro.ScopeFor(p.Aggregates > 0) }

// Same reports whether two postbacks have the same specification.
func (p Postback) Same(other Postback) bool { return reflect.DeepEqual(p, other) }
