package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lib/pq"
)

// How soon a lost listening connection is tried again, and how often a quiet
// one is asked whether it still lives.
const (
	listenRetryMin = 50 * time.Millisecond
	listenRetryMax = 2 * time.Second
	listenPing     = 30 * time.Second
)

// Subscription says what to hear and whom to tell. Its functions are called one
// at a time, from one goroutine, and must not block: PostgreSQL keeps what is
// unread in memory.
type Subscription struct {
	Channels []string
	OnNotify func(channel, payload string)

	// OnReady is called when listening has begun, and again each time a lost
	// connection is back: whatever was notified before the call may have been
	// missed and has to be read from the tables.
	OnReady func()

	Log *slog.Logger
}

// Listen hears the notifications of sub until ctx is done, over a connection of
// its own that is re-established for as long as it takes. It returns nil when
// ctx ends it, and an error only when PostgreSQL refuses the LISTEN itself.
func Listen(ctx context.Context, dsn string, sub Subscription) error {
	listener := pq.NewListener(withDefaults(dsn, "postrider listen"), listenRetryMin, listenRetryMax, sub.logEvent)
	stopClosing := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer func() {
		stopClosing()
		_ = listener.Close()
		for range listener.Notify { // lets pq's goroutine end
		}
	}()

	subscribed := make(chan error, 1)
	over := make(chan struct{})
	go func() {
		subscribed <- subscribe(listener, sub.Channels)
		close(over)
	}()
	defer func() { // closing the listener cuts subscribe short; nothing may outlive us
		_ = listener.Close()
		<-over
	}()

	ping := time.NewTicker(listenPing)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-subscribed:
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return err
			}
			sub.ready()
		case n, open := <-listener.Notify:
			switch {
			case !open:
				return nil
			case n == nil: // pq's word for "reconnected"
				sub.ready()
			default:
				sub.OnNotify(n.Channel, n.Extra)
			}
		case <-ping.C:
			go func() { _ = listener.Ping() }() // a failed ping makes pq reconnect
		}
	}
}

func subscribe(listener *pq.Listener, channels []string) error {
	for _, channel := range channels {
		if err := listener.Listen(channel); err != nil && !errors.Is(err, pq.ErrChannelAlreadyOpen) {
			return fmt.Errorf("listening on %s: %w", channel, err)
		}
	}
	return nil
}

func (s Subscription) ready() {
	if s.OnReady != nil {
		s.OnReady()
	}
}

func (s Subscription) logEvent(event pq.ListenerEventType, err error) {
	if s.Log == nil {
		return
	}
	switch event {
	case pq.ListenerEventDisconnected, pq.ListenerEventConnectionAttemptFailed:
		s.Log.Warn("listening to PostgreSQL was interrupted, trying again", "channels", s.Channels, "error", redact(err))
	case pq.ListenerEventReconnected:
		s.Log.Info("listening to PostgreSQL again", "channels", s.Channels)
	case pq.ListenerEventConnected:
	}
}
