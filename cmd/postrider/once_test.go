package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// repeated is a mutation with an idempotency key whose process is killed.
type repeated struct {
	mutation string // with a place for the key
	count    string // SQL that counts what it made
}

// whatIsRepeated sets up what the mutations need.
func whatIsRepeated(t *testing.T, d *pgtest.DB) map[string]repeated {
	t.Helper()
	s := pgtest.NewScene(t, d)
	p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On(commission.GoalDeposit))
	failed := pgtest.Delivery(t, d, s.Conversion(t, d).ID, p, func(c *db.DeliveryCreate) { c.SetState(outbox.Failed) })
	return map[string]repeated{
		"createCampaign": {
			fmt.Sprintf(`createCampaign(input: {name: "once", offerId: %q, affiliateId: %q, idempotencyKey: "k"}) { campaign { id } userErrors { message } }`, globalid.Int("Offer", s.Offer), globalid.Int("Affiliate", s.Affiliate)),
			`SELECT count(*) FROM campaigns WHERE name = 'once'`,
		},
		"replayDelivery": {
			fmt.Sprintf(`replayDelivery(input: {id: %q, idempotencyKey: "k"}) { delivery { id } userErrors { message } }`, failed.GlobalID()),
			`SELECT count(*) FROM deliveries WHERE replay_of IS NOT NULL`,
		},
		"createApiToken": {
			`createApiToken(input: {name: "once", idempotencyKey: "k"}) { token { id } secret userErrors { message } }`,
			`SELECT count(*) FROM api_tokens WHERE name = 'once'`,
		},
		"recordConversion": {
			fmt.Sprintf(`recordConversion(input: {integration: %q, goal: "deposit", amount: "5", clickId: %q, transactionId: "once", idempotencyKey: "k"}) { result conversion { id } userErrors { message } }`, s.Integration.Key, globalid.Hex(s.Click)),
			`SELECT count(*) + (SELECT count(*) FROM deliveries WHERE transaction_id = 'once') - 1 FROM conversions WHERE transaction_id = 'once'`,
		},
	}
}

// The program is killed with -9 before the commit of a mutation with a key, after it, or while
// PostgreSQL commits what it was sent. It is repeated: it was done once, and answers what it made.
func TestAMutationWhoseProcessIsKilledIsDoneOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the program twelve times; left out of -short")
	}
	t.Parallel()
	binary := build(t)
	for name, when := range map[string]struct {
		at     string // the statement of the key's row before which the program is killed
		commit bool   // PostgreSQL goes on all the same
	}{
		"before the commit": {"INSERT", false}, "after the commit": {"UPDATE", false}, "while it commits": {"INSERT", true},
	} {
		for _, mutation := range []string{"createCampaign", "replayDelivery", "createApiToken", "recordConversion"} {
			t.Run(name+" of "+mutation, func(t *testing.T) {
				d := pgtest.New(t)
				what := whatIsRepeated(t, d)[mutation]
				token := adminToken(t, d)
				env := append(childEnv(), "DATABASE_URL="+d.URL, "POSTRIDER_DATA="+t.TempDir(), "POSTRIDER_KEY="+pgtest.KeyText())
				unblock := blockKeys(t, d, when.at)
				first := serving(t, binary, env)
				answered := make(chan struct{})
				go func() {
					defer close(answered)
					_, _ = mutate(t.Context(), first.url, token, what.mutation)
				}()
				d.UntilBlocked(t)
				_ = first.cmd.Process.Kill()
				<-first.ended
				<-answered
				again := serving(t, binary, env)
				said := make(chan string, 1)
				if when.commit {
					go func() { said <- mustMutate(t, again.url, token, what.mutation) }()
					pgtest.Until(t, time.Minute, "both calls wait to write", func() bool {
						return holds(t, d, `SELECT count(*) = 2 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
					})
					unblock()
				} else {
					_, err := d.SQL.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`)
					if err != nil {
						t.Fatal(err)
					}
					unblock()
					said <- mustMutate(t, again.url, token, what.mutation)
				}
				payload := <-said
				if third := mustMutate(t, again.url, token, what.mutation); third != payload || !strings.Contains(payload, `"id":"`) || strings.Contains(payload, `"secret":null`) {
					t.Errorf("repeated %s\n  once more %s", payload, third)
				}
				var n int
				if err := d.SQL.QueryRowContext(t.Context(), what.count).Scan(&n); err != nil || n != 1 {
					t.Errorf("it was done %d times, %v", n, err)
				}
			})
		}
	}
}

// serving starts a program that serves, until the test is over.
func serving(t *testing.T, binary string, env []string) *child {
	t.Helper()
	c, err := startChild(binary, "serve", env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.ended
	})
	return c
}

// adminToken creates an API token of an admin's.
func adminToken(t *testing.T, d *pgtest.DB) string {
	t.Helper()
	token, digest := secret.NewToken()
	err := d.Client().ApiToken.Create().SetUserID(pgtest.User(t, d, viewer.Admin, 0)).SetName("admin").SetHash(digest).SetPrefix(secret.Hint(token)).
		SetScopes(viewer.Scopes()).SetCreatedAt(pgtest.Now).Exec(pgtest.System(t))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// blockKeys makes statements that write keys wait until unblock is called.
func blockKeys(t *testing.T, d *pgtest.DB, statement string) (unblock func()) {
	t.Helper()
	gate, err := d.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = gate.ExecContext(t.Context(), fmt.Sprintf(`
		CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
		CREATE TRIGGER waiting BEFORE %s ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION wait();
		SELECT pg_advisory_lock(7)`, statement))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := gate.ExecContext(t.Context(), `SELECT pg_advisory_unlock(7)`); err != nil {
			t.Error(err)
		}
		_ = gate.Close()
	}
}

// mutate asks for a mutation and returns its data.
func mutate(ctx context.Context, url, token, mutation string) (string, error) {
	body, err := json.Marshal(map[string]string{"query": "mutation { " + mutation + " }"})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	var answer struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal(text, &answer); err != nil || answer.Errors != nil || !strings.Contains(string(text), `"userErrors":[]`) {
		return "", fmt.Errorf("the answer is %s", text)
	}
	return string(answer.Data), nil
}

func mustMutate(t *testing.T, url, token, mutation string) string {
	data, err := mutate(t.Context(), url, token, mutation)
	if err != nil {
		t.Error(err)
	}
	return data
}
