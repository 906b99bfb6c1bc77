package installation_test

import (
	"strconv"
	"sync"
	"testing"

	"postrider/ent/db"
	"postrider/internal/secret"
	"postrider/pgtest"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

func seal(t *testing.T, r *secret.Ring, value string) []byte {
	t.Helper()
	sealed, err := r.Seal(value, secret.ForPostback)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// store sets a postback's sealed signing secret.
func store(t *testing.T, d *pgtest.DB, p *db.Postback, sealed []byte) {
	t.Helper()
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE postbacks SET signing_secret = $2 WHERE id = $1`, p.ID, sealed); err != nil {
		t.Error(err)
	}
}

func stored(t *testing.T, d *pgtest.DB, p *db.Postback) []byte {
	t.Helper()
	return d.Client().Postback.GetX(pgtest.System(t), p.ID).SigningSecret
}

// writers add and change signing secrets, and record them.
type writers struct {
	t         *testing.T
	d         *pgtest.DB
	affiliate int64

	mu   sync.Mutex
	ids  []int64
	want map[int64]string
}

// add creates a postback.
func (w *writers) add(r *secret.Ring) {
	value := secret.Random()
	sealed, err := r.Seal(value, secret.ForPostback)
	if err != nil {
		w.t.Error(err)
		return
	}
	var made int64
	err = w.d.SQL.QueryRowContext(w.t.Context(), `
		INSERT INTO postbacks (affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
		VALUES ($1, 'global', 'ftd', 'https://tracker.example/', '["approved"]', $2, now(), now()) RETURNING id`, w.affiliate, sealed).Scan(&made)
	if err != nil {
		w.t.Error(err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids, w.want[made] = append(w.ids, made), value
}

// change gives one of the postbacks another secret.
func (w *writers) change(r *secret.Ring, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed, value := w.ids[n%len(w.ids)], secret.Random()
	sealed, err := r.Seal(value, secret.ForPostback)
	if err == nil {
		_, err = w.d.SQL.ExecContext(w.t.Context(), `UPDATE postbacks SET signing_secret = $2 WHERE id = $1`, changed, sealed)
	}
	if err != nil {
		w.t.Error(err)
	}
	w.want[changed] = value
}

// write keeps adding and changing until it is stopped. It returns once it has begun.
func (w *writers) write(r *secret.Ring) (stop func()) {
	var all sync.WaitGroup
	done, begun := make(chan struct{}), make(chan struct{}, 3)
	for first := range cap(begun) {
		all.Go(func() {
			for n := first; ; n += cap(begun) {
				w.add(r)
				w.change(r, n)
				select {
				case begun <- struct{}{}:
				default:
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	<-begun
	return func() { close(done); all.Wait() }
}
