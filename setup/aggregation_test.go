package setup_test

import (
	"slices"
	"testing"
	"time"

	"postrider/domain/firing"
	"postrider/internal/ids"
)

const summing = "https://tracker.example/?c={param_1}&n={count}&sum={sum_payout}"

func TestOnePostbackAggregatesSeveralGoals(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"registration", "ftd", "ftd"}, wish(func(p *firing.Postback) {
		p.URLTemplate, p.Aggregates = summing, 10*time.Minute
	}))
	w.must(err)
	if len(made) != 1 || made[0].Goal != "registration" || !slices.Equal(made[0].FurtherGoals, []string{"ftd"}) || *made[0].AggregateSeconds != 600 {
		t.Fatalf("made %+v", made)
	}
	if v := w.versions(made[0].ID)[0]; !slices.Equal(v.FurtherGoals, []string{"ftd"}) || *v.AggregateSeconds != 600 {
		t.Errorf("its version is %+v", v)
	}
	_, err = w.setup.UpdatePostback(w.oneCtx, made[0].ID, func(p *firing.Postback) { p.Aggregates, p.Further = 0, nil })
	if got := slices.Compact(fields(t, err)); !slices.Equal(got, []string{"urlTemplate"}) {
		t.Errorf("its URL still adds up, and %q is wrong: %v", got, err)
	}
	offer := w.one.Offer
	changed, err := w.setup.UpdatePostback(w.oneCtx, made[0].ID, func(p *firing.Postback) {
		p.Aggregates, p.Further, p.URLTemplate, p.Scope, p.OfferID = 0, nil, template, firing.Offer, ids.Offer(offer)
	})
	w.must(err)
	if changed.AggregateSeconds != nil || len(changed.FurtherGoals) != 0 || changed.Version != 2 || *changed.OfferID != offer {
		t.Errorf("it is now %+v", changed)
	}
	again, err := w.setup.UpdatePostback(w.oneCtx, made[0].ID, func(*firing.Postback) {})
	if w.must(err); again.Version != 2 {
		t.Errorf("a change of nothing made version %d", again.Version)
	}
}

func TestWhatIsWrongWithAggregationIsSaid(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*firing.Postback)
		field  string
	}{
		"too short":                     {func(p *firing.Postback) { p.Aggregates = 4 * time.Second }, "aggregateSeconds"},
		"too long":                      {func(p *firing.Postback) { p.Aggregates = 25 * time.Hour }, "aggregateSeconds"},
		"less than nothing":             {func(p *firing.Postback) { p.Aggregates = -time.Minute }, "aggregateSeconds"},
		"a sum without aggregation":     {func(p *firing.Postback) { p.URLTemplate = summing }, "urlTemplate"},
		"several goals, each by itself": {func(p *firing.Postback) { p.Further = []string{"deposit"} }, "goals"},
	} {
		p := w.postback()
		_, err := w.setup.UpdatePostback(w.oneCtx, p.ID, c.change)
		if got := slices.Compact(fields(t, err)); !slices.Equal(got, []string{c.field}) {
			t.Errorf("%s: %q is wrong, want %s: %v", name, got, c.field, err)
		}
	}
}
