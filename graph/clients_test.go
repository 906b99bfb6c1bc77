package graph_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// genqlient generates a client of the schema from operations as integrators write them, and the
// client compiles. The clients of JavaScript are in frontend/lint/clients.test.ts.
func TestGenqlientGeneratesAClient(t *testing.T) {
	t.Parallel()
	const folder = "testdata/genqlient"
	made := filepath.Join(folder, "made")
	t.Cleanup(func() { _ = os.RemoveAll(made) })
	for _, command := range [][]string{{"run", "github.com/Khan/genqlient"}, {"vet", "./made"}} {
		cmd := exec.CommandContext(t.Context(), "go", command...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", command[0], err, out)
		}
	}
}
