package graph_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/pgtest"
)

// subscription is how a subscription is tried: what it selects, and how an event of each estate
// is published. B's event follows A's, so that a viewer who does not get A's need not be waited
// for.
type subscription struct {
	selects string
	watched func(w *world) bool
	publish func(t *testing.T, w *world, e *estate)
	words   func(e *estate) []string
	args    func(w *world) string // nil for none
}

var subscriptions = map[string]subscription{
	"deliveryUpdated": {
		selects: "delivery { id url host }",
		watched: func(w *world) bool { return w.cfg.Deliveries.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			d, err := w.db.Client().Delivery.Get(pgtest.System(t), factOf(e.ids["Delivery"][0]))
			must(t, err)
			w.cfg.Deliveries.Publish(d)
		},
		words: func(e *estate) []string { return e.ids["Delivery"] },
	},
	"conversionUpdated": {
		selects: "conversion { id transactionId }",
		watched: func(w *world) bool { return w.cfg.Hubs.Conversions.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			c, err := w.db.Client().Conversion.Get(pgtest.System(t), factOf(e.ids["Conversion"][0]))
			must(t, err)
			w.cfg.Hubs.Conversions.Publish(c)
		},
		words: func(e *estate) []string { return e.ids["Conversion"] },
	},
	"alertChanged": {
		selects: "id message",
		watched: func(w *world) bool { return w.cfg.Alerts.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			a, err := w.db.Client().Alert.Get(pgtest.System(t), factOf(e.ids["Alert"][0]))
			must(t, err)
			w.cfg.Alerts.Publish(a)
		},
		words: func(e *estate) []string { return e.ids["Alert"] },
	},
	"echoRequestReceived": {
		selects: "id url",
		watched: func(w *world) bool { return w.cfg.Echoes.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			r, err := w.db.Client().EchoRequest.Get(pgtest.System(t), factOf(e.ids["EchoRequest"][0]))
			must(t, err)
			w.cfg.Echoes.Publish(r)
		},
		words: func(e *estate) []string { return e.ids["EchoRequest"] },
	},
	"setupChecklistChanged": {
		selects: "campaign { id }",
		words:   func(e *estate) []string { return e.ids["Campaign"] },
		args:    func(w *world) string { return fmt.Sprintf("(campaignId: %q)", w.a.ids["Campaign"][0]) },
	},
	"clickRecorded": {
		selects: "id affiliate { id }",
		words:   func(e *estate) []string { return e.ids["Affiliate"] },
		args:    func(w *world) string { return fmt.Sprintf("(campaignId: %q)", w.a.ids["Campaign"][0]) },
	},
	"receivedPostback": {
		selects: "id query",
		watched: func(w *world) bool { return w.cfg.Received.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			r, err := w.db.Client().ReceivedPostback.Get(pgtest.System(t), factOf(e.ids["ReceivedPostback"][0]))
			must(t, err)
			w.cfg.Received.Publish(r)
		},
		words: func(e *estate) []string { return e.ids["ReceivedPostback"] },
	},
}

func (w *world) trySubscriptions(t *testing.T, c *cast, schema *ast.Schema, row func(name, says string)) {
	t.Helper()
	for _, f := range schema.Subscription.Fields {
		s, ok := subscriptions[f.Name]
		if !ok {
			t.Errorf("say in subscriptions how %s is tried", f.Name)
			continue
		}
		var says []string
		for _, column := range columns {
			says = append(says, string(w.subscribe(t, f.Name, s, c.as(column, scopeOf(f)))))
		}
		row("Subscription."+f.Name, strings.Join(says, " "))
	}
}

// subscribe reads until an event of A's or one of B's has arrived, both published in that order.
// Staff, who see both, must see A's first; an affiliate's subscription is read until its own has
// arrived.
func (w *world) subscribe(t *testing.T, name string, s subscription, asking who) outcome {
	t.Helper()
	args := ""
	if s.args != nil {
		args = s.args(w)
	}
	next, stop := w.events(t, asking, fmt.Sprintf("subscription { %s%s { %s } }", name, args, s.selects))
	if s.watched == nil { // the server polls: what the world has is what it shows
		defer stop()
		return s.outcome(t, name, w, next)
	}
	answered := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		refused := false
		pgtest.Until(t, patience, name+" is watched", func() bool {
			select {
			case <-answered:
				refused = true
			default:
			}
			return refused || s.watched(w)
		})
		if !refused {
			s.publish(t, w, w.a)
			s.publish(t, w, w.b)
		}
	})
	defer func() {
		close(answered)
		publishing.Wait()
		stop()
		pgtest.Until(t, patience, "nobody watches", func() bool { return !s.watched(w) })
	}()
	return s.outcome(t, name, w, next)
}

// outcome reads the first event.
func (s subscription) outcome(t *testing.T, name string, w *world, next func() (*response, bool)) outcome {
	t.Helper()
	res, ok := next()
	switch {
	case !ok:
		t.Errorf("%s: the stream ended without a word", name)
		return hidden
	case res.refused():
		return denied
	case len(res.Errors) > 0 && res.Errors[0].Extensions["code"] == "NOT_FOUND":
		return hidden
	case len(res.Errors) > 0:
		t.Errorf("%s: %s", name, res.body)
	}
	for _, word := range s.words(w.a) {
		if strings.Contains(res.body, word) {
			return shown
		}
	}
	return hidden
}
