package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"postrider/domain/inbound"
	"postrider/internal/pg"
	"postrider/internal/secret"
)

// Evening load: operators that sign, beside players who click.
const (
	signedIntegration = "signed"
	signedRate        = 200
	besideRate        = 1000
	aloneRate         = 20
	besideSeconds     = 60
	aloneSeconds      = 20
	signedQuantile    = 0.99
)

// signedBesideClicks compares the response time of a signed call under that load with that
// of one alone. It fails where a call is lost or counted twice.
func signedBesideClicks(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	s, err := newSite(ctx, e, pool, nil)
	if err != nil {
		return figures{}, err
	}
	defer s.close()
	key, err := addSigned(ctx, e, pool)
	if err != nil {
		return figures{}, err
	}
	idle, busy := aloneRate*max(5, e.size(aloneSeconds)), signedRate*e.size(besideSeconds)
	clicks, err := s.clicks(ctx, warmLoad+idle+busy)
	if err != nil {
		return figures{}, err
	}
	call := func(i int) string {
		query := fmt.Sprintf("goal=registration&click_id=%s", clicks[clickName(i)])
		return fmt.Sprintf("%s/postback/%s?%s&signature=%s", s.url, signedIntegration, query, hex.EncodeToString(inbound.Sign(key, []byte(query))))
	}
	if _, err := atRate(ctx, warmLoad, signedRate, http.StatusCreated, call); err != nil {
		return figures{}, err
	}
	alone, err := atRate(ctx, idle, aloneRate, http.StatusCreated, func(i int) string { return call(warmLoad + i) })
	if err != nil {
		return figures{}, err
	}
	loaded, err := besideClicks(ctx, s, busy, func(i int) string { return call(warmLoad + idle + i) })
	if err != nil {
		return figures{}, err
	}
	var kept, told int
	err = pool.SQL.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM conversions), (SELECT count(DISTINCT conversion_id) FROM deliveries)`).Scan(&kept, &told)
	if want := warmLoad + idle + busy; err == nil && (kept != want || told != want) {
		err = fmt.Errorf("of %d calls %d conversions were kept and %d are told", want, kept, told)
	}
	return figures{ours: loaded, peer: alone, unit: "ms"}, err
}

// besideClicks makes the calls while players click.
func besideClicks(ctx context.Context, s *site, n int, call func(i int) string) (p99 float64, err error) {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		_, err := atRate(ctx, n*besideRate/signedRate, besideRate, http.StatusFound, func(i int) string {
			return fmt.Sprintf("%s/c/%s?param_1=beside-%d", s.url, s.links[i%len(s.links)], i)
		})
		return err
	})
	both.Go(func() (err error) {
		p99, err = atRate(ctx, n, signedRate, http.StatusCreated, call)
		return err
	})
	return p99, both.Wait()
}

// addSigned creates an integration that requires a signature, and returns its key.
func addSigned(ctx context.Context, e *env, pool *pg.Pool) (string, error) {
	key := secret.Random()
	sealed, err := e.key.Seal(key, secret.ForIntegration)
	if err != nil {
		return "", err
	}
	_, err = pool.SQL.ExecContext(ctx, `
		WITH made AS (
		  INSERT INTO integrations (id, key, name, offer_id, require_token, require_signature, allowed_addresses, created_at)
		  VALUES (2, $1, 'Signed', 1, false, true, '[]', now()) RETURNING id
		)
		INSERT INTO integration_secrets (integration_id, kind, sealed, created_at) SELECT id, 'hmac', $2, now() FROM made`, signedIntegration, sealed)
	return key, err
}

// atRate is atRateQuantile for the 99th percentile.
func atRate(ctx context.Context, n, rate, status int, url func(i int) string) (float64, error) {
	return atRateQuantile(ctx, n, rate, status, signedQuantile, url)
}

// atRateQuantile makes n calls at a constant rate, whatever their results, and returns a
// quantile of the latency since each was scheduled, in milliseconds.
func atRateQuantile(ctx context.Context, n, rate, status int, quantile float64, url func(i int) string) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: callers, MaxConnsPerHost: callers}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	took := make([]time.Duration, n)
	calling, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for i := range n {
		turn := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(turn))
		if ctx.Err() != nil {
			break
		}
		calling.Go(func() error {
			err := get(ctx, client, url(i), status)
			took[i] = time.Since(turn)
			return err
		})
	}
	if err := calling.Wait(); err != nil {
		return 0, err
	}
	slices.Sort(took)
	return float64(took[int(float64(n-1)*quantile)].Microseconds()) / 1000, nil
}
