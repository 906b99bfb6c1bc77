package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// signal wakes the receiver, or its next wait.
func signal(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// sleep waits for pause, wake or the end of ctx.
func sleep(ctx context.Context, pause time.Duration, wake <-chan struct{}) {
	next := time.NewTimer(pause)
	defer next.Stop()
	select {
	case <-ctx.Done():
	case <-next.C:
	case <-wake:
	}
}

// every calls do at once, then at each interval until ctx is done. It logs errors and goes
// on.
func every(ctx context.Context, log *slog.Logger, interval time.Duration, what string, do func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, what, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// caught turns a panic into an error, as River does in its own goroutines.
func caught(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
