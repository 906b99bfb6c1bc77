package setup

import (
	"context"
	"unicode/utf8"

	"postrider/domain/tracking"
	"postrider/internal/installation"
	"postrider/internal/problem"
)

// maxNote is the maximum length of a hold's note, in characters.
const maxNote = 200

// Hold reports whether the installation is on hold.
func (s *Setup) Hold(ctx context.Context) (installation.Hold, error) {
	return installation.ReadHold(ctx, s.DB)
}

// SetHold puts the installation on hold, or resumes it, and returns its new state.
func (s *Setup) SetHold(ctx context.Context, on bool, note string) (hold installation.Hold, err error) {
	if n := utf8.RuneCountInString(note); n > maxNote {
		return hold, problem.Invalid("note", "has %d characters; use at most %d", n, maxNote)
	}
	if !tracking.IsText(note) {
		return hold, problem.Invalid("note", "is not valid text")
	}
	resume, err := installation.Resumption(ctx, s.DB)
	if err != nil {
		return hold, err
	}
	err = s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := installation.ReadHold(ctx, c.tx)
		if err != nil {
			return err
		}
		if on {
			err = installation.Begin(ctx, c.tx, installation.Asked, note)
		} else {
			err = resume(ctx, c.tx)
		}
		if err != nil {
			return err
		}
		if hold, err = installation.ReadHold(ctx, c.tx); err != nil {
			return err
		}
		action := "resume"
		if on {
			action = "hold"
		}
		return c.audit(ctx, Act{Action: action, Entity: "installation", ID: "1", Before: before, After: hold})
	})
	return hold, err
}
