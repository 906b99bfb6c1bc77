package graph_test

import (
	"context"
	"encoding/json"
	"go/format"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postrider/ent/db"
	"postrider/graph"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/jobs"
	"postrider/pgtest"
	"postrider/server"
)

// interpreters has the command that runs a snippet of each language, given its file.
var interpreters = map[string]struct {
	file string
	run  []string
}{
	"CURL":   {"call.sh", []string{"sh"}},
	"PHP":    {"call.php", []string{"php"}},
	"PYTHON": {"call.py", []string{"python3"}},
	"GO":     {"call.go", []string{"go", "run"}},
}

// The snippets for operators work as they are: each snippet of each kind of integration, run by
// its own language, records one conversion and is a duplicate the next time.
func TestTheSnippetsRun(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *graph.Config) { // the real clock: some snippets send the time of signing
		c.Intake = intake.New(intake.Config{DB: c.Setup.DB, Enqueuer: jobs.Enqueuer{}, Secrets: pgtest.Key(t), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	})
	routes := http.NewServeMux()
	routes.Handle("/postback/{integration}", server.Postback(a.cfg.Intake, a.cfg.Log))
	operator := httptest.NewServer(routes)
	t.Cleanup(operator.Close)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	for name, set := range map[string]func(*db.IntegrationCreate){
		"token":  func(*db.IntegrationCreate) {},
		"open":   func(c *db.IntegrationCreate) { c.SetRequireToken(false) },
		"signed": func(c *db.IntegrationCreate) { c.SetRequireToken(false).SetRequireSignature(true) },
		"everything, in words of its own": func(c *db.IntegrationCreate) {
			c.SetRequireSignature(true).SetSignatureHeader("X-Royal-Sign").SetTimestampName("X-Royal-Time").SetTimestampWindow(300).
				SetParameterMapping(map[string]string{"click_id": "data.sub id", "token": "auth&key", "goal": "event"}).
				SetGoalMapping(map[string]string{"first deposit": "ftd", "zz": "ftd"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			integration := pgtest.Integration(t, a.db, s.Offer, set)
			res := a.ask(t, staff, `query($id: ID!) { node(id: $id) { ... on Integration { snippets { language code } } } }`, vars{"id": globalid.Int("Integration", integration.ID)})
			list := res.at(t, "node", "snippets").([]any)
			if len(list) != len(interpreters) {
				t.Errorf("%d languages", len(list))
			}
			for _, one := range list {
				language, code := one.(map[string]any)["language"].(string), one.(map[string]any)["code"].(string)
				if formatted, err := format.Source([]byte(code)); language == "GO" && (err != nil || string(formatted) != code) {
					t.Errorf("not as gofmt writes it (%v):\n%s", err, code)
				}
				code = strings.NewReplacer(publicURL, operator.URL, "CLICK_ID", globalid.Hex(s.Click),
					"PLAYER_ID", language+integration.Key, "TRANSACTION_ID", language+integration.Key).Replace(code)
				program, err := exec.LookPath(interpreters[language].run[0])
				if err != nil {
					t.Logf("%s is not on this machine: its snippet is not run", interpreters[language].run[0])
					continue
				}
				for _, want := range []string{"recorded", "duplicate"} {
					if got := runSnippet(t, program, language, code, integration); got != want {
						t.Errorf("%s: %q, want %q\n%s", language, got, want, code)
					}
				}
			}
		})
	}
}

// runSnippet returns the result that a snippet prints.
func runSnippet(t *testing.T, program, language, code string, integration pgtest.Inlet) string {
	t.Helper()
	with := interpreters[language]
	file := filepath.Join(t.TempDir(), with.file)
	must(t, os.WriteFile(file, []byte(code), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(with.run[1:], file)...)
	cmd.Env = append(os.Environ(), "TOKEN="+integration.Token, "KEY="+integration.HMAC)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var answer struct{ Result string }
	if jsonErr := json.Unmarshal(out, &answer); err != nil || jsonErr != nil {
		t.Errorf("%s: %v, %q %s", language, err, out, said.String())
	}
	return answer.Result
}
