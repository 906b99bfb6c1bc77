package commission

import (
	"fmt"
	"slices"
)

// ParseStatus reads a status as operators write it: in lower case, nothing else. The
// caller keeps an unknown one as it came; it is not counted.
func ParseStatus(s string) (Status, bool) {
	status := Status(s)
	return status, slices.Contains(Statuses(), status)
}

// Move names what a change of status means.
type Move string

// The moves.
const (
	Approval     Move = "approval"     // pending to approved
	Rejection    Move = "rejection"    // pending to rejected
	Cancellation Move = "cancellation" // pending to cancelled
	Reversal     Move = "reversal"     // approved to rejected or cancelled: the payout is reversed
	Reinstating  Move = "reinstating"  // rejected or cancelled to approved
	Reopening    Move = "reopening"    // decided, and pending again
	Correction   Move = "correction"   // between rejected and cancelled
	Mapping      Move = "mapping"      // from an unknown status to a known one
)

// Actor is who takes a step of a conversion's lifecycle.
type Actor string

// The actors.
const (
	ByOperator  Actor = "operator"
	ByStaff     Actor = "staff"
	ByAPI       Actor = "api"
	ByPostrider Actor = "postrider"
)

// Actors lists every Actor.
func Actors() []Actor { return []Actor{ByOperator, ByStaff, ByAPI, ByPostrider} }

// CanMove reports whether a conversion may go from one status to another, what such
// a move is called, and if it may not, why, in words. Every change between two known
// statuses is legal, because operators correct themselves in every direction; what
// does not change anything is no move.
func CanMove(from, to Status) (move Move, why string) {
	switch {
	case from == Unknown && slices.Contains(Statuses(), to):
		return Mapping, ""
	case from != Unknown && !slices.Contains(Statuses(), from):
		return "", fmt.Sprintf("the conversion has the unknown status %q; map it first", from)
	case !slices.Contains(Statuses(), to):
		return "", fmt.Sprintf("%q is not a status: use pending, approved, rejected or cancelled", to)
	case from == to:
		return "", fmt.Sprintf("the conversion is already %s", from)
	case to == Pending:
		return Reopening, ""
	case from == Approved:
		return Reversal, ""
	case from == Pending:
		return map[Status]Move{Approved: Approval, Rejected: Rejection, Cancelled: Cancellation}[to], ""
	case to == Approved:
		return Reinstating, ""
	default:
		return Correction, ""
	}
}

// CanMove is the same for a conversion of this goal, which may not be reversible
// and may not know every status.
func (g Goal) CanMove(from, to Status) (move Move, why string) {
	move, why = CanMove(from, to)
	switch {
	case why != "":
		return "", why
	case len(g.Statuses) > 0 && !slices.Contains(g.Statuses, to):
		return "", fmt.Sprintf("a conversion of the goal %s cannot be %s", g.Key, to)
	case move == Reversal && !g.Reversible:
		return "", fmt.Sprintf("an approved conversion of the goal %s cannot be reversed", g.Key)
	}
	return move, ""
}
