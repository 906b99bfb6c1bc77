package backoffice

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/lib/pq"

	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/pg"
)

// The limits of what is counted of an integration's last calls.
const (
	mostCalls   = 1000
	longestCall = 8 << 10 // bytes of a query or body that is looked at for parameters
	mostUnread  = 50      // parameters that nothing reads
)

// RecentCalls is the last calls of an integration, counted.
type RecentCalls struct {
	IntegrationID     int64
	Calls             int
	Since             *time.Time // when the first of them arrived; nil for none
	Counts            []CallCount
	UnknownParameters []UnknownParameter
}

// CallCount is how many calls have a result and a cause.
type CallCount struct {
	Result string
	Cause  inbound.Cause // empty where nothing was wrong
	Calls  int
}

// UnknownParameter is a parameter that an operator sends and that nothing reads.
type UnknownParameter struct {
	Name  string
	Calls int
}

// recentSQL reads backwards by an index, one integration after the other.
const recentSQL = `
SELECT i.id, i.key, c.received_at, c.result, coalesce(c.cause, ''), c.query, c.body
FROM integrations i CROSS JOIN LATERAL (
  SELECT received_at, result, cause,
         CASE WHEN octet_length(query) <= $3 THEN query ELSE '' END AS query, CASE WHEN octet_length(body) <= $3 THEN body ELSE '' END AS body
  FROM received_postbacks WHERE integration_id = i.id ORDER BY id DESC LIMIT $2
) c WHERE i.id = ANY($1)`

// recentCall is a row of recentSQL.
type recentCall struct {
	integrationKey string
	at             time.Time
	kind           CallCount
	query, body    string
}

// RecentCalls counts the last calls of integrations. What a call says that nothing reads is found by
// what is mapped now: a parameter that was mapped since is not unknown.
func (office *Office) RecentCalls(ctx context.Context, integrationIDs []int64) ([]*RecentCalls, error) {
	calls := map[int64][]recentCall{}
	err := pg.Each(ctx, office.Intake.DB, "counting the last calls of integrations", func(rows *sql.Rows) error {
		var of int64
		var c recentCall
		err := rows.Scan(&of, &c.integrationKey, &c.at, &c.kind.Result, &c.kind.Cause, &c.query, &c.body)
		calls[of] = append(calls[of], c)
		return err
	}, recentSQL, pq.Array(integrationIDs), mostCalls, longestCall)
	if err != nil {
		return nil, err
	}
	all := make([]*RecentCalls, len(integrationIDs))
	for i, id := range integrationIDs {
		all[i] = &RecentCalls{IntegrationID: id}
		if len(calls[id]) == 0 {
			continue
		}
		reads, err := office.Intake.Reads(ctx, calls[id][0].integrationKey)
		if err != nil {
			return nil, err
		}
		all[i].count(calls[id], reads)
	}
	return all, nil
}

// count counts calls, newest first.
func (r *RecentCalls) count(calls []recentCall, reads *inbound.Integration) {
	r.Calls = len(calls)
	r.Since = &calls[len(calls)-1].at
	kinds, names := map[CallCount]int{}, map[string]int{}
	for _, c := range calls {
		kinds[c.kind]++
		if c.kind.Result == string(intake.Unauthorized) {
			continue // anybody can make one
		}
		for _, name := range reads.Unread(c.query, c.body) {
			names[name]++
		}
	}
	for kind, n := range kinds {
		kind.Calls = n
		r.Counts = append(r.Counts, kind)
	}
	for name, n := range names {
		r.UnknownParameters = append(r.UnknownParameters, UnknownParameter{name, n})
	}
	slices.SortFunc(r.Counts, func(a, b CallCount) int {
		return cmp.Or(b.Calls-a.Calls, cmp.Compare(a.Result, b.Result), cmp.Compare(a.Cause, b.Cause))
	})
	slices.SortFunc(r.UnknownParameters, func(a, b UnknownParameter) int { return cmp.Or(b.Calls-a.Calls, cmp.Compare(a.Name, b.Name)) })
	r.UnknownParameters = r.UnknownParameters[:min(len(r.UnknownParameters), mostUnread)]
}
