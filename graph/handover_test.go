package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// What is handed over has the token only in the answer to whoever reveals it.
func TestTheTokenIsInTheURLOnlyOnceItIsRevealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := pgtest.Integration(t, w.db, w.offer, func(c *db.IntegrationCreate) {
		c.SetPlatform("posh-partners").SetParameterMapping(map[string]string{"click_id": "cid"})
	})
	id := globalid.Int("Integration", made.ID)
	session := w.session(t, w.user(t, viewer.Manager, 0).Email)
	res := w.post(t, session, fmt.Sprintf(`{ node(id: %q) { ... on Integration { platform { key } handOver { goal url } } } }`, id), nil)
	if res.at(t, "node", "platform", "key") != "posh-partners" || strings.Contains(res.body, made.Token) {
		t.Errorf("without being asked: %s", res.body)
	}
	want := "/postback/" + made.Key + "?token=TOKEN&goal=registration&cid={transaction_id}&amount={amount}"
	if url, _ := res.at(t, "node", "handOver", 0, "url").(string); !strings.HasSuffix(url, want) {
		t.Errorf("%s, want …%s", url, want)
	}
	reveal := `mutation { revealIntegrationSecret(input: {integrationId: %q, kind: %s}) { secret handOver { goal url } userErrors { message } } }`
	res = w.post(t, session, fmt.Sprintf(reveal, id, "TOKEN"), nil)
	if url, _ := res.at(t, "revealIntegrationSecret", "handOver", 1, "url").(string); !strings.Contains(url, "?token="+made.Token+"&goal=ftd&") {
		t.Errorf("revealed: %s", url)
	}
	res = w.post(t, session, fmt.Sprintf(reveal, id, "HMAC"), nil)
	if list := res.at(t, "revealIntegrationSecret", "handOver").([]any); len(list) != 0 || strings.Contains(res.body, made.Token) {
		t.Errorf("a signing key: %s", res.body)
	}
}
