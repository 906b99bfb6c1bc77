package setup

import (
	"context"
	"fmt"

	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// staffChange is change for what staff alone set up. ent's rules refuse others
// too; this says so before anything is looked up.
func (s *Setup) staffChange(ctx context.Context, do func(ctx context.Context, c *change) error) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		if !c.viewer.Staff() {
			return problem.Forbidden("only the network's staff can do this")
		}
		return do(ctx, c)
	})
}

// Act is something that a viewer did, as the audit log has it.
type Act struct {
	Action, Entity, ID string
	Before, After      any // what it was and what it is; nil for nothing

	affiliateID ids.Affiliate // whose it is; zero for no affiliate's
}

// Note writes an act of the viewer's into the audit log that is no change of a setting,
// such as attributing a conversion or making a token.
func (s *Setup) Note(ctx context.Context, a Act) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		a.affiliateID = c.scope.AffiliateID()
		return c.audit(ctx, a)
	})
}

// within checks that a text fits and is text.
func within(field, text string, longest int) *problem.Error {
	switch {
	case len(text) > longest:
		return problem.Invalid(field, "is %d bytes long; the limit is %d", len(text), longest)
	case !tracking.IsText(text):
		return problem.Invalid(field, "is not valid text")
	}
	return nil
}

// wrong makes a list of the problems that there are, as one error.
func wrong(problems ...*problem.Error) error {
	var found []*problem.Error
	for _, p := range problems {
		if p != nil {
			found = append(found, p)
		}
	}
	return joined(found)
}

// at says of an error in words which field it is about.
func at(field string, err error) *problem.Error {
	if err == nil {
		return nil
	}
	return problem.Invalid(field, "%s", err)
}

func saved(what string, err error) error {
	if err != nil {
		return fmt.Errorf("keeping the %s: %w", what, err)
	}
	return nil
}
