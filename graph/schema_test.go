package graph_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2/formatter"

	"postrider/graph"
)

var update = flag.Bool("update", false, "write schema.graphql anew")

// The whole API as one file: the web app's types are made from it, and a reviewer sees there
// what a change means for clients.
func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	formatter.NewFormatter(&printed).FormatSchema(graph.Schema(&graph.Resolver{}).Schema())
	const golden = "schema.graphql"
	if *update {
		if err := os.WriteFile(golden, printed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, printed.Bytes()) {
		t.Fatal("graph/schema.graphql is not current: run `go test ./graph -run TestSchemaGolden -update`, and look at what changes for the outside")
	}
}
