package graph

import (
	"strings"

	"postrider/graph/gen"
	"postrider/internal/installation"
	"postrider/internal/viewer"
)

// holdFor returns a hold as a viewer may see it.
func holdFor(v *viewer.Viewer, hold installation.Hold) *gen.Hold {
	seen := &gen.Hold{Reason: gen.HoldReason(strings.ToUpper(string(hold.Reason))), Since: hold.Since}
	if v.Staff() {
		seen.Note = textOrNull(hold.Note)
	}
	return seen
}
