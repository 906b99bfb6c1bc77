package graph_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// page is one page of deliveries.
type page struct {
	ids        []string
	start, end string
	next, back bool
}

func (a *api) page(t *testing.T, w who, args string) page {
	t.Helper()
	res := a.ask(t, w, fmt.Sprintf("{ deliveries(%s) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }", args), nil)
	var p page
	for _, edge := range res.at(t, "deliveries", "edges").([]any) {
		p.ids = append(p.ids, edge.(map[string]any)["node"].(map[string]any)["id"].(string))
	}
	info := res.at(t, "deliveries", "pageInfo").(map[string]any)
	p.start, _ = info["startCursor"].(string)
	p.end, _ = info["endCursor"].(string)
	p.next, p.back = info["hasNextPage"].(bool), info["hasPreviousPage"].(bool)
	return p
}

// While new rows are added, paging shows each old row once, in order, in either direction.
func TestPagesHaveNoGapsAndNoDoubles(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	conversion, postback := s.Conversion(t, a.db), pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}")
	at := pgtest.Now
	var first *uuid.UUID
	add := func() string {
		at = at.Add(time.Millisecond)
		id, err := uuid.NewV7AtTime(at)
		must(t, err)
		pgtest.Delivery(t, a.db, conversion.ID, postback, func(c *db.DeliveryCreate) { c.SetID(id).SetNillableReplayOf(first) })
		if first == nil {
			first = &id
		}
		return globalid.UUID("Delivery", id)
	}
	var made []string // newest first
	for range 25 {
		made = slices.Insert(made, 0, add())
	}

	for _, size := range []int{1, 4, 5, 24, 25, 26} {
		t.Run(fmt.Sprintf("forwards by %d", size), func(t *testing.T) {
			var walked []string
			p := a.page(t, token, fmt.Sprintf("first: %d", size))
			was := len(made)
			for {
				walked = append(walked, p.ids...)
				if p.start != p.ids[0] || p.end != p.ids[len(p.ids)-1] || p.next != (len(walked) < was) {
					t.Fatalf("%+v after %d of %d", p, len(walked), was)
				}
				if !p.next {
					break
				}
				made = slices.Insert(made, 0, add()) // new rows are before the page
				p = a.page(t, token, fmt.Sprintf("first: %d, after: %q", size, p.end))
				if !p.back {
					t.Error("there is no page before the second")
				}
			}
			if want := made[len(made)-was:]; !slices.Equal(walked, want) {
				t.Errorf("walked %d rows of %d", len(walked), len(want))
			}
		})
		t.Run(fmt.Sprintf("backwards by %d", size), func(t *testing.T) {
			var walked []string
			p := a.page(t, token, fmt.Sprintf("last: %d", size))
			for added := 0; ; {
				walked = slices.Insert(walked, 0, p.ids...)
				if !p.back {
					break
				}
				if added < 3 { // new rows come at the end
					added++
					made = slices.Insert(made, 0, add())
				}
				p = a.page(t, token, fmt.Sprintf("last: %d, before: %q", size, p.start))
				if !p.next {
					t.Error("there is no page after the last but one")
				}
			}
			if !slices.Equal(walked, made) {
				t.Errorf("walked %d rows of %d", len(walked), len(made))
			}
		})
	}
	t.Run("from a row that is the last", func(t *testing.T) {
		if p := a.page(t, token, fmt.Sprintf("first: 5, after: %q", made[len(made)-1])); len(p.ids) != 0 || p.next || p.start != "" {
			t.Errorf("%+v", p)
		}
	})
	t.Run("between two rows", func(t *testing.T) {
		p := a.page(t, token, fmt.Sprintf("first: 100, after: %q, before: %q", made[2], made[7]))
		if !slices.Equal(p.ids, made[3:7]) {
			t.Errorf("%+v", p)
		}
	})
}
