package outbox_test

import (
	"strings"
	"testing"

	"postrider/dispatch"
	"postrider/outbox"
)

func TestWhereADeliveryStandsInWords(t *testing.T) {
	t.Parallel()
	rateLimited := outbox.Reason(dispatch.RateLimited)
	for want, s := range map[string]outbox.Standing{
		"Delivered: the tracker answered 204.":                       {State: outbox.Delivered, StatusCode: 204},
		"Waiting to be sent.":                                        {State: outbox.Queued},
		"Waiting to be sent again.":                                  {State: outbox.Queued, Replay: true},
		outbox.Aggregation.Sentence(""):                              {State: outbox.Queued, Reason: outbox.Aggregation, Replay: true},
		rateLimited.Sentence("") + " It will be retried: attempt 4.": {State: outbox.Retrying, Reason: rateLimited, Attempt: 3, Due: true},
		rateLimited.Sentence("") + " Attempt 3 is in flight.":        {State: outbox.Retrying, Reason: rateLimited, Attempt: 3},
		rateLimited.Sentence("") + " Attempt 2 is in flight.":        {State: outbox.Retrying, Reason: rateLimited, Attempt: 1},
		outbox.Reason(dispatch.DNS).Sentence("a.example") + " " + outbox.Reason(dispatch.DNS).NextStep():       {State: outbox.Failed, Reason: outbox.Reason(dispatch.DNS), Detail: "a.example"},
		outbox.CircuitOpen.Sentence("") + " " + outbox.CircuitOpen.NextStep():                                  {State: outbox.Held, Reason: outbox.CircuitOpen},
		outbox.ReplayCancelled.Sentence("") + " It was replayed, and the replay was delivered: nothing to do.": {State: outbox.Cancelled, Reason: outbox.ReplayCancelled, SupersededBy: outbox.Delivered},
		rateLimited.Sentence("") + " It was replayed, and the replay failed: see there.":                       {State: outbox.Failed, Reason: rateLimited, SupersededBy: outbox.Failed},
		rateLimited.Sentence("") + " It was replayed, and the replay has not ended yet.":                       {State: outbox.Failed, Reason: rateLimited, SupersededBy: outbox.Held},
	} {
		if got := s.Sentence(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
	for _, state := range outbox.States() {
		if (outbox.Standing{State: state, Reason: outbox.Reason(dispatch.Internal)}).Sentence() == "" {
			t.Errorf("nothing is said of one that is %s", state)
		}
	}
}

func TestEveryReasonOfADeliveryIsExplained(t *testing.T) {
	t.Parallel()
	seen := map[string]outbox.Reason{}
	for _, r := range []outbox.Reason{
		outbox.CircuitOpen, outbox.PostbackHeld, outbox.Aggregation, outbox.WaitsForEarlier, outbox.NothingLeft, outbox.PostbackDeleted, outbox.ReplayCancelled,
	} {
		said := r.Sentence("")
		if other, twice := seen[said]; twice || strings.Contains(said, "answered with the status") || r.NextStep() == "" {
			t.Errorf("%s: %q, as of %s", r, said, other)
		}
		seen[said] = r
	}
	if got, want := outbox.Reason(dispatch.DNS).Sentence("a.example"), dispatch.DNS.Sentence("a.example"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if none := outbox.Reason(""); none.Sentence("") != "" || none.NextStep() != "" {
		t.Error("no reason is explained")
	}
}
