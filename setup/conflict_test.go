package setup_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"postrider/domain/firing"
	"postrider/internal/problem"
)

func TestAChangeFromAnOldVersionIsRefusedAndSaysWhoWasFirst(t *testing.T) {
	w := newWorld(t)
	p := w.postback()
	first, err := w.setup.UpdatePostbackFrom(w.oneCtx, p.ID, 1, func(p *firing.Postback) { p.URLTemplate += "&a=1" })
	w.must(err)
	_, err = w.setup.UpdatePostbackFrom(w.oneCtx, p.ID, 1, func(p *firing.Postback) { p.URLTemplate += "&b=1" })
	refused := problem.From(err)
	if refused == nil || refused.Code != problem.CodeConflict || strings.Join(refused.Field, ".") != "version" ||
		!strings.Contains(refused.Message, "version 2 was saved by ") || !strings.Contains(refused.Message, "@") {
		t.Fatalf("it is %v", err)
	}
	if n := len(w.versions(p.ID)); n != 2 {
		t.Errorf("it has %d versions", n)
	}
	second, err := w.setup.UpdatePostbackFrom(w.oneCtx, p.ID, first.Version, func(p *firing.Postback) { p.URLTemplate += "&b=1" })
	w.must(err)
	if _, err := w.setup.UpdatePostbackFrom(w.oneCtx, p.ID, second.Version+1, func(p *firing.Postback) { p.URLTemplate += "&c=1" }); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("from a version that is not there yet: %v", err)
	}
	if second.Version != 3 || !strings.HasSuffix(second.URLTemplate, "&a=1&b=1") {
		t.Errorf("it is %+v", second)
	}
}

// Any number of changes at once from one version: one of them wins, and the others are told. Those
// that do not say where they began are all made, one after the other.
func TestOfChangesAtOnceFromOneVersionOneWins(t *testing.T) {
	w := newWorld(t)
	p := w.postback()
	const many = 8
	race := func(version int) (won, conflicts int) {
		var together sync.WaitGroup
		results := make([]error, many)
		for i := range many {
			together.Go(func() {
				_, results[i] = w.setup.UpdatePostbackFrom(w.oneCtx, p.ID, version, func(p *firing.Postback) { p.URLTemplate += fmt.Sprintf("&v%d_%d=1", version, i) })
			})
		}
		together.Wait()
		for _, err := range results {
			switch problem.CodeOf(err) {
			case "":
				won++
			case problem.CodeConflict:
				conflicts++
			default:
				t.Errorf("a race ends with %v", errors.Unwrap(err))
			}
		}
		return won, conflicts
	}
	if won, conflicts := race(1); won != 1 || conflicts != many-1 {
		t.Errorf("%d of %d changes won, %d were told", won, many, conflicts)
	}
	if won, _ := race(0); won != many {
		t.Errorf("%d of %d changes that began nowhere were made", won, many)
	}
	if n := len(w.versions(p.ID)); n != 2+many {
		t.Errorf("it has %d versions", n)
	}
}

func TestOurOwnURLCannotBeSaved(t *testing.T) {
	w := newWorld(t)
	for _, own := range []string{"https://postrider.example/c/k7m2xq9d?param_1={param_1}", "https://postrider.example/postback/royal?click_id={click_id}"} {
		_, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"ftd"}, wish(func(p *firing.Postback) { p.URLTemplate = own }))
		if refused := problem.From(err); refused == nil || strings.Join(refused.Field, ".") != "urlTemplate" || !strings.Contains(refused.Message, "Postrider") {
			t.Errorf("%s: %v", own, err)
		}
	}
}
