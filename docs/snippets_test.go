package docs_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/snippets"
)

// The guides are for an installation at example, where everybody puts an address of their own.
var guide = snippets.Place{URL: "https://postrider.example", Tracker: "https://postrider.example/echo/KEY"}

// titles are the languages as a page calls them, and what its code blocks do.
var titles = map[snippets.Language][2]string{
	snippets.Curl: {"curl", "sh"}, snippets.PHP: {"PHP", "php"}, snippets.Python: {"Python", "python"},
	snippets.Go: {"Go", "go"}, snippets.NodeJS: {"Node.js", "js"},
}

// listed returns snippets as a page shows them: the first one open, the others to be opened.
func listed(all []snippets.Snippet) string {
	var b strings.Builder
	for i, s := range all {
		block := fmt.Sprintf("```%s\n%s```\n", titles[s.Language][1], s.Code)
		if i == 0 {
			b.WriteString(block)
			continue
		}
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n`%s`\n\n%s\n</details>\n", titles[s.Language][0], s.Command, block)
	}
	return b.String()
}

// The guides show the programs that cmd/postrider's tests run.
func TestTheGuidesHaveTheSnippets(t *testing.T) {
	call := snippets.Call{
		URL: guide.URL + "/postback/casino", Query: "goal=ftd&click_id=CLICK_ID&player_id=PLAYER_ID&transaction_id=TRANSACTION_ID&amount=25.50&currency=EUR",
		Header: inbound.DefaultSignatureHeader,
	}
	withToken, signed := call, call
	withToken.Token, signed.Signed = commission.ParamToken, true
	made(t, "operators.md", "report", listed(snippets.Report(withToken)))
	made(t, "operators.md", "signed", listed(snippets.Report(signed)))
	made(t, "api.md", "query", listed(snippets.Examples(snippets.Query, guide)))
	made(t, "api.md", "mutation", listed(snippets.Examples(snippets.Mutation, guide)))
	made(t, "api.md", "verify", listed(snippets.Examples(snippets.Verify, guide)))
}

// results says what each result of a call means to an operator.
var results = map[intake.Result]string{
	intake.Recorded:           "a new conversion; its postbacks are queued already",
	intake.Duplicate:          "we have it: the same transaction, or the same player for a goal that a player reaches once. Also an older report that comes late. `differs` lists what it says otherwise, which changes nothing",
	intake.Updated:            "we had it, and its status, amount, currency, payout or time has changed; `differs` lists from what to what",
	intake.Unattributed:       "kept, but we know neither the click nor the player; staff can attribute it later",
	intake.Unmapped:           "kept, but nobody has mapped your word for its goal yet; it counts, as of its time, once our staff do",
	intake.Clash:              "kept for our staff: the transaction is recorded with another click or player, which `differs` names; neither changes the other",
	intake.Tested:             "the integration is in test mode, or the call says `test=1`: the call is right, and nothing was recorded",
	intake.Invalid:            "`errors` names each field that is wrong. Nothing was recorded",
	intake.Unauthorized:       "the token, the signature, its time or your address is wrong, or https is required",
	intake.UnknownIntegration: "the URL is wrong, or the integration is disabled",
	intake.RateLimited:        "too many calls: wait for `Retry-After` seconds",
}

// The page for operators has every answer, with the status that it comes with, and every parameter.
func TestTheAnswersToOperators(t *testing.T) {
	var b strings.Builder
	b.WriteString("| HTTP | `result` | |\n| --- | --- | --- |\n")
	for _, r := range intake.Results() {
		if results[r] == "" {
			t.Errorf("%s is not explained", r)
		}
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", r.StatusCode(), r, results[r])
	}
	made(t, "operators.md", "answers", b.String())
	page := read(t, "operators.md")
	for _, p := range commission.Parameters() {
		if !strings.Contains(page, "\n| `"+p+"` | ") {
			t.Errorf("operators.md does not list the parameter %s", p)
		}
	}
	for _, g := range commission.BuiltInGoals() {
		if !strings.Contains(page, "`"+g.Key+"`") {
			t.Errorf("operators.md does not name the goal %s", g.Key)
		}
	}
}

// signedCall is a call that an operator signed.
type signedCall struct {
	is     string
	call   inbound.Call
	stamp  string // the time of signing, in the header X-Time
	signed string // what is signed
}

var signedCalls = []signedCall{
	{"GET", inbound.Call{Method: http.MethodGet, RawQuery: "goal=ftd&click_id=0199f3c64d1e7a529f0e8f6f5e0f9c11&player_id=p-42&amount=25.50&currency=EUR"}, "", ""},
	{"POST, JSON", inbound.Call{Method: http.MethodPost, ContentType: "application/json", Body: []byte(`{"goal":"deposit","player_id":"p-42","transaction_id":"t-1","amount":"25.50"}`)}, "", ""},
	{"GET, signed at `1781258400`", inbound.Call{Method: http.MethodGet, RawQuery: "goal=registration&player_id=p-42"}, "1781258400", "1781258400."},
}

// An operator's signatures on the page are those that we take.
func TestTheSignaturesOfOperators(t *testing.T) {
	const key = "operator-test-key"
	var b strings.Builder
	for _, c := range signedCalls {
		sent := c.call.RawQuery
		if len(c.call.Body) > 0 {
			sent = string(c.call.Body)
		}
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(c.signed + sent))
		signature := hex.EncodeToString(mac.Sum(nil))
		fmt.Fprintf(&b, "%s:\n\n```text\n%s\n\nX-Signature: %s\n```\n\n", c.is, c.signed+sent, signature)
		c.call.Header = http.Header{inbound.DefaultSignatureHeader: {signature}}
		integration := inbound.Integration{RequireSignature: true, Secrets: []inbound.Secret{{Kind: inbound.HMAC, Value: key}}}
		if c.stamp != "" {
			c.call.Header.Set("X-Time", c.stamp)
			integration.TimestampName, integration.TimestampWindow = "X-Time", 5*time.Minute
		}
		if a, err := integration.Admit(&c.call, time.Unix(1781258400, 0)); a.Refused != "" || err != nil {
			t.Errorf("%s: %s, %v", c.is, a.Refused, err)
		}
	}
	made(t, "operators.md", "signatures", strings.TrimSuffix(b.String(), "\n"))
}

// Our own signature on the page is what Standard Webhooks' library verifies.
func TestTheSignatureOfOurPosts(t *testing.T) {
	const secret, id, stamp, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "0199f3c64d1e7a529f0e8f6f5e0f9c11", "1781258400", `{"cid":"abc d&é","status":"approved"}`
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "." + body))
	signature := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	made(t, "api.md", "webhook", fmt.Sprintf("```text\nsigningSecret: %s\n\nwebhook-id: %s\nwebhook-timestamp: %s\nwebhook-signature: %s\n\n%s\n```\n", secret, id, stamp, signature, body))
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", signature)
	if err := webhook.VerifyIgnoringTimestamp([]byte(body), h); err != nil {
		t.Error(err)
	}
}

// The API's page names the codes that a program acts on, and only codes that there are.
func TestTheCodesOfTheAPI(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "api.md"), "| code | what to do |")
	table, _, _ = strings.Cut(table, "\n\n")
	known := map[string]bool{}
	for _, c := range problem.Codes() {
		known[string(c)] = true
	}
	parts := strings.Split(table, "`")
	named := 0
	for i := 1; i < len(parts); i += 2 {
		if parts[i] == strings.ToUpper(parts[i]) {
			named++
			if !known[parts[i]] {
				t.Errorf("api.md explains the code %s, which there is not", parts[i])
			}
		}
	}
	if named < 8 {
		t.Errorf("api.md explains %d codes", named)
	}
}
