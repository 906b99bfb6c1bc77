package setup

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/tracking"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// staffChange is change for what only staff set up. ent's rules refuse other viewers too; this
// does so before anything is read.
func (s *Setup) staffChange(ctx context.Context, do func(ctx context.Context, c *change) error) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		if !c.viewer.Staff() {
			return problem.Forbidden("only the network's staff can do this")
		}
		return do(ctx, c)
	})
}

// Act is an action of a viewer, as recorded in the audit log.
type Act struct {
	Action, Entity, ID string
	Before, After      any // the row before and after; nil for none

	affiliateID ids.Affiliate // the owner; zero for none
	secret      string        // what the act showed the viewer once; it is not in the log
}

// Of returns the act with the affiliate whose thing it is about; zero for the viewer's own.
func (a Act) Of(owner ids.Affiliate) Act {
	a.affiliateID = owner
	return a
}

// globalIDs returns the global id of what the act is about, if it is about one thing.
func (a Act) globalIDs() []string {
	words := strings.Split(a.Entity, "_")
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	kind := strings.Join(words, "")
	if key, err := strconv.ParseInt(a.ID, 10, 64); err == nil {
		return []string{globalid.Int(kind, key)}
	}
	if key, err := uuid.FromString(a.ID); err == nil {
		return []string{globalid.UUID(kind, key)}
	}
	return nil
}

// Note writes an act of the viewer's that changes no setting to the audit log, such as
// attributing a conversion or creating a token.
func (s *Setup) Note(ctx context.Context, a Act) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		if a.affiliateID == 0 {
			a.affiliateID = c.scope.AffiliateID()
		}
		return c.audit(ctx, a)
	})
}

// within checks that a text is not too long and is valid.
func within(field, text string, longest int) *problem.Error {
	switch {
	case len(text) > longest:
		return problem.Invalid(field, "is %d bytes long; the limit is %d", len(text), longest)
	case !tracking.IsText(text):
		return problem.Invalid(field, "is not valid text")
	}
	return nil
}

// wrong joins the problems that are not nil into one error.
func wrong(problems ...*problem.Error) error {
	var found []*problem.Error
	for _, p := range problems {
		if p != nil {
			found = append(found, p)
		}
	}
	return problem.Join(found)
}

// at turns an error into a problem with a field.
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
