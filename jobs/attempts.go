package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// attemptBatch is rows of attempts, a slice a column.
type attemptBatch struct {
	columns [17]any
	rows    int
}

func attemptRows(results []result) (attemptBatch, error) {
	var (
		ids, deliveries                                    pg.UUIDs
		affiliates                                         []int64
		numbers, codes                                     []int32
		started                                            []time.Time
		methods, urls, errs, details, reqBodies, resBodies []string
		took                                               []float64
		reqHeaders, resHeaders, timings                    []string
		truncated                                          []bool
	)
	for _, r := range results {
		if r.unspent {
			continue
		}
		e := r.exchange
		parts, err := jsonTexts(dispatch.Headers(e.RequestHeaders), dispatch.Headers(e.ResponseHeaders), e.Timings)
		if err != nil {
			return attemptBatch{}, err
		}
		ids, deliveries, affiliates = append(ids, r.attemptID), append(deliveries, r.claim.id), append(affiliates, r.claim.affiliateID)
		numbers = append(numbers, int32(r.claim.number)) //nolint:gosec // an attempt's number is small
		started, methods, urls = append(started, e.StartedAt.UTC()), append(methods, string(e.Method)), append(urls, e.URL)
		codes = append(codes, int32(e.StatusCode)) //nolint:gosec // three digits
		took, truncated = append(took, milliseconds(e.Duration)), append(truncated, e.ResponseTruncated)
		errs, details = append(errs, string(r.outcome.AttemptReason)), append(details, r.outcome.AttemptDetail)
		reqBodies, resBodies = append(reqBodies, e.RequestBody), append(resBodies, e.ResponseBody)
		reqHeaders, resHeaders, timings = append(reqHeaders, parts[0]), append(resHeaders, parts[1]), append(timings, parts[2])
	}
	return attemptBatch{rows: len(ids), columns: [17]any{
		ids, affiliates, deliveries, numbers, started, methods, urls, codes, took, errs, details,
		reqHeaders, reqBodies, resHeaders, resBodies, truncated, timings,
	}}, nil
}

func (b attemptBatch) insert(ctx context.Context, tx pgx.Tx) error {
	if b.rows == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, insertAttemptsSQL, b.columns[:]...); err != nil {
		return fmt.Errorf("writing %d attempts down: %w", b.rows, err)
	}
	return nil
}

func jsonTexts(values ...any) ([]string, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("writing down %T: %w", v, err)
		}
		texts[i] = string(text)
	}
	return texts, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
