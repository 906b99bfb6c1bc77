package backoffice

import (
	"context"
	"fmt"
	"slices"

	"github.com/gofrs/uuid/v5"

	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// AssignByRule attributes unattributed conversions to the clicks that are proposed for the
// given reasons, if these agree on one. It returns how many were, or with dryRun would be,
// attributed.
func (office *Office) AssignByRule(ctx context.Context, ids []uuid.UUID, kinds []ProposalKind, dryRun bool, a intake.Assignment) (int, error) {
	proposals, err := office.Propose(ctx, ids)
	if err != nil {
		return 0, err
	}
	given := 0
	for _, id := range ids {
		proposal, ok := agreed(proposals[id], kinds)
		if !ok {
			continue
		}
		if !dryRun {
			a.ClickID, a.Reason = proposal.ClickID, "by rule: "+proposal.Reason
			if err := office.Intake.Assign(ctx, id, a); err != nil && !publicProblem(err) {
				return given, fmt.Errorf("attributing conversion %s: %w", globalid.Hex(id), err)
			} else if err != nil {
				continue // attributed concurrently, or the click has this goal already
			}
		}
		given++
	}
	return given, nil
}

// agreed returns the one click that the proposals of these kinds name.
func agreed(proposals []Proposal, kinds []ProposalKind) (Proposal, bool) {
	var chosen []Proposal
	for _, p := range proposals {
		if slices.Contains(kinds, p.Kind) {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) != 1 {
		return Proposal{}, false
	}
	return chosen[0], true
}

// publicProblem reports whether an error is the user's to fix rather than ours.
func publicProblem(err error) bool {
	switch problem.CodeOf(err) {
	case problem.CodeConflict, problem.CodeInvalid, problem.CodeNotFound:
		return true
	}
	return false
}
