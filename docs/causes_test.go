package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/inbound"
	"postrider/graph"
)

// The page for operators lists the causes of the inbound log, in the words of the API.
func TestTheTableOfCauses(t *testing.T) {
	described := map[string]string{}
	for _, v := range graph.Schema(&graph.Resolver{}).Schema().Types["PostbackCause"].EnumValues {
		described[strings.ToLower(v.Name)] = v.Description
	}
	var b strings.Builder
	b.WriteString("| cause | |\n| --- | --- |\n")
	for _, c := range inbound.Causes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c, strings.TrimSuffix(described[string(c)], "."))
	}
	made(t, "operators.md", "causes", b.String())
}
