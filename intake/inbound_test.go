package intake_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/pgtest"
)

var updateInbound = flag.Bool("update-inbound", false, "write testdata/inbound.txt anew; read each line that changes")

const inboundFile = "testdata/inbound.txt"

// calls is the world of the corpus of inbound requests: one affiliate, one offer with a
// qualification, and integrations of every kind.
type calls struct {
	*world

	integrations map[string]pgtest.Inlet
	clicks       map[string]string // by their names in the cases
}

func newCalls(t *testing.T) *calls {
	t.Helper()
	w := &calls{world: setup(t), integrations: map[string]pgtest.Inlet{}}
	for _, goal := range []string{"registration", "ftd", "deposit", "cpa", "net_revenue"} {
		pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(goal))
		pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(goal, commission.Rejected, commission.Cancelled))
	}
	rule := commission.Qualification{Goals: []string{"registration", "ftd"}, MinDeposit: decimal.NewFromInt(20)}
	w.must(w.client.Offer.UpdateOneID(w.Offer).SetQualification(&rule).SetAttributionWindowDays(30).Exec(w.ctx))
	w.must(w.client.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.RequireFromString("1.25")).
		SetValidFrom(pgtest.Now.AddDate(-1, 0, 0)).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	integration := func(name string, options ...func(*db.IntegrationCreate)) {
		w.integrations[name] = pgtest.Integration(t, w.d, w.Offer, options...)
	}
	integration("token")
	integration("open", func(s *db.IntegrationCreate) { s.SetRequireToken(false) })
	integration("signed", func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRequireSignature(true) })
	integration("stamped", func(s *db.IntegrationCreate) {
		s.SetRequireToken(false).SetRequireSignature(true).SetTimestampName("X-Time").SetTimestampWindow(300).SetSignatureHeader("X-Sign")
	})
	integration("both", func(s *db.IntegrationCreate) { s.SetRequireSignature(true) })
	integration("listed", func(s *db.IntegrationCreate) {
		s.SetRequireToken(false).SetAllowedAddresses([]string{"203.0.113.0/24", "2001:db8::7"})
	})
	integration("https", func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRequireHTTPS(true) })
	integration("off", func(s *db.IntegrationCreate) { s.SetEnabled(false) })
	integration("testing", func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetTestMode(true) })
	integration("slow", func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRateLimit(1) })
	integration("dialect", func(s *db.IntegrationCreate) {
		s.SetCurrency("USD").
			SetParameterMapping(map[string]string{
				"click_id": "data.sub", "player_id": "data.user.id", "goal": "event", "amount": "data.sum.value", "currency": "data.sum.cur",
				"transaction_id": "id", "status": "data.state", "token": "auth.key",
			}).
			SetGoalMapping(map[string]string{"FIRST_DEPOSIT": "ftd", "signup": "registration", "dep": "deposit"}).
			SetStatusMapping(map[string]string{"ok": "approved", "Charge Back": "cancelled", "wait": "pending"})
	})
	integration("ftds", func(s *db.IntegrationCreate) {
		s.SetRequireToken(false).SetParameterMapping(map[string]string{"goal": "=ftd", "click_id": "sub1", "amount": "sum"})
	})
	integration("testmapped", func(s *db.IntegrationCreate) {
		s.SetRequireToken(false).SetParameterMapping(map[string]string{"test": "is_demo"})
	})
	return w
}

var placeholder = regexp.MustCompile(`\{([a-z]+)(\d*)\}`)

// fill replaces the placeholders of a case: clicks that it made, the integration's secrets,
// long texts.
func (w *calls) fill(text string, integration pgtest.Inlet) string {
	return placeholder.ReplaceAllStringFunc(text, func(whole string) string {
		m := placeholder.FindStringSubmatch(whole)
		switch m[1] {
		case "click", "foreign", "old":
			if w.clicks[whole] == "" {
				w.clicks[whole] = hex(w.makeClick(m[1]))
			}
			return w.clicks[whole]
		case "upper":
			return strings.ToUpper(w.fill("{click}", integration))
		case "dashed":
			return uuid.Must(uuid.FromString(w.fill("{click}", integration))).String()
		case "token":
			return integration.Token
		case "long":
			n, _ := strconv.Atoi(m[2])
			return strings.Repeat("x", n)
		case "many":
			n, _ := strconv.Atoi(m[2])
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "&p%d=1", i)
			}
			return b.String()
		case "at":
			return strconv.FormatInt(w.now.Unix(), 10)
		}
		return whole
	})
}

func (w *calls) makeClick(kind string) uuid.UUID {
	link := w.Link
	at := pgtest.Now
	switch kind {
	case "foreign":
		link = pgtest.Campaign(w.t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: pgtest.Offer(w.t, w.d, func(c *db.OfferCreate) { c.SetOperator("Somebody else") })})
	case "old":
		at = at.AddDate(0, 0, -31)
	}
	id, err := uuid.NewV7AtTime(at)
	w.must(err)
	return pgtest.Click(w.t, w.d, link, func(c *db.ClickCreate) { c.SetID(id).SetClickedAt(at) })
}

// call reads a request of the corpus:
//
//	INTEGRATION METHOD [json|form|TYPE] TEXT [!OPTION …]
//
// Options: !key K, !sign K, !stamp SECONDS, !from ADDRESS, !https, !big.
func (w *calls) call(line string) inbound.Call {
	line, options, _ := strings.Cut(line, " !")
	name, rest, _ := strings.Cut(line, " ")
	method, rest, _ := strings.Cut(rest, " ")
	integration := w.integrations[name]
	c := inbound.Call{IntegrationKey: integration.Key, Method: method, Header: http.Header{}, Address: netip.MustParseAddr("198.51.100.7")}
	if integration.Key == "" {
		c.IntegrationKey = name
	}
	if method == "POST" {
		kind, body, _ := strings.Cut(rest, " ")
		c.ContentType = map[string]string{"json": "application/json", "form": "application/x-www-form-urlencoded", "none": ""}[kind]
		if strings.Contains(kind, "/") {
			c.ContentType = kind
		}
		c.Body = []byte(w.fill(body, integration))
	} else {
		c.RawQuery = w.fill(rest, integration)
	}
	if name == "token" || name == "both" {
		if !strings.Contains(options, "bare") {
			c.RawQuery = strings.TrimPrefix(c.RawQuery+"&token="+integration.Token, "&")
		}
	}
	if options != "" {
		for option := range strings.SplitSeq(options, " !") {
			w.option(&c, integration, option)
		}
	}
	return c
}

func (w *calls) option(c *inbound.Call, integration pgtest.Inlet, option string) {
	word, value, _ := strings.Cut(strings.TrimSpace(option), " ")
	text := c.RawQuery
	if len(c.Body) > 0 {
		text = string(c.Body)
	}
	key := integration.HMAC
	if value == "wrong" {
		key = integration.Token
	}
	header := func(name, v string) { c.Header.Add(name, v) }
	switch word {
	case "bare":
	case "sign":
		c.RawQuery = strings.TrimPrefix(c.RawQuery+"&signature="+sign(key, text), "&")
	case "signhead":
		header("X-Signature", sign(key, text))
	case "stamp": // signs with a timestamp that is so many seconds off
		off, _ := strconv.ParseInt(value, 10, 64)
		at := strconv.FormatInt(w.now.Unix()+off, 10)
		header("X-Time", at)
		header("X-Sign", sign(integration.HMAC, at+"."+text))
	case "unstamped":
		header("X-Sign", sign(integration.HMAC, text))
	case "from":
		c.Address = netip.MustParseAddr(value)
	case "https":
		c.Secure = true
	case "big":
		c.Truncated = true
	default:
		w.t.Fatalf("the corpus knows no !%s", word)
	}
}

var hexIDs = regexp.MustCompile(`[0-9a-f]{32}`)

// outcome returns the outcome of a call: answer | stored | reason | fired.
func (w *calls) outcome(c inbound.Call) string {
	before := w.fired()
	a := w.receive(c)
	stored := "nothing"
	if a.ConversionID != "" {
		row := w.conversion(a)
		amount, payout, whose := "-", "-", "nobody's"
		if row.Amount != nil {
			amount = commission.FormatAmount(*row.Amount)
		}
		if row.Payout != nil {
			payout = commission.FormatAmount(*row.Payout) + " " + row.PayoutCurrency
		}
		if row.AffiliateID != nil {
			whose = "by " + row.AttributedBy
		}
		stored = fmt.Sprintf("%s %s %s %s pays %s %s", row.Goal, row.Status, amount, row.Currency, payout, whose)
		if row.ReportedStatus != "" {
			stored += fmt.Sprintf(" said %q", row.ReportedStatus)
		}
	}
	var errs []string
	for _, e := range a.Errors {
		errs = append(errs, e.Field)
	}
	answer := fmt.Sprintf("%d %s", a.StatusCode, a.Result)
	if len(errs) > 0 {
		answer += " " + strings.Join(errs, ",")
	}
	entry := w.last()
	if entry.Result != string(a.Result) || entry.StatusCode != a.StatusCode {
		w.t.Errorf("the log says %s %d, the answer %s", entry.Result, entry.StatusCode, answer)
	}
	for _, s := range w.integrations {
		if strings.Contains(entry.Query+entry.Body+said(entry), s.Token) || strings.Contains(entry.Query+entry.Body, s.HMAC) {
			w.t.Errorf("a secret stands in the log: %s %s", entry.Query, entry.Body)
		}
	}
	var news []string
	for id, what := range w.fired() {
		if before[id] == "" {
			news = append(news, what)
		}
	}
	slices.Sort(news)
	fired := strings.Join(news, " ")
	if fired == "" {
		fired = "nothing"
	}
	reason := hexIDs.ReplaceAllString(said(entry), "{id}")
	reason = regexp.MustCompile(`integration-\d+`).ReplaceAllString(reason, "{key}")
	reason = regexp.MustCompile(`signature is [0-9T:Z-]+`).ReplaceAllString(reason, "signature is {time}")
	const longest = 160
	if len(reason) > longest {
		reason = reason[:longest] + "…"
	}
	return strings.Join([]string{answer, stored, reason, "fired " + fired}, " | ")
}

// said returns what the inbound log says of a call: reason [cause] (note) (note).
func said(entry *db.ReceivedPostback) string {
	text := entry.Reason
	if entry.Cause != nil {
		text += " [" + string(*entry.Cause) + "]"
	}
	for _, note := range entry.Notes {
		text += " (" + note + ")"
	}
	return text
}

// fired returns the content of every delivery.
func (w *calls) fired() map[uuid.UUID]string {
	w.t.Helper()
	rows, err := w.client.Delivery.Query().All(w.ctx)
	w.must(err)
	found := make(map[uuid.UUID]string, len(rows))
	for _, d := range rows {
		found[d.ID] = d.Goal + ":" + string(d.Status)
	}
	return found
}

// Every line that begins with > is a request; the line after it is its outcome: answer |
// stored state | reason, cause and notes in the inbound log | what was fired.
func TestInboundCorpus(t *testing.T) {
	w := newCalls(t)
	text, err := os.ReadFile(inboundFile)
	w.must(err)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	var written []string
	requests := 0
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		written = append(written, line)
		if strings.HasPrefix(line, "== ") {
			w.clicks = map[string]string{}
		}
		if wait, ok := strings.CutPrefix(line, "~ "); ok {
			d, err := time.ParseDuration(wait)
			w.must(err)
			w.later(d)
		}
		request, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		requests++
		got := "  " + w.outcome(w.call(request))
		want := ""
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
			i++
			want = lines[i]
		}
		written = append(written, got)
		if got != want && !*updateInbound {
			t.Errorf("line %d: %s\n got %s\nwant %s", i, request, strings.TrimSpace(got), strings.TrimSpace(want))
		}
	}
	if found := w.contradictions(); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	if n := w.count(`SELECT count(*) FROM received_postbacks`); n != requests {
		t.Errorf("%d calls are in the received log, and %d came", n, requests)
	}
	if requests < 150 {
		t.Errorf("the corpus has %d requests, want 150", requests)
	}
	if *updateInbound && !slices.Equal(written, lines) {
		w.must(os.WriteFile(inboundFile, []byte(strings.Join(written, "\n")+"\n"), 0o644))
	}
}
