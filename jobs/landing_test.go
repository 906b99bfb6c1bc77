package jobs_test

import (
	"net/http"
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/internal/viewer"
	"postrider/jobs"
	"postrider/landing"
	"postrider/pgtest"
	setups "postrider/setup"
)

// What staff save is tried by the engine, without anybody asking for it.
func TestASavedPageIsTried(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) })
	sender := dispatch.NewClient(dispatch.ClientOptions{Guard: w.guard})
	t.Cleanup(sender.Close)
	w.run(watching, func(c *jobs.Config) {
		c.Landing = &landing.Checker{DB: w.d.SQL, Sender: sender, Now: time.Now}
	})
	staff := viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Manager, UserID: 1, Scopes: viewer.Scopes()})
	url := w.sink.URL + "/join?cid={click_id}"
	_, err := w.setup.UpdateOffer(staff, pgtest.Offer(t, w.d), func(o *setups.OfferWish) { o.DestinationURL = url })
	w.must(err)
	w.until("the page is tried", `SELECT count(*) = 1 FROM destination_checks WHERE url = $1 AND status_code = 418 AND due_at > now() + interval '20 hours'`, url)
}
