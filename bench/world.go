package main

import (
	"context"
	"fmt"

	"postrider/domain/tracking"
	"postrider/internal/pg"
	"postrider/internal/secret"
)

// world is the minimum that clicks and conversions need: as many affiliates as endpoints,
// each with a campaign, a link and a postback for registrations.
type world struct {
	links       []string
	integration string
}

const integrationKey = "bench"

func newWorld(ctx context.Context, e *env, pool *pg.Pool) (*world, error) {
	w := &world{integration: integrationKey}
	sealed, err := e.key.Seal(secret.NewSigningSecret(), secret.ForPostback)
	if err != nil {
		return nil, err
	}
	_, err = pool.SQL.ExecContext(ctx, `
		INSERT INTO offers (id, name, operator, vertical, destination_url, deep_link_hosts, currency, created_at)
		VALUES (1, 'Bench', 'Bench', 'casino', 'https://operator.example/?cid={click_id}', '[]', 'EUR', now())`)
	if err != nil {
		return nil, err
	}
	_, err = pool.SQL.ExecContext(ctx, `
		INSERT INTO integrations (id, key, name, offer_id, require_token, allowed_addresses, created_at)
		VALUES (1, $1, 'Bench', 1, false, '[]', now())`, integrationKey)
	if err != nil {
		return nil, err
	}
	for n := range endpoints {
		id, code := n+1, tracking.NewLinkCode()
		template := e.sink.url(n) + "?cid={param_1}&payout={payout}&tid={conversion_id}&goal={goal_id}"
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO affiliates (id, name, echo_key, created_at) VALUES ($1::bigint, 'A' || $1, 'k' || $1, now())`, []any{id}},
			{`INSERT INTO campaigns (id, affiliate_id, offer_id, name, created_at) VALUES ($1, $1, 1, 'C', now())`, []any{id}},
			{`INSERT INTO tracking_links (affiliate_id, code, offer_id, campaign_id, created_at) VALUES ($1, $2, 1, $1, now())`, []any{id, code}},
			{`INSERT INTO postbacks (id, affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
			  VALUES ($1, $1, 'global', 'registration', $2, '["approved"]', $3, now(), now())`, []any{id, template, sealed}},
			{`INSERT INTO postback_versions (id, affiliate_id, postback_id, number, url_template, method, statuses, enabled, created_at)
			  VALUES ($1, $1, $1, 1, $2, 'GET', '["approved"]', true, now())`, []any{id, template}},
		} {
			if _, err := pool.SQL.ExecContext(ctx, q.sql, q.args...); err != nil {
				return nil, fmt.Errorf("filling the world: %w", err)
			}
		}
		w.links = append(w.links, code)
	}
	return w, nil
}

// morePostbacks creates postbacks for endpoints beyond those of the world.
func morePostbacks(ctx context.Context, e *env, pool *pg.Pool, over int) error {
	var templates []string
	for n := endpoints; n < over; n++ {
		templates = append(templates, e.sink.host(n)+"/pb?cid={param_1}&payout={payout}&tid={conversion_id}&goal={goal_id}")
	}
	for _, statement := range []string{
		`INSERT INTO postbacks (id, affiliate_id, scope, goal, url_template, statuses, signing_secret, created_at, updated_at)
		 SELECT $2 + n, 1 + ($2 + n - 1) % $2, 'global', 'registration', t.url, '["approved"]', (SELECT signing_secret FROM postbacks WHERE id = 1), now(), now()
		 FROM unnest($1::text[]) WITH ORDINALITY AS t(url, n)`,
		`INSERT INTO postback_versions (id, affiliate_id, postback_id, number, url_template, method, statuses, enabled, created_at)
		 SELECT $2 + n, 1 + ($2 + n - 1) % $2, $2 + n, 1, t.url, 'GET', '["approved"]', true, now()
		 FROM unnest($1::text[]) WITH ORDINALITY AS t(url, n)`,
	} {
		if _, err := pool.SQL.ExecContext(ctx, statement, templates, endpoints); err != nil {
			return fmt.Errorf("filling the world: %w", err)
		}
	}
	return nil
}
