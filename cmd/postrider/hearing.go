package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"postrider/internal/pg"
	"postrider/server"
)

// hearing is whether this process gets notifications. One that does not would answer from caches
// that are no longer invalidated.
type hearing struct {
	mu    sync.Mutex
	begun bool
	lost  error // why not; nil while it gets them
}

func (h *hearing) set(lost error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begun, h.lost = true, lost
}

// err returns nil while the process gets notifications. The public message has no address.
func (h *hearing) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	const deaf = "this process does not get PostgreSQL notifications"
	switch {
	case !h.begun:
		return server.NotReady(deaf + " yet")
	case errors.Is(h.lost, pg.ErrPooler):
		return server.NotReady(fmt.Sprintf("%s: %s", deaf, pg.ErrPooler))
	case h.lost != nil:
		return fmt.Errorf("%w: %w", server.NotReady(deaf+": its connection to PostgreSQL is lost; reconnecting"), h.lost)
	}
	return nil
}

// ready returns nil if requests can be served.
func (a *App) ready(ctx context.Context) error {
	if err := a.db.ready(ctx); err != nil {
		return err
	}
	return a.services.hearing.err()
}
