package intake_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/prometheus/client_golang/prometheus"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/receivedpostback"
	"postrider/internal/config"
	"postrider/server"
)

const callsFile = "testdata/calls.txt"

// wire is the world of the corpus, over HTTP.
type wire struct {
	*calls

	addr string
	sent int // calls, for transaction ids of their own
}

// newWire serves operators' calls beside a web app, as the program does.
func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{calls: newCalls(t)}
	log := slog.New(slog.DiscardHandler)
	var trusted config.Prefixes
	w.must(trusted.UnmarshalText([]byte("127.0.0.0/8")))
	s, err := server.New(server.Params{
		Config: &config.Config{PublicURL: "http://localhost", TrustedProxies: trusted}, Log: log, Metrics: prometheus.NewRegistry(),
		Web:    fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Postrider</title>")}},
		Ready:  func(context.Context) error { return nil },
		Routes: []server.Route{{Pattern: "/postback/{integration}", Handler: server.Postback(w.in, log), Prefix: "postback", Open: true}},
	})
	w.must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	served := make(chan error)
	go func() { served <- s.Serve(listener) }()
	t.Cleanup(func() {
		w.must(s.Close())
		w.must(<-served)
	})
	w.addr = listener.Addr().String()
	return w
}

// request makes the bytes of a request of the corpus:
//
//	INTEGRATION METHOD TARGET | Header: value | … | body TEXT
//
// {key}, {token}, {hmac} and {tx} stand for those of the integration and for a new transaction. TEXT in
// quotes has escapes as in Go; `gzip TEXT` and `deflate TEXT` are packed.
func (w *wire) request(line string) []byte {
	w.sent++
	name, rest, _ := strings.Cut(line, " ")
	in := w.integrations[name]
	rest = strings.NewReplacer("{key}", in.Key, "{KEY}", strings.ToUpper(in.Key), "{hmac}", in.HMAC, "{tx}", fmt.Sprintf("T%d", w.sent)).Replace(rest)
	parts := strings.Split(w.fill(rest, in), " | ")
	method, target, _ := strings.Cut(parts[0], " ")
	headers, body := []string{"Host: localhost", "Connection: close"}, ""
	for _, part := range parts[1:] {
		kind, text, _ := strings.Cut(part, " ")
		if strings.HasSuffix(kind, ":") {
			headers = append(headers, part)
			continue
		}
		body = text
		if strings.HasPrefix(text, `"`) {
			var err error
			body, err = strconv.Unquote(text)
			w.must(err)
		}
		body = string(packed(kind, []byte(body)))
	}
	if body != "" {
		headers = append(headers, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	return []byte(method + " " + target + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + body)
}

func packed(coding string, text []byte) []byte {
	var b bytes.Buffer
	var to io.WriteCloser
	switch coding {
	case "gzip":
		to = gzip.NewWriter(&b)
	case "deflate":
		to = zlib.NewWriter(&b)
	default:
		return text
	}
	_, _ = to.Write(text)
	_ = to.Close()
	return b.Bytes()
}

// send sends the bytes of a request and returns the answer.
func (w *wire) send(request []byte) (*http.Response, []byte) {
	conn, err := net.Dial("tcp", w.addr)
	w.must(err)
	defer func() { _ = conn.Close() }()
	_, err = conn.Write(request)
	w.must(err)
	method, _, _ := strings.Cut(string(request), " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	w.must(err)
	return res, body
}

// reply is the answer to a call.
type reply struct {
	Status       int
	Result       string
	ConversionID string `json:"conversion_id"`
	Errors       []struct{ Field string }
	Results      []reply
}

// outcome returns the answer to a call, and the rows of the inbound log that it made.
func (w *wire) outcome(line string) []string {
	before := w.rows(0)
	res, body := w.send(w.request(line))
	var answer reply
	if len(body) > 0 {
		if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			w.t.Errorf("%s: a machine is answered %s", line, kind)
		}
		w.must(json.Unmarshal(body, &answer))
	}
	answer.Status = res.StatusCode
	list := []reply{answer}
	if answer.Results != nil {
		list = answer.Results
	}
	rows := w.rows(len(before))
	if len(rows) != len(list) {
		w.t.Errorf("%s: %d answers, and %d rows in the inbound log", line, len(list), len(rows))
	}
	outcomes := []string{}
	for i, a := range list {
		if i < len(rows) {
			outcomes = append(outcomes, w.told(a)+" | "+w.logged(rows[i]))
		}
	}
	if allow := res.Header.Get("Allow"); allow != "" {
		outcomes[0] = "Allow " + allow + ": " + outcomes[0]
	}
	return outcomes
}

// told describes the answer to an event, and the conversion that it names.
func (w *wire) told(a reply) string {
	text := strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, a.Result))
	for _, e := range a.Errors {
		text += " " + e.Field
	}
	if a.ConversionID == "" {
		return text
	}
	id, err := uuid.FromString(a.ConversionID)
	w.must(err)
	row, err := w.client.Conversion.Get(w.ctx, id)
	w.must(err)
	amount := "-"
	if row.Amount != nil {
		amount = commission.FormatAmount(*row.Amount)
	}
	paid := ""
	if row.ReportedPayout != nil {
		paid = " payout " + commission.FormatAmount(*row.ReportedPayout) + " " + row.ReportedPayoutCurrency
	}
	return fmt.Sprintf("%s: %s %s %s %s%s", text, row.Goal, row.Status, amount, row.Currency, paid)
}

// logged describes a row of the inbound log, in which no secret may stand.
func (w *wire) logged(row *db.ReceivedPostback) string {
	text := strings.Join([]string{said(row), row.IntegrationKey, row.Query, row.Body}, " | ")
	everything := text + fmt.Sprint(row.Headers)
	for _, in := range w.integrations {
		if strings.Contains(everything, in.Token) || strings.Contains(everything, in.HMAC) {
			w.t.Errorf("a secret stands in the log: %s", everything)
		}
	}
	text = hexIDs.ReplaceAllString(text, "{id}")
	text = regexp.MustCompile(`integration-\d+`).ReplaceAllString(text, "{key}")
	const longest = 400
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text)
}

// rows returns the rows of the inbound log, oldest first, without the first ones.
func (w *wire) rows(without int) []*db.ReceivedPostback {
	rows, err := w.client.ReceivedPostback.Query().Order(receivedpostback.ByID()).Offset(without).All(w.ctx)
	w.must(err)
	return rows
}

// Every line that begins with > is a request as bytes; the lines after it are what became of each of
// its events: answer and conversion | reason, key, query and body of the inbound log.
func TestCallsAsTheyArrive(t *testing.T) {
	w := newWire(t)
	text, err := os.ReadFile(callsFile)
	w.must(err)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	var written []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		written = append(written, line)
		if strings.HasPrefix(line, "== ") {
			w.clicks = map[string]string{}
			w.later(time.Minute)
		}
		request, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		var want []string
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
			i++
			want = append(want, lines[i][2:])
		}
		got := w.outcome(request)
		for _, outcome := range got {
			written = append(written, "  "+outcome)
		}
		if !slices.Equal(got, want) && !*updateInbound {
			t.Errorf("%s\n got %s\nwant %s", request, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if *updateInbound {
		w.must(os.WriteFile(callsFile, []byte(strings.Join(written, "\n")+"\n"), 0o644))
	}
}
