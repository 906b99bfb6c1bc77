package intake_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	hexadecimal "encoding/hex"
	"errors"
	"flag"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"

	"postrider/backoffice"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/conversionevent"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

func TestMain(m *testing.M) {
	// Each run of the property test is a dozen transactions; -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// world is an installation with one affiliate. Its clock advances a millisecond whenever it is
// read, so that ids are in the order of their creation.
type world struct {
	pgtest.Scene

	t      *testing.T
	d      *pgtest.DB
	client *db.Client
	ctx    context.Context // Postrider's own
	in     *intake.Intake
	queue  *queue

	mu  sync.Mutex
	now time.Time
}

// queue is the real Enqueuer, until it is set to fail.
type queue struct {
	intake.Enqueuer

	fails  bool
	poison string // it fails for this endpoint only
}

// queued is the deliveries in jobs, each as q.
const queued = `(SELECT jsonb_array_elements(args -> 'deliveries') AS q FROM river_job) AS queued`

var errQueue = errors.New("the queue is broken")

func (q *queue) Enqueue(ctx context.Context, tx *pg.Pipeline, fresh []outbox.Fresh) (map[uuid.UUID]*time.Time, error) {
	claimedAt, err := q.Enqueuer.Enqueue(ctx, tx, fresh)
	if err != nil {
		return nil, err
	}
	poisoned := slices.ContainsFunc(fresh, func(d outbox.Fresh) bool { return d.Endpoint == q.poison })
	if q.fails || poisoned {
		return nil, errQueue
	}
	return claimedAt, nil
}

func setup(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	d := pgtest.New(t)
	w := &world{t: t, d: d, client: d.Client(), ctx: pgtest.System(t), Scene: pgtest.NewScene(t, d), now: pgtest.Now}
	w.queue = &queue{Enqueuer: jobs.Enqueuer{}}
	w.in = w.node()
	// What is shown of a conversion, and changes: contradictions compares it with the feed of changes.
	w.exec(`
		CREATE TABLE shown (conversion_id uuid, tx bigint, what text);
		CREATE FUNCTION show() RETURNS trigger LANGUAGE plpgsql AS $$
		DECLARE hidden text[] := '{once_key,reported_status,updated_at,replaced_by,deal_id,terms,reported_payout,reported_payout_currency}';
		BEGIN
		  IF to_jsonb(OLD) - hidden <> to_jsonb(NEW) - hidden THEN
		    INSERT INTO shown VALUES (NEW.id, txid_current(), (SELECT string_agg(key, ',') FROM jsonb_each(to_jsonb(NEW) - hidden) n WHERE n.value <> to_jsonb(OLD) -> n.key));
		  END IF;
		  RETURN NULL;
		END $$;
		CREATE TRIGGER show AFTER UPDATE ON conversions FOR EACH ROW EXECUTE FUNCTION show()`)
	return w
}

// office returns the back office over its intake.
func (w *world) office() *backoffice.Office { return &backoffice.Office{Intake: w.in} }

// node returns one more process on the same database.
func (w *world) node() *intake.Intake {
	return intake.New(intake.Config{
		DB: w.d.SQL, Enqueuer: w.queue, Secrets: pgtest.Key(w.t), Now: w.clock, Log: slog.New(slog.DiscardHandler),
		Country: func(a netip.Addr) string {
			if a == netip.MustParseAddr("203.0.113.9") {
				return "SE"
			}
			return ""
		},
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// get returns an operator's GET with the integration's token.
func (w *world) get(query string) inbound.Call {
	return inbound.Call{
		IntegrationKey: w.Integration.Key, Method: "GET", RawQuery: query + "&token=" + w.Integration.Token,
		Address: netip.MustParseAddr("198.51.100.7"),
	}
}

// post returns an operator's POST of a body, without credentials.
func (w *world) post(contentType, body string) inbound.Call {
	return inbound.Call{
		IntegrationKey: w.Integration.Key, Method: "POST", ContentType: contentType, Body: []byte(body),
		Address: netip.MustParseAddr("198.51.100.7"),
	}
}

func (w *world) receive(c inbound.Call) intake.Answer {
	w.t.Helper()
	a, err := w.in.Receive(w.t.Context(), c)
	w.must(err)
	return a
}

// report sends a GET and fails the test unless it has the wanted result.
func (w *world) report(query string, want intake.Result) intake.Answer {
	w.t.Helper()
	a := w.receive(w.get(query))
	if a.Result != want {
		w.t.Fatalf("%s: %+v, want %s", query, a, want)
	}
	return a
}

// click returns the scene's click id, as the operator sends it.
func (w *world) click() string { return globalid.Hex(w.Click) }

// conversion reads the conversion of an answer.
func (w *world) conversion(a intake.Answer) *db.Conversion {
	w.t.Helper()
	id, err := uuid.FromString(a.ConversionID)
	w.must(err)
	c, err := w.client.Conversion.Get(w.ctx, id)
	w.must(err)
	return c
}

// events returns the steps of a conversion, oldest first.
func (w *world) events(a intake.Answer) []*db.ConversionEvent {
	w.t.Helper()
	events, err := w.client.ConversionEvent.Query().Where(conversionevent.ConversionID(w.conversion(a).ID)).
		Order(conversionevent.ByID()).All(w.ctx)
	w.must(err)
	return events
}

// count runs a query that counts.
func (w *world) count(query string) int {
	w.t.Helper()
	var n int
	w.must(w.d.SQL.QueryRowContext(w.t.Context(), query).Scan(&n))
	return n
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.d.SQL.ExecContext(w.t.Context(), query, args...)
	w.must(err)
}

// last returns the newest entry of the inbound log.
func (w *world) last() *db.ReceivedPostback {
	w.t.Helper()
	entries, err := w.client.ReceivedPostback.Query().All(w.ctx)
	w.must(err)
	if len(entries) == 0 {
		w.t.Fatal("the received log is empty")
	}
	newest := entries[0]
	for _, e := range entries {
		if strings.Compare(e.ID.String(), newest.ID.String()) > 0 {
			newest = e
		}
	}
	return newest
}

func sign(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hexadecimal.EncodeToString(mac.Sum(nil))
}

func hex(id uuid.UUID) string { return globalid.Hex(id) }

func decimalOf(n int64) string { return strconv.FormatInt(n, 10) }
