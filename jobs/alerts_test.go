package jobs_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/doctor"
	"postrider/ent/db"
	"postrider/ent/db/alert"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// watching makes an engine check for alerts all the time.
func watching(c *jobs.Config) { c.WatchEvery = 5 * time.Millisecond }

// open waits until an alert of the kind is open, or is over.
func (w *world) untilAlert(kind doctor.AlertKind, resolved bool) *db.Alert {
	w.t.Helper()
	w.until(string(kind), `SELECT count(*) > 0 FROM alerts WHERE kind = $1 AND (resolved_at IS NOT NULL) = $2`, string(kind), resolved)
	a, err := w.client.Alert.Query().Where(alert.KindEQ(kind)).First(w.ctx)
	w.must(err)
	return a
}

func TestAnOwnerIsToldThatAPostbackFailsAndThatItIsWellAgain(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ill" {
			rw.WriteHeader(http.StatusForbidden)
		}
	})
	p := w.postback("/ill?c={param_1}")
	for range 4 {
		w.deposit()
	}
	stop := w.run()
	w.untilAll(outbox.Failed)
	stop()
	w.exec(`DELETE FROM alerts`) // it may have looked when only three had failed
	w.run(watching)
	a := w.untilAlert(doctor.AlertFailing, false)
	if a.AffiliateID != w.Affiliate || *a.PostbackID != p.ID || a.CampaignID != nil || a.Message != "4 of the last 4 deliveries failed. The tracker forbids the request (403)." {
		t.Errorf("%+v", a)
	}
	_, err := w.d.SQL.ExecContext(t.Context(), `UPDATE deliveries SET state = 'delivered'`)
	w.must(err)
	w.untilAlert(doctor.AlertFailing, true)
	w.untilAlert(doctor.AlertRecovered, true)
	if n, err := w.client.Alert.Query().Count(w.ctx); err != nil || n != 2 {
		t.Errorf("%d alerts, %v", n, err)
	}
}

func TestAnOwnerIsToldThatAnAddressIsGone(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusGone) })
	p := w.postback("/gone?c={param_1}")
	w.deposit()
	w.run(watching)
	if a := w.untilAlert(doctor.AlertGone, false); *a.PostbackID != p.ID {
		t.Errorf("%+v", a)
	}
}

func TestTestsAndOldFailuresRaiseNothing(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/?c={param_1}")
	conversion := w.Conversion(t, w.d).ID
	for i := range 10 {
		pgtest.Delivery(t, w.d, conversion, p, func(c *db.DeliveryCreate) {
			c.SetState(outbox.Failed).SetReplayOf(pgtest.ID(t)).SetTest(i%2 == 0) // pgtest.Now is long ago
		})
	}
	for range 20 {
		pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetParam1("") }) // so are these
	}
	looked := make(chan struct{})
	var looks atomic.Int32
	w.run(watching, func(c *jobs.Config) {
		c.Now = func() time.Time {
			if looks.Add(1) == 50 {
				close(looked)
			}
			return time.Now()
		}
	})
	<-looked
	if n, err := w.client.Alert.Query().Count(w.ctx); err != nil || n != 0 {
		t.Errorf("%d alerts, %v", n, err)
	}
}

func TestAnOwnerIsToldOfTrafficThatLeadsNowhere(t *testing.T) {
	w := setup(t, nil)
	now := time.Now()
	for range 12 {
		pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetID(freshID(t, now)).SetClickedAt(now).SetParam1("") })
	}
	w.run(watching)
	if a := w.untilAlert(doctor.AlertUncovered, false); *a.CampaignID != w.Link.CampaignID || a.AffiliateID != w.Affiliate {
		t.Errorf("%+v", a)
	}
	w.untilAlert(doctor.AlertNoParam, false)
	w.postback("/?c={param_1}")
	w.untilAlert(doctor.AlertUncovered, true)
}

// A default link has no campaign: its affiliate is alerted all the same.
func TestAnOwnerIsToldThatADefaultLinkLacksItsParam(t *testing.T) {
	w := setup(t, nil)
	now := time.Now()
	link, well := pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: w.Offer}), pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: pgtest.Affiliate(t, w.d), Offer: w.Offer})
	clicked := func(on pgtest.Link, param string) {
		pgtest.Click(t, w.d, on, func(c *db.ClickCreate) { c.SetID(freshID(t, now)).SetClickedAt(now).SetParam1(param) })
	}
	for i := range 12 {
		clicked(link, "")
		clicked(well, fmt.Sprintf("subid-%d", i))
		clicked(w.Link, "on the campaign's own link")
	}
	w.run(watching)
	a := w.untilAlert(doctor.AlertNoParam, false)
	if a.AffiliateID != w.Affiliate || a.LinkID == nil || *a.LinkID != link.ID || a.CampaignID != nil || !strings.HasPrefix(a.Message, "12 of the last 12 clicks of your default link for ") {
		t.Errorf("%+v", a)
	}
	w.exec(`UPDATE offers SET state = 'paused'`)
	w.untilAlert(doctor.AlertNoParam, true)
	if n, err := w.client.Alert.Query().Where(alert.KindEQ(doctor.AlertNoParam)).Count(w.ctx); err != nil || n != 1 {
		t.Errorf("%d alerts, %v", n, err)
	}
}

func freshID(t *testing.T, at time.Time) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7AtTime(at)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
