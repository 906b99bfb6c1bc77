package pg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// The delay before a lost listening connection is tried again, how often a quiet one is probed
// and how long the answer may take, and how long an announcement may take.
const (
	listenRetryMin = 50 * time.Millisecond
	listenRetryMax = 2 * time.Second
	listenPing     = 30 * time.Second
	listenPatience = 10 * time.Second
	hearWithin     = 5 * time.Second
)

// Subscription is what to listen to, with its callbacks. They are called one at a time, from
// one goroutine, and must not block: PostgreSQL keeps unread notifications in memory.
type Subscription struct {
	Channels []string
	OnNotify func(channel, payload string)

	// OnReady is called when listening has begun, and again each time a lost connection is
	// back: earlier notifications may have been missed and have to be read from the tables.
	OnReady func()

	// OnHearing is called with nil when announcements arrive, and with the reason when they do
	// not: the connection is lost, or nothing arrives through it (ErrPooler). It may be nil.
	OnHearing func(err error)

	// Announce sends an announcement over another connection. If it is set, Listen first checks
	// that an announcement arrives; nil skips the check.
	Announce func(ctx context.Context, channel, payload string) error

	Log *slog.Logger
}

// Listen listens to the notifications of sub until ctx is done, over a connection of its own,
// which it re-establishes for as long as it takes. It returns nil when ctx ends it, and an error
// only if dsn cannot be parsed.
func Listen(ctx context.Context, dsn string, sub Subscription) error {
	config, err := parse(withDefaults(dsn, "postrider listen"))
	if err != nil {
		return err
	}
	pause, lost := listenRetryMin, false
	for {
		err := sub.listen(ctx, config, func() {
			if lost && sub.Log != nil {
				sub.Log.Info("listening to PostgreSQL again", "channels", sub.Channels)
			}
			pause, lost = listenRetryMin, false
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was asked to end
		}
		if lost = true; sub.Log != nil {
			sub.Log.Warn("listening to PostgreSQL was interrupted, trying again", "channels", sub.Channels, "error", err)
		}
		sub.hearing(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, listenRetryMax)
	}
}

// listen serves one connection: it returns with an error, or when ctx is done. hears is called
// once announcements arrive.
func (s Subscription) listen(ctx context.Context, config *pgx.ConnConfig, hears func()) error {
	patience, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	conn, err := pgx.ConnectConfig(patience, config)
	if err != nil {
		return redact(err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	hello := "postrider_hello_" + strings.ToLower(rand.Text()) // a channel that only this connection listens to
	for _, channel := range append([]string{hello}, s.Channels...) {
		if _, err := conn.PgConn().Exec(patience, "LISTEN "+pgx.Identifier{channel}.Sanitize()).ReadAll(); err != nil {
			return fmt.Errorf("listening on %s: %w", channel, err)
		}
	}
	if s.OnReady != nil {
		s.OnReady()
	}
	if err := s.hear(ctx, conn, hello); err != nil {
		return err
	}
	hears()
	s.hearing(nil)
	for {
		if err := s.next(ctx, conn, listenPing, nil); err != nil {
			return err
		}
	}
}

// hear waits for the connection's own announcement, so that one through which none arrives is
// not taken for a quiet one.
func (s Subscription) hear(ctx context.Context, conn *pgx.Conn, hello string) error {
	if s.Announce == nil {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, hearWithin)
	defer cancel()
	said := make(chan error, 1)
	go func() { said <- s.Announce(within, hello, "") }()
	heard := false
	var lost error
	for !heard && lost == nil && within.Err() == nil {
		lost = s.next(within, conn, hearWithin, func(channel string) bool {
			heard = heard || channel == hello
			return channel == hello
		})
	}
	late := within.Err() != nil
	if !heard {
		cancel()
	}
	switch unsaid := <-said; {
	case heard || ctx.Err() != nil:
		return ctx.Err()
	case late && unsaid == nil:
		return ErrPooler
	case lost != nil && !late:
		return lost
	default:
		return fmt.Errorf("trying out whether announcements are heard: %w", unsaid)
	}
}

// next waits for a notification and passes it on, unless own consumes it. If none arrives for a
// while, it probes the connection.
func (s Subscription) next(ctx context.Context, conn *pgx.Conn, quiet time.Duration, own func(channel string) bool) error {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	n, err := conn.WaitForNotification(waiting)
	cancel()
	switch {
	case err == nil && own != nil && own(n.Channel):
	case err == nil:
		s.OnNotify(n.Channel, n.Payload)
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		asking, cancel := context.WithTimeout(ctx, listenPatience)
		defer cancel()
		return conn.Ping(asking)
	default:
		return err
	}
	return nil
}

func (s Subscription) hearing(err error) {
	if s.OnHearing != nil {
		s.OnHearing(err)
	}
}
