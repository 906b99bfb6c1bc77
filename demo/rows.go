package demo

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rows is what is copied into the database.
type rows struct {
	clicks, players, conversions, events, deliveries, attempts, received, echoes *table
}

// table is rows of one table.
type table struct {
	into string // the table and its columns
	rows [][]any
}

func newRows() *rows {
	return &rows{
		clicks: &table{into: `clicks (id, affiliate_id, clicked_at, offer_id, campaign_id, link_id, param_1, param_2, param_3, landing_page_id,
			deep_link, country, referrer, user_agent, address)`},
		players: &table{into: `players (id, integration_id, external_id, click_id, created_at)`},
		conversions: &table{into: `conversions (id, affiliate_id, integration_id, offer_id, campaign_id, click_id, reported_click_id, player_id, goal,
			transaction_id, once_key, amount, payout, currency, payout_currency, deal_id, status, attributed_by, origin, occurred_at, received_at)`},
		events: &table{into: `conversion_events (id, affiliate_id, conversion_id, previous_status, status, amount, payout, reason, actor, user_id,
			macros, considered, occurred_at, received_at)`},
		deliveries: &table{into: `deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
			transaction_id, goal, status, state, priority, endpoint, attempt, due_at, queued_at, first_attempt_at, url, status_code, duration_ms,
			reason, detail, replay_of, superseded_by, created_at, updated_at, delivered_at, warning)`},
		attempts: &table{into: `attempts (id, affiliate_id, delivery_id, number, started_at, method, url, status_code, duration_ms, error, detail,
			request_headers, request_body, response_headers, response_body, timings, empty_macros)`},
		received: &table{into: `received_postbacks (id, received_at, integration_id, integration_key, method, query, body, headers, address, result, cause, reason,
			status_code, duration_ms, conversion_id, affiliate_id)`},
		echoes: &table{into: `echo_requests (id, affiliate_id, received_at, method, url, headers, body, status_code)`},
	}
}

func (t *table) add(values ...any) { t.rows = append(t.rows, values) }

// copy writes all rows, referenced tables first.
func (r *rows) copy(ctx context.Context, tx *sql.Tx) error {
	for _, t := range []*table{r.clicks, r.players, r.conversions, r.events, r.deliveries, r.attempts, r.received, r.echoes} {
		if err := t.copy(ctx, tx); err != nil {
			return err
		}
	}
	// The planner has no statistics on the copied rows.
	if _, err := tx.ExecContext(ctx, `ANALYZE clicks, players, conversions, conversion_events, deliveries, attempts, received_postbacks, echo_requests`); err != nil {
		return fmt.Errorf("analyzing what was copied: %w", err)
	}
	return nil
}

// copyRows is the number of rows per statement; PostgreSQL takes 65,535 parameters at most.
const copyRows = 500

func (t *table) copy(ctx context.Context, tx *sql.Tx) error {
	for rows := range slices.Chunk(t.rows, copyRows) {
		var statement strings.Builder
		var args []any
		statement.WriteString("INSERT INTO " + t.into + " VALUES ")
		for i, row := range rows {
			if i > 0 {
				statement.WriteByte(',')
			}
			for n, value := range row {
				if n == 0 {
					statement.WriteByte('(')
				} else {
					statement.WriteByte(',')
				}
				args = append(args, value)
				statement.WriteString("$" + strconv.Itoa(len(args)))
			}
			statement.WriteByte(')')
		}
		if _, err := tx.ExecContext(ctx, statement.String(), args...); err != nil {
			return fmt.Errorf("copying into %.20s: %w", t.into, err)
		}
	}
	return nil
}
