// Package landing tries the pages that clicks lead to, an offer's destination and its landing
// pages, so that staff hear of a dead one before players do.
//
// Every URL template has one row, however many offers share it. One that fails is tried again some
// minutes later; if it fails again it is dead, which staff see until it answers.
package landing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"postrider/dispatch"
	"postrider/domain/macro"
	"postrider/internal/installation"
	"postrider/internal/pg"
)

// Checker tries pages. It is safe for concurrent use.
type Checker struct {
	DB     *sql.DB
	Sender *dispatch.Client
	Now    func() time.Time
}

const (
	// blip is how long a page has to fail before it is dead, and how soon it is tried again.
	blip = 4 * time.Minute
	// lease is how long a process has for what it has claimed.
	lease = 10 * time.Minute
	// perRound is how many pages are tried in a round, and hostsAtOnce how many hosts at once: those of
	// one host one after the other.
	perRound    = 40
	hostsAtOnce = 4
)

// inUse are the URLs that clicks may be sent to.
const inUse = `(SELECT destination_url AS url, state FROM offers UNION SELECT l.url, o.state FROM landing_pages l JOIN offers o ON o.id = l.offer_id WHERE l.archived_at IS NULL) u`

// reserved matches hosts that never resolve, by RFC 2606: those of demos and drafts.
const reserved = `'^[a-z]+://[^/?#]*\.(example|invalid|test)(:[0-9]+)?([/?#]|$)'`

// Due notes that a page is to be tried at once, with the commit of the transaction that saves it.
func Due(ctx context.Context, tx execer, template string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO destination_checks (url, due_at) SELECT $1::text, $2::timestamptz WHERE $1::text !~* `+reserved+`
		ON CONFLICT (url) DO UPDATE SET due_at = least(destination_checks.due_at, excluded.due_at)`, template, now)
	if err != nil {
		return fmt.Errorf("noting that %s is to be tried: %w", template, err)
	}
	return nil
}

// execer is a transaction or a pool.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Try tries a page now, and keeps what it found. It is refused while the installation is on hold.
func (c *Checker) Try(ctx context.Context, template string) error {
	hold, err := installation.ReadHold(ctx, c.DB)
	if err != nil {
		return err
	}
	if err := hold.Refuse(); err != nil {
		return err
	}
	// Its row is claimed, so that no round tries it meanwhile.
	_, err = c.DB.ExecContext(ctx, `
		INSERT INTO destination_checks (url, due_at) VALUES ($1, $2) ON CONFLICT (url) DO UPDATE SET due_at = excluded.due_at`, template, c.Now().UTC().Add(lease))
	if err != nil {
		return fmt.Errorf("claiming %s: %w", template, err)
	}
	return c.try(context.WithoutCancel(ctx), template) // who asked may have left, and the answer still counts
}

// Round tries what is due: pages of active offers once a day, dead ones every hour. Any node may call
// it at any time.
func (c *Checker) Round(ctx context.Context) error {
	hold, err := installation.ReadHold(ctx, c.DB)
	if err != nil || hold.On() {
		return err
	}
	if err := c.follow(ctx); err != nil {
		return err
	}
	hosts, err := c.claim(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(hostsAtOnce)
	for _, templates := range hosts {
		group.Go(func() error {
			var faults []error
			for _, template := range templates {
				if ctx.Err() == nil {
					faults = append(faults, c.try(ctx, template))
				}
			}
			return errors.Join(faults...)
		})
	}
	return group.Wait()
}

// follow gives each page of an active offer a row, and drops those that no offer has any more. New
// ones are spread over an hour.
func (c *Checker) follow(ctx context.Context) error {
	now := c.Now().UTC()
	_, err1 := c.DB.ExecContext(ctx, `
		INSERT INTO destination_checks (url, due_at)
		SELECT DISTINCT url, $1::timestamptz + random() * interval '1 hour' FROM `+inUse+` WHERE state = 'active' AND url !~* `+reserved+`
		  AND NOT EXISTS (SELECT FROM destination_checks c WHERE c.url = u.url)
		ON CONFLICT (url) DO NOTHING`, now)
	_, err2 := c.DB.ExecContext(ctx, `DELETE FROM destination_checks c WHERE NOT EXISTS (SELECT FROM `+inUse+` WHERE u.url = c.url)`)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("following the offers' pages: %w", err)
	}
	return nil
}

// claim takes what is due, by host; a saved page of a paused offer only once.
func (c *Checker) claim(ctx context.Context) (map[string][]string, error) {
	now := c.Now().UTC()
	hosts := map[string][]string{}
	err := pg.Each(ctx, c.DB, "claiming pages to try", func(rows *sql.Rows) error {
		var template string
		if err := rows.Scan(&template); err != nil {
			return err
		}
		host := template
		if parsed, err := macro.ParseFor(template, macro.Clicks); err == nil {
			host = parsed.Endpoint()
		}
		hosts[host] = append(hosts[host], template)
		return nil
	}, `
		UPDATE destination_checks SET due_at = $2 WHERE id IN (
		  SELECT id FROM destination_checks c WHERE due_at <= $1 AND url !~* `+reserved+`
		    AND (checked_at IS NULL OR EXISTS (SELECT FROM `+inUse+` WHERE u.url = c.url AND u.state = 'active'))
		  ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
		RETURNING url`, now, now.Add(lease), perRound)
	return hosts, err
}

// try gets a page and keeps what it found.
func (c *Checker) try(ctx context.Context, template string) error {
	r := result{reason: dispatch.BadTemplate}
	if parsed, err := macro.ParseFor(template, macro.Clicks); err == nil {
		e := c.Sender.Visit(ctx, parsed.Expand(macro.SampleValues()))
		if ctx.Err() != nil {
			return ctx.Err() // it says nothing about the page; the claim ends by itself
		}
		r = resultOf(e)
	}
	return c.keep(ctx, template, r)
}

// keep stores a result, and decides when the page is tried next.
func (c *Checker) keep(ctx context.Context, template string, r result) error {
	_, err := c.DB.ExecContext(ctx, `
		UPDATE destination_checks SET
		  checked_at = $2::timestamptz, status_code = nullif($3::bigint, 0), reason = nullif($4, ''), detail = $5,
		  failing_since = CASE WHEN NOT $6 THEN coalesce(failing_since, $2::timestamptz) END,
		  dead_since = CASE WHEN NOT $6 AND failing_since <= $7 THEN coalesce(dead_since, $2::timestamptz) END,
		  due_at = $2::timestamptz + CASE
		    WHEN $6 THEN interval '23 hours' + random() * interval '1 hour'
		    WHEN failing_since <= $7 THEN interval '1 hour'
		    ELSE interval '5 minutes' END
		WHERE url = $1`, template, c.Now().UTC(), r.status, string(r.reason), r.detail, r.alive(), c.Now().UTC().Add(-blip))
	if err != nil {
		return fmt.Errorf("keeping the check of %s: %w", template, err)
	}
	return nil
}
