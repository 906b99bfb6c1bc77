package dispatch_test

import (
	"strings"
	"testing"

	"postrider/dispatch"
)

func TestWhereADeliveryStandsInWords(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]dispatch.Standing{
		"Delivered: the tracker answered 204.": {State: dispatch.Delivered, StatusCode: 204},
		"Waits to be sent.":                    {State: dispatch.Queued},
		"Waits to be sent once more.":          {State: dispatch.Queued, Replay: true},
		dispatch.Gathering.Sentence(""):        {State: dispatch.Queued, Reason: dispatch.Gathering, Replay: true},
		dispatch.RateLimited.Sentence("") + " It will be tried again: attempt 4.": {State: dispatch.Retrying, Reason: dispatch.RateLimited, Attempt: 3, Due: true},
		dispatch.RateLimited.Sentence("") + " Attempt 3 is under way.":            {State: dispatch.Retrying, Reason: dispatch.RateLimited, Attempt: 3},
		dispatch.RateLimited.Sentence("") + " Attempt 2 is under way.":            {State: dispatch.Retrying, Reason: dispatch.RateLimited, Attempt: 1},
		dispatch.DNS.Sentence("a.example") + " " + dispatch.DNS.NextStep():        {State: dispatch.Failed, Reason: dispatch.DNS, Detail: "a.example"},
		dispatch.CircuitOpen.Sentence("") + " " + dispatch.CircuitOpen.NextStep(): {State: dispatch.Held, Reason: dispatch.CircuitOpen},
	} {
		if got := s.Sentence(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
	for _, state := range dispatch.States() {
		if (dispatch.Standing{State: state, Reason: dispatch.Internal}).Sentence() == "" {
			t.Errorf("nothing is said of one that is %s", state)
		}
	}
	if got := dispatch.AttemptSentence("", ""); !strings.Contains(got, "accepted") {
		t.Errorf("an accepted attempt: %q", got)
	}
	if got := dispatch.AttemptSentence(dispatch.DNS, "a.example"); got != dispatch.DNS.Sentence("a.example") {
		t.Errorf("a failed attempt: %q", got)
	}
}
