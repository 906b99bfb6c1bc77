package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// A subscriber sees a delivery queued while its tracker has not answered, and delivered as soon
// as it has, without another query.
func TestADeliveryIsSeenLive(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	node := n.serve[0]
	answer := make(chan struct{})
	tracker := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-answer }))
	t.Cleanup(tracker.Close)
	pgtest.Postback(t, n.db, n.scene.Affiliate, tracker.URL+"/?c={param_1}", pgtest.On(commission.GoalDeposit))
	events := n.stream(t, node, "subscription { deliveryUpdated { delivery { deliveryId state attempts { statusCode } } } }")
	if result := n.report(t, node, globalid.Hex(n.scene.Click), "t1"); result != "recorded" {
		t.Fatalf("answered %q", result)
	}
	late := time.After(time.Minute)
	var states []string
	for len(states) < 2 {
		select {
		case d := <-events:
			if len(states) == 0 {
				close(answer) // it was seen before it was sent
			}
			states = append(states, fmt.Sprint(d.State, " ", len(d.Attempts)))
		case <-late:
			t.Fatalf("saw %q", states)
		}
	}
	if states[0] != "QUEUED 0" || states[1] != "DELIVERED 1" {
		t.Errorf("saw %q", states)
	}
}
