package main

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/globalid"
)

// check waits until everything is delivered, and compares the operator's answers, the database,
// and the requests at the tracker.
func (c *crash) check(t *testing.T) {
	t.Helper()
	c.up(t)
	d := c.open(t)
	var waiting int
	settled := func() bool {
		err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM deliveries WHERE state <> 'delivered'`).Scan(&waiting)
		return err == nil && waiting == 0
	}
	began := time.Now()
	for !settled() && time.Since(began) < time.Minute {
		wait := time.NewTimer(50 * time.Millisecond)
		<-wait.C
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting > 0 {
		t.Errorf("%d deliveries are still on their way:\n%s", waiting, rowsOf(t, d, `
			SELECT d.id, d.state, d.attempt, d.due_at, d.claimed_at, d.queued_at, d.reason,
			  (SELECT json_agg(json_build_array(j.id, j.state, j.attempt, j.args->'deliveries', j.attempted_at, j.errors) ORDER BY j.id)
			   FROM river_job j WHERE j.args->'deliveries' @> json_build_array(json_build_object('id', d.id))::jsonb)
			FROM deliveries d WHERE state <> 'delivered' LIMIT 5`))
	}
	lost := 0
	for tx := range c.answered {
		if _, ok := c.sent[tx]; !ok {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d conversions were answered and never reached the tracker", lost)
	}
	if len(c.mixed) > 0 {
		t.Errorf("the tracker cannot tell that these were sent twice: %q", c.mixed)
	}
	duplicates := c.compareAttempts(t, d)
	c.compareConversions(t, d)
	t.Logf("%d conversions in %s; kills %v; %d calls repeated by the operator; %d duplicates at the tracker, all accounted for; %d lost",
		len(c.answered), time.Since(c.began).Round(time.Second), c.kills, c.retried, duplicates, lost)
}

// compareAttempts finds an attempt row for every request that the tracker got.
func (c *crash) compareAttempts(t *testing.T, d *sql.DB) (duplicates int) {
	t.Helper()
	rows, err := d.QueryContext(t.Context(), `SELECT delivery_id, number, count(*) FROM attempts GROUP BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	written := map[seenAttempt]int{}
	for rows.Next() {
		var id uuid.UUID
		var number, times int
		if err := rows.Scan(&id, &number, &times); err != nil {
			t.Fatal(err)
		}
		written[seenAttempt{globalid.Hex(id), number}] = times
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	deliveries := map[string]int{}
	for attempt, times := range c.seen {
		deliveries[attempt.delivery] += times
		if times > written[attempt] {
			t.Errorf("the tracker got attempt %d of %s %d times; there are %d rows of it", attempt.number, attempt.delivery, times, written[attempt])
		}
	}
	for _, times := range deliveries {
		duplicates += times - 1
	}
	return duplicates
}

// compareConversions finds one conversion with one delivery for each transaction.
func (c *crash) compareConversions(t *testing.T, d *sql.DB) {
	t.Helper()
	var conversions, without, many int
	err := d.QueryRowContext(t.Context(), `
		SELECT count(*), count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1)
		FROM (SELECT (SELECT count(*) FROM deliveries d WHERE d.conversion_id = c.id) AS n FROM conversions c) counted`).
		Scan(&conversions, &without, &many)
	if err != nil {
		t.Fatal(err)
	}
	if conversions != len(c.answered) || without > 0 || many > 0 {
		t.Errorf("%d conversions for %d that were answered; %d without a delivery, %d with several", conversions, len(c.answered), without, many)
	}
}

// rowsOf prints rows for the log of a failed test.
func rowsOf(t *testing.T, d *sql.DB, query string) string {
	t.Helper()
	rows, err := d.QueryContext(t.Context(), `SELECT row_to_json(r)::text FROM (`+query+`) r`)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err.Error()
		}
		b.WriteString(text + "\n")
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return b.String()
}
