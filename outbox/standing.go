package outbox

import "fmt"

// Standing is what describes a delivery's state.
type Standing struct {
	State      State
	Reason     Reason
	Detail     string
	StatusCode int  // of the last answer
	Attempt    int  // how many there were, or the one that is in flight
	Due        bool // another attempt is scheduled
	Replay     bool // it repeats another delivery

	SupersededBy State // the state of the replay that stands for it; empty for none
}

// Sentence describes the state of the delivery and what to do about it.
func (s Standing) Sentence() string {
	said := s.Reason.Sentence(s.Detail)
	switch s.State {
	case Delivered:
		if s.Detail != "" {
			return fmt.Sprintf("Delivered: the tracker answered %d, but its answer %s. Set a success rule if it refused.", s.StatusCode, s.Detail)
		}
		return fmt.Sprintf("Delivered: the tracker answered %d.", s.StatusCode)
	case Queued:
		switch {
		case s.Reason == Aggregation:
			return said
		case s.Replay:
			return "Waiting to be sent again."
		default:
			return "Waiting to be sent."
		}
	case Retrying:
		if s.Due {
			return fmt.Sprintf("%s It will be retried: attempt %d.", said, s.Attempt+1)
		}
		return fmt.Sprintf("%s Attempt %d is in flight.", said, max(s.Attempt, 2))
	case Failed, Held, Cancelled:
		return said + " " + s.nextStep()
	}
	return ""
}

// nextStep returns what to do about it: nothing where a replay stands for it.
func (s Standing) nextStep() string {
	switch s.SupersededBy {
	case "":
		return s.Reason.NextStep()
	case Delivered:
		return "It was replayed, and the replay was delivered: nothing to do."
	case Failed:
		return "It was replayed, and the replay failed: see there."
	case Cancelled, Queued, Retrying, Held:
	}
	return "It was replayed, and the replay has not ended yet."
}
