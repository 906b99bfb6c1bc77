package graph

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/ent/db/postbacktest"
	"postrider/graph/gen"
	"postrider/graph/page"
	"postrider/internal/ids"
	"postrider/outbox"
	"postrider/testfire"
)

func (r *Resolver) testPostback(ctx context.Context, in gen.TestPostbackInput) (*db.PostbackTest, error) {
	wish, err := r.testWish(ctx, in)
	if err != nil {
		return nil, err
	}
	return r.Tester.Fire(ctx, wish)
}

func (r *Resolver) runScenarios(ctx context.Context, in gen.TestPostbackInput) (*gen.ScenarioRun, error) {
	wish, err := r.testWish(ctx, in)
	if err != nil {
		return nil, err
	}
	run, err := r.Tester.RunScenarios(ctx, wish)
	if err != nil {
		return nil, err
	}
	shown := &gen.ScenarioRun{}
	for _, c := range run.Cards {
		shown.Cards = append(shown.Cards, &gen.ScenarioCard{
			Key: c.Scenario.Key, Title: c.Scenario.Title, Does: c.Scenario.Does, Expected: c.Scenario.Expected,
			Test: c.Test, Grade: c.Grade, Message: c.Message,
		})
	}
	return shown, nil
}

func (r *Resolver) testWish(ctx context.Context, in gen.TestPostbackInput) (testfire.Wish, error) {
	wish := testfire.Wish{Goal: text(in.Goal), Values: given(in.Values)}
	var err1, err2, err3 error
	wish.AffiliateID, err1 = optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	wish.Postback, err2 = r.specified(ctx, in.Postback, &gen.PostbackInput{URLTemplate: in.URLTemplate, Method: in.Method})
	if in.TrackingLink != nil {
		wish.Link, wish.Pasted, err3 = r.pastedLink(ctx, "trackingLink", *in.TrackingLink)
	}
	return wish, errors.Join(err1, err2, err3)
}

// postbackTests returns the tests of one postback or of all.
func (r *Resolver) postbackTests(ctx context.Context, postbackID *string, a page.Args) (*page.Connection[*db.PostbackTest], error) {
	q := r.Client.PostbackTest.Query()
	if postbackID != nil {
		id, err := intID("Postback", "postbackId", *postbackID)
		if err != nil {
			return nil, err
		}
		q.Where(postbacktest.PostbackID(id))
	}
	return page.Of(ctx, q, a)
}

// maxTests is the maximum number of tests that are shown with a postback.
const maxTests = 100

func (r *Resolver) testsOf(ctx context.Context, p *db.Postback, first *int) ([]*db.PostbackTest, error) {
	n := 5
	if first != nil {
		n = min(max(*first, 0), maxTests)
	}
	return r.Client.PostbackTest.Query().Where(postbacktest.PostbackID(p.ID)).Order(db.Desc(postbacktest.FieldID)).Limit(n).All(ctx)
}

// testedAs returns the delivery of a test. It outlives its attempt.
func testedAs(ctx context.Context, t *db.PostbackTest) (*db.Delivery, error) {
	d, err := load(ctx).deliveries.Load(ctx, t.ID)
	if err != nil {
		return &db.Delivery{State: outbox.Failed}, fmt.Errorf("reading what became of a test: %w", err)
	}
	return d, nil
}

// verdict returns a sentence with the result of a test.
func verdict(d *db.Delivery) string {
	if d.State == outbox.Delivered {
		return dispatch.AttemptSentence("", d.Detail)
	}
	return outbox.Reason(text(d.Reason)).Sentence(d.Detail)
}

func number(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

// attemptOf returns the exchange that a test made; an empty one if it is no longer stored.
func attemptOf(ctx context.Context, t *db.PostbackTest) (*db.Attempt, error) {
	attempts, err := load(ctx).attemptsOfDelivery.Load(ctx, t.ID)
	if err != nil || len(attempts) == 0 {
		return &db.Attempt{}, err
	}
	return attempts[0], nil
}

func nextStep(d *db.Delivery) *string {
	if d.State == outbox.Delivered {
		return nil
	}
	return textOrNull(outbox.Reason(text(d.Reason)).NextStep())
}

func macroValues(said map[string]string) []*gen.MacroValue {
	list := []*gen.MacroValue{}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		list = append(list, &gen.MacroValue{Macro: name, Value: said[name]})
	}
	return list
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
