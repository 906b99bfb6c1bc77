package dispatch

import (
	"fmt"
	"io"
	"time"

	"postrider/internal/enum"
)

// CircuitState is whether an endpoint is sent requests.
type CircuitState string

// The states of a circuit.
const (
	Closed     CircuitState = "closed"     // sent to as usual
	Open       CircuitState = "open"       // nothing is sent; its deliveries are held
	HalfOpen   CircuitState = "half_open"  // one probe is in flight
	Recovering CircuitState = "recovering" // the probe succeeded; the limit rises step by step
)

// CircuitStates lists every state.
func CircuitStates() []CircuitState { return []CircuitState{Closed, Open, HalfOpen, Recovering} }

// HoldingSQL lists for IN the states of a circuit that holds what is queued.
var HoldingSQL = enum.SQL([]CircuitState{Open, HalfOpen})

// Values returns the database values, for ent.
func (CircuitState) Values() []string { return enum.Strings(CircuitStates()) }

// MarshalGQL writes the GraphQL name, for example HALF_OPEN.
func (s CircuitState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *CircuitState) UnmarshalGQL(v any) error { return enum.Read(v, s, CircuitStates()) }

// CircuitRules set when a circuit opens and how it recovers.
type CircuitRules struct {
	Consecutive int           // opens after so many failures in a row
	Rate        float64       // or at this share of failures in the window,
	MinInWindow int           // once the window has so many
	Window      time.Duration // counted in halves
	FirstPause  time.Duration // before the first probe; doubles with every one that fails
	LongPause   time.Duration // up to this
	ProbeLimit  time.Duration // a probe without a result after this counts as lost
}

// DefaultCircuitRules apply to every endpoint unless configured.
var DefaultCircuitRules = CircuitRules{
	Consecutive: 5, Rate: 0.5, MinInWindow: 20, Window: time.Minute,
	FirstPause: 10 * time.Second, LongPause: 10 * time.Minute, ProbeLimit: 45 * time.Second,
}

// Circuit is the state of one endpoint: a value, with no clock and no lock of its own. The
// zero value is closed. Its methods return the new value; the caller stores it, and holds
// or releases deliveries by it.
type Circuit struct {
	State      CircuitState // the zero value counts as Closed
	Because    Reason       // why it opened
	OpenedAt   time.Time    // when it opened first, however often probes have failed since
	ProbeAt    time.Time    // when the next probe is due (Open), or the one in flight is lost (HalfOpen)
	Probes     int          // that failed since it opened
	InRow      int          // failures since the last success
	Successes  int          // while Recovering
	Window     Tally
	LastWindow Tally
}

// Tally counts results in half a window.
type Tally struct {
	Since         time.Time
	Good, Failing int
}

// Allow reports whether one request may be sent now. An Open circuit allows one once the
// probe is due, and becomes HalfOpen; it allows no other until the probe is recorded.
func (c Circuit) Allow(now time.Time, rules CircuitRules) (Circuit, bool) {
	switch c.State {
	case Open, HalfOpen:
		if now.Before(c.ProbeAt) {
			return c, false
		}
		c.State, c.ProbeAt = HalfOpen, now.Add(rules.ProbeLimit)
		return c, true
	default:
		return c, true
	}
}

// Limit returns how many requests may be in flight, of the most that the endpoint has while
// healthy. While recovering it grows with every success.
func (c Circuit) Limit(most int) int {
	switch c.State {
	case Open:
		return 0
	case HalfOpen:
		return min(most, 1)
	case Recovering:
		return min(most, 1+c.Successes)
	default:
		return most
	}
}

// Record counts the result of a request. The reason is empty for a success; one that is
// no fault of the endpoint, such as a 404, counts as a success here. most is what the
// endpoint may have in flight; reaching it ends the recovery.
func (c Circuit) Record(now time.Time, reason Reason, most int, rules CircuitRules) Circuit {
	failing := reason.Transport() || reason == ServerError
	c = c.count(now, failing, rules)
	switch {
	case failing && c.State == HalfOpen:
		c.Probes++
		return c.open(now, reason, rules)
	case failing && c.State == Recovering:
		return c.open(now, reason, rules)
	case failing && c.State != Open && c.tooMany(rules):
		c.OpenedAt, c.Probes = now, 0
		return c.open(now, reason, rules)
	case !failing && c.State == HalfOpen:
		c.State, c.Successes = Recovering, 1
	case !failing && c.State == Recovering:
		c.Successes++
		if 1+c.Successes >= most {
			return Circuit{State: Closed}
		}
	}
	return c
}

func (c Circuit) count(now time.Time, failing bool, rules CircuitRules) Circuit {
	half := rules.Window / 2
	switch age := now.Sub(c.Window.Since); {
	case age >= 2*half:
		c.LastWindow, c.Window = Tally{}, Tally{Since: now}
	case age >= half:
		c.LastWindow, c.Window = c.Window, Tally{Since: now}
	}
	if failing {
		c.InRow++
		c.Window.Failing++
	} else {
		c.InRow = 0
		c.Window.Good++
	}
	return c
}

func (c Circuit) tooMany(rules CircuitRules) bool {
	if c.InRow >= rules.Consecutive {
		return true
	}
	failing := c.Window.Failing + c.LastWindow.Failing
	all := failing + c.Window.Good + c.LastWindow.Good
	return all >= rules.MinInWindow && float64(failing) >= rules.Rate*float64(all)
}

// open opens the circuit until the next probe.
func (c Circuit) open(now time.Time, reason Reason, rules CircuitRules) Circuit {
	pause := rules.FirstPause
	for range min(c.Probes, 32) {
		pause = min(2*pause, rules.LongPause)
	}
	c.State, c.Because, c.Successes, c.ProbeAt = Open, reason, 0, now.Add(pause)
	return c
}

// Sentence describes the circuit to its postbacks' owners.
func (c Circuit) Sentence() string {
	switch c.State {
	case Open, HalfOpen:
		return fmt.Sprintf("Tracker unavailable since %s, so its postbacks wait: %s",
			c.OpenedAt.UTC().Format("2 January 15:04 UTC"), lowerFirst(c.Because.Sentence("")))
	case Recovering:
		return "The tracker responds again: waiting postbacks are sent, at a rate that rises step by step."
	default:
		return "Postbacks are sent as usual."
	}
}
