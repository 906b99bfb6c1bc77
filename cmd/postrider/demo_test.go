package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"postrider/demo"
	"postrider/internal/globalid"
	"postrider/internal/secret"
	"postrider/pgtest"
)

// demoJSON is what `postrider demo --json` prints.
type demoJSON struct {
	Users []struct {
		Email, Password, Role, Token string
		AffiliateID                  *string
	}
	Links []struct {
		Code, URL, Email, OfferID string
		CampaignID                *string
	}
	Integrations []struct {
		Key, OfferID      string
		Token, HMACSecret *string
	}
}

// program is a running `postrider all --demo`, and how to reach it.
type program struct {
	flags []string // for commands that go with it
	url   string
	db    *pgtest.DB
	key   *secret.Ring
	out   string // what it printed before it was ready
	demo  demoJSON
}

// startDemo runs the real program with a small demo until the test ends.
func startDemo(t *testing.T, flags ...string) *program {
	t.Helper()
	addr := freeAddr(t)
	text := secret.NewKey()
	key, err := secret.ParseRing(text)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{url: "http://" + addr, db: pgtest.Empty(t), key: key}
	p.flags = []string{"--database-url=" + p.db.URL, "--key=" + text, "--data=" + t.TempDir(), "--public-url=" + p.url, "--allow-private-targets"}
	args := append([]string{"all", "--demo", "--demo-clicks=800", "--addr=" + addr}, p.flags...)
	p.out = startProgram(t, append(args, flags...), "Operators report")
	out, errs, code := postrider(t, append([]string{"demo", "--json"}, p.flags...)...)
	if code != 0 {
		t.Fatalf("demo --json: %d %s", code, errs)
	}
	if err := json.Unmarshal([]byte(out), &p.demo); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return p
}

// startProgram runs a command until the test ends, and returns its output up to the line that
// shows that it is ready.
func startProgram(t *testing.T, args []string, ready string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	read, write := io.Pipe()
	var tasks sync.WaitGroup
	tasks.Go(func() {
		if code := run(ctx, args, nil, write, io.Discard); code != 0 {
			t.Errorf("%q ended with %d", args, code)
		}
		_ = write.Close()
	})
	t.Cleanup(func() {
		cancel()
		tasks.Wait()
	})
	var printed strings.Builder
	lines := bufio.NewScanner(read)
	for lines.Scan() {
		printed.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), ready) {
			tasks.Go(func() { _, _ = io.Copy(io.Discard, read) })
			return printed.String()
		}
	}
	t.Fatalf("%q was not ready: %s", args, printed.String())
	return ""
}

// freeAddr returns an unused address.
func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// web returns a client that keeps no connection and follows no redirect.
func web() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// query queries the API with a token, or with none.
func (p *program) query(t *testing.T, token, query string, into any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := web().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := struct {
		Data   any
		Errors []struct{ Message string }
	}{Data: into}
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v in %s", err, text)
	}
}

// convert sends a player through a link and reports a registration of it. It
// returns our click id.
func (p *program) convert(t *testing.T, link, integration int, param string) string {
	t.Helper()
	res, err := web().Get(p.demo.Links[link].URL + "?param_1=" + url.QueryEscape(param))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	target, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound {
		t.Fatalf("the click: %d to %s", res.StatusCode, target)
	}
	click := target.Query().Get("cid")
	s := p.demo.Integrations[integration]
	res, err = web().Get(p.url + "/postback/" + s.Key + "?goal=registration&click_id=" + click + "&token=" + *s.Token)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("the operator's call: %d", res.StatusCode)
	}
	return click
}

func TestDemoPrintsJSONAlone(t *testing.T) {
	t.Parallel()
	flags := []string{"--database-url=" + pgtest.Empty(t).URL, "--data=" + t.TempDir(), "--public-url=https://links.test"}
	out, errs, code := postrider(t, append([]string{"demo", "--json", "--clicks=300"}, flags...)...)
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	var raw map[string][]map[string]any
	if err := json.Unmarshal([]byte(out), &raw); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for list, fields := range map[string][]string{
		"users": {"email", "password", "role", "affiliateId", "token"}, "links": {"code", "url", "email", "campaignId", "offerId"},
		"integrations": {"key", "token", "hmacSecret", "offerId"},
	} {
		if len(raw[list]) == 0 {
			t.Errorf("no %s", list)
		}
		for _, entry := range raw[list] {
			for _, field := range fields {
				if _, there := entry[field]; !there || len(entry) != len(fields) {
					t.Fatalf("%s are %v, want %v", list, entry, fields)
				}
			}
		}
	}
	kinds := map[string]string{"affiliateId": "Affiliate", "campaignId": "Campaign", "offerId": "Offer"}
	for _, entry := range append(append(raw["users"], raw["links"]...), raw["integrations"]...) {
		for field, kind := range kinds {
			if id, _ := entry[field].(string); id != "" {
				if parsed, ok := globalid.Parse(id); !ok || parsed.Kind != kind {
					t.Errorf("%s is %q", field, id)
				}
			}
		}
	}
	if raw["integrations"][0]["token"] == nil || raw["integrations"][1]["hmacSecret"] == nil {
		t.Errorf("the integrations are %v", raw["integrations"])
	}
	t.Run("a second time it is refused", func(t *testing.T) {
		out, errs, code := postrider(t, append([]string{"demo"}, flags...)...)
		if code != 1 || out != "" || !strings.Contains(errs, demo.ErrNotEmpty.Error()) {
			t.Errorf("%d %s%s", code, out, errs)
		}
	})
}

func TestDemoLeavesSomebodysDataAlone(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if _, err := db.SQL.ExecContext(t.Context(), `INSERT INTO affiliates (name, echo_key, created_at) VALUES ('Own', 'own', now())`); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--database-url=" + db.URL, "--data=" + t.TempDir()}
	for _, args := range [][]string{{"demo"}, {"demo", "--json"}, {"demo", "--live"}} {
		if _, errs, code := postrider(t, append(args, flags...)...); code != 1 || !strings.Contains(errs, "not empty") {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
	out := startProgram(t, append([]string{"all", "--demo", "--addr=127.0.0.1:0"}, flags...), "no demo data")
	if strings.Contains(out, demo.Password) {
		t.Errorf("it offers users: %s", out)
	}
}

func TestAllWithDemo(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	if !strings.Contains(p.out, p.url) || !strings.Contains(p.out, "mara@brightreels.example") || !strings.Contains(p.out, "prt_") {
		t.Errorf("it printed %s", p.out)
	}
	t.Run("the sign-in page offers the demo's users", func(t *testing.T) {
		var got struct {
			Instance struct {
				DemoUsers []struct{ Email, Password, Role, Label string }
			}
		}
		p.query(t, "", `{instance {demoUsers {email password role label}}}`, &got)
		if len(got.Instance.DemoUsers) != len(p.demo.Users) || got.Instance.DemoUsers[0].Password != demo.Password {
			t.Errorf("%+v", got)
		}
	})
	t.Run("every token works", func(t *testing.T) {
		for _, u := range p.demo.Users {
			var got struct {
				Viewer struct {
					User      struct{ Email string }
					Affiliate *struct{ ID string }
				}
			}
			p.query(t, u.Token, `{viewer {user {email} affiliate {id}}}`, &got)
			if got.Viewer.User.Email != u.Email || (u.AffiliateID != nil) != (got.Viewer.Affiliate != nil) ||
				u.AffiliateID != nil && *u.AffiliateID != got.Viewer.Affiliate.ID {
				t.Errorf("%+v is %+v", u, got)
			}
		}
	})
	t.Run("a later start shows the users without tokens", func(t *testing.T) {
		out := startProgram(t, append([]string{"all", "--demo", "--demo-rate=0", "--addr=127.0.0.1:0"}, p.flags...), "Operators report")
		if strings.Contains(out, "prt_") || !strings.Contains(out, "postrider token create") || !strings.Contains(out, demo.Password) {
			t.Errorf("it printed %s", out)
		}
	})
	t.Run("without --demo no password is shown", func(t *testing.T) {
		app := startApp(t, p.flags...)
		other := &program{url: app.URL()}
		var got struct {
			Instance struct{ DemoUsers []struct{ Password string } }
		}
		other.query(t, "", `{instance {demoUsers {password}}}`, &got)
		if len(got.Instance.DemoUsers) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestLiveTrafficGoesThroughTheTrueRoutes(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--demo-rate=0")
	network, err := demo.Find(t.Context(), p.db.SQL, p.key)
	if err != nil {
		t.Fatal(err)
	}
	var clicks, clicksBefore, conversions int
	if err := p.db.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM clicks`).Scan(&clicksBefore); err != nil {
		t.Fatal(err)
	}
	seen := make(chan demo.Request, 1)
	ctx, cancel := context.WithCancel(t.Context())
	var tasks sync.WaitGroup
	tasks.Go(func() {
		demo.NewTraffic(demo.TrafficConfig{
			Network: network, URL: p.url, Rate: 100, Pace: 200, Log: slog.New(slog.DiscardHandler),
			Saw: func(r demo.Request) {
				select {
				case seen <- r:
				case <-ctx.Done():
				}
			},
		}).Run(ctx)
	})
	answered := map[string]int{}
	for answered["click"] < 20 || answered["registration"] < 5 || answered["ftd"] < 2 {
		r := <-seen
		switch {
		case r.Goal == "" && r.Status == http.StatusFound:
			answered["click"]++
		case r.Status == http.StatusCreated:
			answered[r.Goal]++
		}
	}
	cancel()
	tasks.Wait()
	err = p.db.SQL.QueryRowContext(t.Context(), `
		SELECT (SELECT count(*) FROM clicks) - $1,
		  (SELECT count(*) FROM conversions WHERE affiliate_id IS NOT NULL AND transaction_id LIKE 'TX-%-%')`, clicksBefore).Scan(&clicks, &conversions)
	if err != nil || clicks < answered["click"] || conversions < answered["ftd"] {
		t.Errorf("%d clicks, %d conversions, %v; answered %v", clicks, conversions, err, answered)
	}
	var delivered int
	for delivered == 0 { // the engine is at it
		var got struct{ EchoRequests struct{ Edges []any } }
		p.query(t, p.demo.Users[0].Token, `{echoRequests(first: 5) {edges {node {id}}}}`, &got)
		delivered = len(got.EchoRequests.Edges)
	}
}

func TestDemoLiveOutlivesItsTarget(t *testing.T) {
	t.Parallel()
	flags := []string{"--database-url=" + pgtest.Empty(t).URL, "--data=" + t.TempDir(), "--public-url=http://" + freeAddr(t), "--log=debug"}
	ctx, cancel := context.WithCancel(t.Context())
	log := &notifying{want: "a click failed", seen: make(chan struct{})}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		if code := run(ctx, append([]string{"demo", "--live", "--rate=100", "--clicks=300"}, flags...), nil, io.Discard, log); code != 0 {
			t.Errorf("code %d", code)
		}
	})
	<-log.seen
	cancel()
	tasks.Wait()
}
