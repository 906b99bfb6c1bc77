package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/macro"
)

// The page for whoever writes templates has the registry as tables.
func TestTheTablesOfMacros(t *testing.T) {
	var names, filters strings.Builder
	names.WriteString("| macro | meaning | example |\n| --- | --- | --- |\n")
	for _, m := range macro.All() {
		fmt.Fprintf(&names, "| `{%s}` | %s | `%s` |\n", m.Name, m.Meaning, m.Example)
	}
	made(t, "macros.md", "macros", names.String())
	filters.WriteString("| filter | meaning | example |\n| --- | --- | --- |\n")
	for _, f := range macro.Filters() {
		fmt.Fprintf(&filters, "| `%s` | %s | `%s` |\n", f.Usage, f.Meaning, strings.ReplaceAll(f.Example, "|", `\|`))
	}
	made(t, "macros.md", "filters", filters.String())
}
