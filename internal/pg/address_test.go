package pg_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// with adds a parameter to an address.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// twoHosts returns an address with a host before the real one where nothing listens.
func twoHosts(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	u.Host = "127.0.0.1:1," + u.Host
	return u.String()
}

// Everything in DATABASE_URL is understood by every kind of connection, or by none.
func TestOneAddressMeansTheSameToAll(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	for _, tc := range []struct{ name, url, refused string }{
		{"channel_binding", with(t, db.URL, "channel_binding", "prefer"), ""},
		{"two hosts", twoHosts(t, db.URL), ""},
		{"target_session_attrs", with(t, db.URL, "target_session_attrs", "read-write"), ""},
		{"options", with(t, db.URL, "options", "-c work_mem=8MB"), ""},
		{"connect_timeout", with(t, db.URL, "connect_timeout", "5"), ""},
		{"statement_cache_capacity", with(t, db.URL, "statement_cache_capacity", "256"), ""},
		{"no cache", with(t, db.URL, "statement_cache_capacity", "0"), "statement_cache_capacity: is 0; want 100"},
		{"exec", with(t, db.URL, "default_query_exec_mode", "exec"), "default_query_exec_mode"},
		{"simple_protocol", with(t, db.URL, "default_query_exec_mode", "simple_protocol"), "default_query_exec_mode"},
		{"pgbouncer=true", with(t, db.URL, "pgbouncer", "true"), `"pgbouncer"`},
		{"gssencmode", with(t, db.URL, "gssencmode", "disable"), `"gssencmode"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pool, err := pg.Open(t.Context(), pg.Config{URL: tc.url, APIConns: 2, WorkConns: 2})
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Fatalf("%v does not name %s", err, tc.refused)
				}
				return
			}
			must(t, err)
			defer func() { must(t, pool.Close()) }()
			must(t, pool.Pgx.Ping(t.Context()))
			events := heard(t, &pgtest.DB{SQL: pool.SQL, URL: tc.url}, "deliveries")
			next(t, events)
			notify(t, pool.SQL, "deliveries", "1")
			if got := next(t, events); got != "deliveries 1" {
				t.Errorf("it heard %q", got)
			}
		})
	}
}

// A pooler that drops a connection's settings is reported at once.
func TestAPoolerThatDropsSettingsIsRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	_, err := db.SQL.ExecContext(t.Context(), "SET idle_in_transaction_session_timeout = 0")
	must(t, err)
	db.SQL.SetMaxOpenConns(1) // the one that was set
	if err := pg.CheckServer(t.Context(), db.SQL); !errors.Is(err, pg.ErrPooler) {
		t.Errorf("got %v", err)
	}
}

// A listener that gets no notifications detects it.
func TestListenKnowsThatItIsDeaf(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	for name, tc := range map[string]struct {
		url  string
		want error
	}{"directly": {db.URL, nil}, "through a pooler": {db.Deaf(t), pg.ErrPooler}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan error, 10)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				ended <- pg.Listen(ctx, tc.url, pg.Subscription{
					Channels: []string{"x"}, OnNotify: func(string, string) {}, OnHearing: func(err error) { told <- err },
					Announce: func(ctx context.Context, channel, payload string) error {
						_, err := db.SQL.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, payload)
						return err
					},
				})
			}()
			if err := <-told; !errors.Is(err, tc.want) {
				t.Errorf("told %v, want %v", err, tc.want)
			}
			cancel()
			must(t, <-ended)
		})
	}
}
