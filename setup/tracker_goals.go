package setup

import (
	"slices"
	"strconv"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/internal/problem"
)

// trackerPlan works out what the postbacks of a tracker are to be.
type trackerPlan struct {
	before, next *db.Tracker
	postbacks    []*db.Postback
	goals        []firing.Named // that there are
	patch        TrackerPatch
}

// postbackWish is what one postback is to be.
type postbackWish struct {
	before *db.Postback // nil for a new one
	wish   firing.Postback
	at     int  // the goal's place in the patch; -1 for a goal that is not in it
	own    bool // its URL is its own, not the tracker's
}

// wishes sets the tracker's new URL, and returns what each of its postbacks is to be.
func (t *trackerPlan) wishes() ([]postbackWish, error) {
	if err := t.setURL(); err != nil {
		return nil, err
	}
	var all []postbackWish
	for _, row := range t.postbacks {
		w, err := t.changed(row)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	for i, g := range t.patch.Goals {
		switch known := slices.ContainsFunc(t.goals, func(n firing.Named) bool { return n.Key == g.Goal }); {
		case !known:
			return nil, problem.Invalid("goals", "%q is not in the event dictionary", g.Goal)
		case slices.ContainsFunc(t.patch.Goals[:i], func(other GoalPatch) bool { return other.Goal == g.Goal }):
			return nil, problem.Invalid("goals", "%q is there twice", g.Goal)
		case slices.ContainsFunc(t.postbacks, func(p *db.Postback) bool { return p.Goal == g.Goal }):
		case g.Enabled == nil || *g.Enabled:
			w, err := t.added(i, g)
			if err != nil {
				return nil, err
			}
			all = append(all, w)
		}
	}
	return all, nil
}

// setURL sets the tracker's URL: as it is given, with the new domain and the new events.
func (t *trackerPlan) setURL() (err error) {
	url := t.before.URLTemplate
	if t.patch.URLTemplate != nil {
		url = *t.patch.URLTemplate
	}
	if url, err = t.onDomain(url); err != nil {
		return err
	}
	events := map[string]string{}
	for _, g := range t.patch.Goals {
		own := g.URLTemplate != nil && *g.URLTemplate != "" || g.URLTemplate == nil && slices.ContainsFunc(t.postbacks, func(p *db.Postback) bool {
			return p.Goal == g.Goal && p.URLTemplate != t.before.URLTemplate
		})
		if g.Event != nil && !own {
			events[g.Goal] = *g.Event
		}
	}
	t.next.URLTemplate, err = t.withEvents(url, events)
	return err
}

func (t *trackerPlan) withEvents(url string, events map[string]string) (string, error) {
	for _, n := range t.goals { // what the URL sends already changes nothing
		if wanted, given := events[n.Key]; given {
			if sent, ok := firing.EventOf(url, n); ok && sent == wanted {
				delete(events, n.Key)
			}
		}
	}
	if len(events) == 0 {
		return url, nil
	}
	with, err := firing.WithEvents(url, events, t.goals)
	if err != nil {
		return "", problem.Invalid("urlTemplate", "%s", err)
	}
	return with, nil
}

func (t *trackerPlan) onDomain(url string) (string, error) {
	if t.patch.Domain == nil {
		return url, nil
	}
	moved, err := firing.WithDomain(url, *t.patch.Domain)
	if err != nil {
		return "", problem.Invalid("domain", "%s", err)
	}
	return moved, nil
}

// changed returns what a postback of the tracker is to be.
func (t *trackerPlan) changed(row *db.Postback) (w postbackWish, err error) {
	w = postbackWish{before: row, wish: ent.FiringPostback(row), at: -1}
	i := slices.IndexFunc(t.patch.Goals, func(g GoalPatch) bool { return g.Goal == row.Goal })
	if row.URLTemplate == t.before.URLTemplate {
		w.wish.URLTemplate = t.next.URLTemplate
	} else if w.wish.URLTemplate, err = t.onDomain(row.URLTemplate); err != nil {
		return w, err
	}
	if t.patch.Method != nil {
		w.wish.Method = *t.patch.Method
	}
	if t.patch.BodyRule != nil {
		w.wish.BodyRule = *t.patch.BodyRule
	}
	if i >= 0 {
		err = t.patched(&w, i)
	}
	return w, err
}

// patched changes what a goal's postback is to be by the goal's own patch.
func (t *trackerPlan) patched(w *postbackWish, i int) (err error) {
	g := t.patch.Goals[i]
	if g.Enabled != nil {
		w.wish.Enabled = *g.Enabled
	}
	if g.URLTemplate != nil {
		w.wish.URLTemplate = *g.URLTemplate
		if *g.URLTemplate == "" {
			w.wish.URLTemplate = t.next.URLTemplate
		}
	}
	w.at, w.own = i, w.wish.URLTemplate != t.next.URLTemplate
	if w.own && g.Event != nil {
		if w.wish.URLTemplate, err = t.withEvents(w.wish.URLTemplate, map[string]string{g.Goal: *g.Event}); err != nil {
			return problem.From(err).At("goals", strconv.Itoa(i))
		}
	}
	several := 0
	for _, p := range t.postbacks {
		if p.Goal == g.Goal {
			several++
		}
	}
	if several > 1 && (g.Statuses != nil || g.URLTemplate != nil) {
		return problem.Invalid("goals", "the tracker has %d postbacks for %s: change the statuses and the URL of each by itself", several, g.Goal)
	}
	g.GoalRules.Apply(&w.wish)
	return nil
}

// added returns the postback of a goal that is switched on.
func (t *trackerPlan) added(i int, g GoalPatch) (w postbackWish, err error) {
	w = postbackWish{at: -1, wish: firing.Postback{
		Name: t.next.Name, Scope: firing.Global, Goal: g.Goal, Statuses: []commission.Status{commission.Approved},
		URLTemplate: t.next.URLTemplate, Method: t.next.Method, BodyRule: t.next.BodyRule, Enabled: true,
	}}
	err = t.patched(&w, i)
	return w, err
}
