package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/outbox"
)

// The page has the table by which a delivery moves.
func TestTheTableOfPlaces(t *testing.T) {
	var places, moves strings.Builder
	places.WriteString("| a delivery that is | has |\n| --- | --- |\n")
	for _, p := range outbox.Places() {
		fmt.Fprintf(&places, "| %s | `%s` |\n", p, strings.Trim(p.SQL(), "()"))
	}
	made(t, "architecture.md", "places", places.String())
	moves.WriteString("| verb | from | to | when |\n| --- | --- | --- | --- |\n")
	for _, m := range outbox.Moves() {
		fmt.Fprintf(&moves, "| `%s` | %s | %s | %s |\n", m.Verb, outbox.List(m.From), outbox.List(m.To), m.Says)
	}
	made(t, "architecture.md", "moves", moves.String())
}
