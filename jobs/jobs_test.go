package jobs_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/attempt"
	"postrider/intake"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/viewer"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
	setups "postrider/setup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long tests wait for an expected event.
const patience = 20 * time.Second

// fast is a schedule that a test can wait for.
var fast = dispatch.Schedule{0, time.Millisecond, time.Millisecond, time.Millisecond}

// world is an installation with one affiliate, whose tracker is a sink.
type world struct {
	pgtest.Scene

	t      *testing.T
	d      *pgtest.DB
	pool   *pg.Pool
	client *db.Client
	ctx    context.Context // Postrider's own
	in     *intake.Intake
	setup  *setups.Setup
	sink   *sink
	guard  *dispatch.Guard
	engine *jobs.Engine // the last that was started
	count  int
}

func setup(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *world {
	t.Helper()
	t.Parallel()
	d := pgtest.New(t)
	w := &world{t: t, d: d, pool: d.Pool(t), client: d.Client(), ctx: pgtest.System(t), Scene: pgtest.NewScene(t, d)}
	w.sink = newSink(t, answer)
	w.guard = dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})
	w.in = intake.New(intake.Config{DB: d.SQL, Enqueuer: w, Secrets: pgtest.Key(t), Log: slog.New(slog.DiscardHandler)})
	w.setup = setups.New(setups.Config{DB: d.SQL, Guard: w.guard, Secrets: pgtest.Key(t), Changed: w.in.Forget})
	return w
}

// postback creates one to the sink, for deposits unless given.
func (w *world) postback(path string, options ...func(*db.PostbackCreate)) *db.Postback {
	w.t.Helper()
	p := pgtest.Postback(w.t, w.d, w.Affiliate, w.sink.URL+path, append([]func(*db.PostbackCreate){pgtest.On(commission.GoalDeposit)}, options...)...)
	w.in.Forget()
	return p
}

// deposit records one more conversion of the scene's click.
func (w *world) deposit() {
	w.t.Helper()
	w.count++
	_, err := w.in.Report(w.t.Context(), w.Integration.Key, inbound.Report{
		Goal: commission.GoalDeposit, ClickID: w.Click.String(), TransactionID: fmt.Sprintf("T%d", w.count), Actor: commission.ByOperator,
	})
	w.must(err)
}

// Enqueue is that of the process with the engine that was started last.
func (w *world) Enqueue(ctx context.Context, tx *pg.Pipeline, fresh []outbox.Fresh) (map[uuid.UUID]*time.Time, error) {
	return jobs.Enqueuer{Engine: w.engine}.Enqueue(ctx, tx, fresh)
}

// run starts an engine; stop ends it gracefully, and waits until it is over.
func (w *world) run(options ...func(*jobs.Config)) (stop func()) {
	w.t.Helper()
	client := dispatch.NewClient(dispatch.ClientOptions{Guard: w.guard, UserAgent: "Postrider/test"})
	cfg := jobs.Config{
		Pool: w.pool, Client: client, Secrets: pgtest.Key(w.t), Schedule: fast, Workers: 16,
		Log:          slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		PromoteEvery: 5 * time.Millisecond, SweepEvery: 10 * time.Millisecond,
	}
	for _, o := range options {
		o(&cfg)
	}
	engine, err := jobs.New(cfg)
	w.must(err)
	w.engine = engine
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
		client.Close()
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// until waits for a query to return true.
func (w *world) until(what, query string, args ...any) {
	w.t.Helper()
	defer func() {
		if w.t.Failed() {
			all, _ := w.client.Delivery.Query().All(w.ctx)
			w.t.Logf("deliveries: %v", all)
		}
	}()
	pgtest.Until(w.t, patience, what, func() (yes bool) {
		w.must(w.d.SQL.QueryRowContext(w.t.Context(), query, args...).Scan(&yes))
		return yes
	})
}

// untilAll waits for every delivery to be in a state.
func (w *world) untilAll(state outbox.State) {
	w.t.Helper()
	w.until("every delivery is "+string(state), `SELECT count(*) > 0 AND bool_and(state = $1) FROM deliveries`, state)
}

// delivery returns the only one, or that of a conversion.
func (w *world) delivery() *db.Delivery {
	w.t.Helper()
	d, err := w.client.Delivery.Query().Only(w.ctx)
	w.must(err)
	return d
}

func (w *world) attempts(d *db.Delivery) []*db.Attempt {
	w.t.Helper()
	all, err := w.client.Attempt.Query().Where(attempt.DeliveryID(d.ID)).Order(attempt.ByID()).All(w.ctx)
	w.must(err)
	return all
}

func (w *world) number(query string) int {
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

// owner returns a context authorised as the affiliate.
func (w *world) owner() context.Context {
	return viewer.With(w.t.Context(), &viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.Affiliate), Scopes: viewer.Scopes()})
}

func (w *world) change(p *db.Postback, patch func(*firing.Postback)) *db.Postback {
	w.t.Helper()
	changed, err := w.setup.UpdatePostback(w.owner(), p.ID, patch)
	w.must(err)
	return changed
}

// sink is a tracker that records its requests.
type sink struct {
	*httptest.Server

	mu  sync.Mutex
	got []request
}

type request struct {
	method, url, body string
	header            http.Header
}

// newSink answers by the number of the request, from 1; without answer with 200.
func newSink(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *sink {
	t.Helper()
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got = append(s.got, request{r.Method, r.URL.RequestURI(), string(body), r.Header.Clone()})
		n := len(s.got)
		s.mu.Unlock()
		if answer != nil {
			answer(n, w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.got...)
}

// status always returns the same answer.
func status(code int) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}
