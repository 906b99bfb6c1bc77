package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"postrider/pgtest"
)

// snippet is a program as the API shows it.
type snippet struct{ Language, Code, Command string }

// languages are those that every reader is to find, with the program that runs each, and Debian's
// package of it.
var languages = map[string]struct{ file, program, install string }{
	"CURL":   {"snippet.sh", "sh", "dash"},
	"PHP":    {"snippet.php", "php", "php-cli and php-curl"},
	"PYTHON": {"snippet.py", "python3", "python3"},
	"GO":     {"snippet.go", "go", "golang"},
	"NODEJS": {"snippet.mjs", "node", "nodejs"},
}

// command saves a snippet, and returns the command that runs it.
func (s snippet) command(t *testing.T, arguments ...string) []string {
	t.Helper()
	with, ok := languages[s.Language]
	if !ok {
		t.Fatalf("nobody knows how to run %s", s.Language)
	}
	program, err := exec.LookPath(with.program)
	if err != nil {
		t.Fatalf("%s is not installed, so the snippets in %s cannot be run: install %s (.ci/need snippets does on Debian)", with.program, s.Language, with.install)
	}
	file := filepath.Join(t.TempDir(), with.file)
	if err := os.WriteFile(file, []byte(s.Code), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.Language != "GO" {
		return append(append([]string{program}, arguments...), file)
	}
	binary := strings.TrimSuffix(file, ".go")
	if out, err := exec.CommandContext(t.Context(), program, "build", "-o", binary, file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, s.Code)
	}
	return []string{binary}
}

// said runs a command with secrets in its environment, and returns what it printed.
func said(t *testing.T, command []string, secrets ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), secrets...)
	var errs strings.Builder
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s %s", err, out, errs.String())
	}
	return string(out), err
}

// everyScope creates a token that may do whatever its user may.
func (p *program) everyScope(t *testing.T, email string) string {
	t.Helper()
	out, errs, code := postrider(t, append([]string{"token", "create", "--email=" + email, "--name=snippets", "--scopes=read,write,conversions,replay,secrets"}, p.flags...)...)
	if code != 0 {
		t.Fatalf("token create: %d %s", code, errs)
	}
	return strings.TrimSpace(out)
}

func (p *program) admin(t *testing.T) string {
	t.Helper()
	for _, u := range p.demo.Users {
		if u.Role == "admin" {
			return p.everyScope(t, u.Email)
		}
	}
	t.Fatal("the demo has no admin")
	return ""
}

// Every snippet that the pages and the guides show runs as it is, against the real program. Its
// languages have the machine's own clock, so make test-moments leaves it out.
func TestTheSnippetsRun(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	t.Run("operators", func(t *testing.T) { operatorsReport(t, p) })
	t.Run("examples", func(t *testing.T) { examplesRun(t, p) })
	t.Run("verified", func(t *testing.T) { postbacksAreVerified(t, p) })
}

// integrationsToCall has what each kind of integration asks of a call.
var integrationsToCall = map[string]string{
	"token":  `requireToken: true`,
	"open":   `requireToken: false`,
	"signed": `requireToken: false, requireSignature: true`,
	"own": `requireToken: true, requireSignature: true, signatureHeader: "X-Royal-Sign", timestampName: "X-Royal-Time", timestampWindow: 300,
		parameterMapping: [{from: "click_id", to: "data.sub id"}, {from: "token", to: "auth&key"}, {from: "goal", to: "event"}],
		goalMapping: [{from: "first deposit", to: "ftd"}, {from: "zz", to: "ftd"}]`,
}

// Each snippet of each kind of integration records one conversion, and is a duplicate the next time.
func operatorsReport(t *testing.T, p *program) {
	admin := p.admin(t)
	for name, asks := range integrationsToCall {
		var made struct {
			CreateIntegration struct {
				Integration *struct {
					ID       string
					Snippets []snippet
				}
				UserErrors []struct{ Message string }
			}
		}
		p.query(t, admin, fmt.Sprintf(`mutation { createIntegration(input: {key: "snippets-%s", name: "Snippets", offerId: %q, requireHttps: false, %s}) {
			integration { id snippets { language code command } } userErrors { message } } }`, name, p.demo.Links[0].OfferID, asks), &made)
		integration := made.CreateIntegration.Integration
		if integration == nil || len(integration.Snippets) != len(languages) {
			t.Fatalf("%s: %+v", name, made)
		}
		secrets := []string{"TOKEN=" + p.secretOf(t, admin, integration.ID, "TOKEN"), "KEY=" + p.secretOf(t, admin, integration.ID, "HMAC")}
		for _, s := range integration.Snippets {
			t.Run(name+" "+s.Language, func(t *testing.T) {
				t.Parallel()
				own := name + s.Language
				s.Code = strings.NewReplacer("CLICK_ID", p.click(t, own), "PLAYER_ID", own, "TRANSACTION_ID", own).Replace(s.Code)
				command := s.command(t)
				for _, want := range []string{"recorded", "duplicate"} {
					out, err := said(t, command, secrets...)
					var answer struct{ Result string }
					if jsonErr := json.Unmarshal([]byte(out), &answer); err != nil || jsonErr != nil || answer.Result != want {
						t.Errorf("%v %v, %q, want %s\n%s", err, jsonErr, out, want, s.Code)
					}
				}
			})
		}
	}
}

func (p *program) secretOf(t *testing.T, admin, integration, kind string) string {
	t.Helper()
	var shown struct{ RevealIntegrationSecret struct{ Secret string } }
	p.query(t, admin, fmt.Sprintf(`mutation { revealIntegrationSecret(input: {integrationId: %q, kind: %s}) { secret } }`, integration, kind), &shown)
	return shown.RevealIntegrationSecret.Secret
}

// click sends a player through the first link, and returns our click id.
func (p *program) click(t *testing.T, param string) string {
	t.Helper()
	res, err := web().Get(p.demo.Links[0].URL + "?param_1=" + url.QueryEscape(param))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	target, err := url.Parse(res.Header.Get("Location"))
	if err != nil || target.Query().Get("cid") == "" {
		t.Fatalf("the click: %d to %s, %v", res.StatusCode, target, err)
	}
	return target.Query().Get("cid")
}

// exampleRuns says of each kind of example what it prints, in how many languages it is; and what
// it says to a token that is none.
var exampleRuns = map[string]struct {
	languages int
	prints    string
}{
	"QUERY":    {5, "DELIVERED"},
	"MUTATION": {5, "DELIVERED"},
	"LIVE":     {2, ""}, // the browser tests run these
	"VERIFY":   {5, ""}, // postbacksAreVerified
}

// Each example of the Developers page does what it says with a token, and says what is wrong
// without one.
func examplesRun(t *testing.T, p *program) {
	all := p.examples(t)
	if len(all) != len(exampleRuns) {
		t.Errorf("%d kinds of examples", len(all))
	}
	for kind, snippets := range all {
		runs, ok := exampleRuns[kind]
		if !ok || len(snippets) != runs.languages {
			t.Errorf("%s: in %d languages", kind, len(snippets))
		}
		for _, s := range snippets {
			if runs.prints == "" {
				continue
			}
			t.Run(kind+" "+s.Language, func(t *testing.T) {
				t.Parallel()
				command := s.command(t)
				if out, err := said(t, command, "TOKEN="+p.userOf(t).Token); err != nil || !strings.Contains(out, runs.prints) || strings.Contains(out, `"errors"`) {
					t.Errorf("%v: %s\n%s", err, out, s.Code)
				}
				out, err := said(t, command, "TOKEN=prt_wrong")
				if text := fmt.Sprint(out, err); !strings.Contains(text, "UNAUTHENTICATED") || s.Language != "CURL" && err == nil {
					t.Errorf("to a wrong token it says %s", text)
				}
			})
		}
	}
}

// demoUser is a user of the demo.
type demoUser struct{ Email, Token string }

// userOf returns the user of the first link.
func (p *program) userOf(t *testing.T) demoUser {
	t.Helper()
	for _, u := range p.demo.Users {
		if u.Email == p.demo.Links[0].Email {
			return demoUser{u.Email, u.Token}
		}
	}
	t.Fatalf("nobody is %s", p.demo.Links[0].Email)
	return demoUser{}
}

// examples returns the examples of an affiliate, by their kind.
func (p *program) examples(t *testing.T) map[string][]snippet {
	t.Helper()
	var shown struct {
		Viewer struct {
			Examples []struct {
				Kind     string
				Snippets []snippet
			}
		}
	}
	p.query(t, p.userOf(t).Token, `{ viewer { examples { kind snippets { language code command } } } }`, &shown)
	all := map[string][]snippet{}
	for _, e := range shown.Viewer.Examples {
		all[e.Kind] = e.Snippets
	}
	return all
}

// A tracker that verifies as the examples do takes what Postrider sends, and neither what others
// send nor what is sent again later.
func postbacksAreVerified(t *testing.T, p *program) {
	token := p.everyScope(t, p.userOf(t).Email)
	for _, s := range p.examples(t)["VERIFY"] {
		t.Run(s.Language, func(t *testing.T) {
			t.Parallel()
			addr := freeAddr(t)
			var made struct {
				CreatePostback struct {
					Postbacks  []struct{ ID, SigningSecret string }
					UserErrors []struct{ Message string }
				}
			}
			p.query(t, token, fmt.Sprintf(`mutation { createPostback(input: {scope: GLOBAL, goals: ["registration"], method: POST, name: %q,
				urlTemplate: "http://%s/postback?click={click_id}&param={param_1}"}) { postbacks { id signingSecret } userErrors { message } } }`, s.Language, addr), &made)
			if len(made.CreatePostback.Postbacks) != 1 {
				t.Fatal(made.CreatePostback.UserErrors)
			}
			postback := made.CreatePostback.Postbacks[0]
			s.listen(t, addr, postback.SigningSecret)
			p.convert(t, 0, 0, "verified é&"+s.Language)
			var status int // of the newest delivery: the others' conversions fire the postback as well
			pgtest.Until(t, time.Minute, "the postback is verified", func() bool {
				status = p.statusOf(t, token, postback.ID)
				return status != 0
			})
			if status != http.StatusNoContent {
				t.Errorf("Postrider's own POST was answered %d\n%s", status, s.Code)
			}
			webhook, err := standardwebhooks.NewWebhook(postback.SigningSecret)
			if err != nil {
				t.Fatal(err)
			}
			other, err := standardwebhooks.NewWebhookRaw([]byte("another secret"))
			if err != nil {
				t.Fatal(err)
			}
			for name, c := range map[string]struct {
				by     *standardwebhooks.Webhook
				age    time.Duration
				spoils string
				want   int
			}{
				"signed now":     {webhook, 0, "", http.StatusNoContent},
				"another secret": {other, 0, "", http.StatusUnauthorized},
				"another body":   {webhook, 0, " ", http.StatusUnauthorized},
				"sent again":     {webhook, time.Hour, "", http.StatusUnauthorized},
			} {
				if got := postSigned(t, addr, c.by, time.Now().Add(-c.age), `{"click":"1"}`, c.spoils); got != c.want {
					t.Errorf("%s: %d, want %d", name, got, c.want)
				}
			}
		})
	}
}

// statusOf returns the status with which a postback's delivery was answered; zero before that.
func (p *program) statusOf(t *testing.T, token, postback string) int {
	t.Helper()
	var found struct {
		Deliveries struct {
			Edges []struct{ Node struct{ StatusCode *int } }
		}
	}
	p.query(t, token, fmt.Sprintf(`{ deliveries(first: 1, filter: {postbackIds: [%q]}) { edges { node { statusCode } } } }`, postback), &found)
	for _, e := range found.Deliveries.Edges {
		if e.Node.StatusCode != nil {
			return *e.Node.StatusCode
		}
	}
	return 0
}

// postSigned posts a body, and what spoils it, with the signature of the body.
func postSigned(t *testing.T, addr string, by *standardwebhooks.Webhook, at time.Time, body, spoils string) int {
	t.Helper()
	signature, err := by.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/postback", strings.NewReader(body+spoils))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", "v1,AAAA "+signature)
	res, err := web().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// listen runs a snippet that verifies, at an address, until the test ends.
func (s snippet) listen(t *testing.T, addr, secret string) {
	t.Helper()
	if s.Language == "CURL" {
		s.listenForShell(t, addr, secret)
		return
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	s.Code = strings.ReplaceAll(s.Code, "9000", port)
	var server []string
	if s.Language == "PHP" {
		server = []string{"-S", addr}
	}
	command := s.command(t, server...)
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Env = append(os.Environ(), "SECRET="+secret)
	var errs logTail
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	pgtest.Until(t, time.Minute, s.Language+" listens", func() bool {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

// listenForShell is the web server of the shell's snippet, which has none.
func (s snippet) listenForShell(t *testing.T, addr, secret string) {
	t.Helper()
	command := s.command(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c := exec.CommandContext(r.Context(), command[0], command[1:]...)
		c.Env = append(os.Environ(), "SECRET="+secret, "ID="+r.Header.Get("webhook-id"),
			"TIMESTAMP="+r.Header.Get("webhook-timestamp"), "SIGNATURE="+r.Header.Get("webhook-signature"))
		c.Stdin = strings.NewReader(string(body))
		if out, err := c.Output(); err != nil || string(out) != "verified\n" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
}
