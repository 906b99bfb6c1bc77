package jobs_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"postrider/jobs"
	"postrider/outbox"
)

func TestWhatIsOldIsDroppedAndWhatIsYoungIsKept(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "counted") })
	w.postback("/")
	w.deposit()
	stop := w.run()
	w.untilAll(outbox.Delivered)
	stop()
	clock := &clock{}
	w.exec(`INSERT INTO idempotency_keys (user_id, token_id, affiliate_id, key, owner, mutation, input_hash, created_at) VALUES (1, 0, 0, 'k', gen_random_uuid(), 'createOffer', '', now())`)
	keep := func(c *jobs.Config) { c.Now = clock.now }
	old := w.number(`SELECT count(*) FROM attempts WHERE response_body IS NOT NULL AND request_headers <> '[]'`)

	clock.later(29 * 24 * time.Hour)
	stop = w.run(keep)
	w.until("keys have expired", `SELECT count(*) = 0 FROM idempotency_keys`)
	w.until("partitions are made ahead", `SELECT to_regclass('attempts_' || to_char(now() AT TIME ZONE 'UTC' + interval '29 days 3 months', 'YYYY_MM')) IS NOT NULL`)
	stop()
	if n := w.number(`SELECT count(*) FROM attempts WHERE response_body IS NOT NULL AND request_headers <> '[]'`); n != old || old != 1 {
		t.Errorf("after 29 days %d of %d bodies are kept", n, old)
	}
	clock.later(2 * 24 * time.Hour)
	stop = w.run(keep)
	w.until("bodies are gone, the attempt is not", `
		SELECT count(*) = 1 FROM attempts WHERE response_body IS NULL AND request_headers = '[]' AND response_headers = '[]' AND status_code = 200`)
	stop()
	clock.later(95 * 24 * time.Hour) // every day of its month is ninety days ago
	w.run(keep)
	w.until("the attempt is gone", `SELECT count(*) = 0 FROM attempts`)
	if n := w.number(`SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM clicks)`); n < 3 {
		t.Error("something was dropped that is kept for good")
	}
}
