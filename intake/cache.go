package intake

import (
	"context"
	"database/sql"
	"sync"
)

// cacheLimit bounds a cache: one that grows past it starts anew.
const cacheLimit = 200_000

// cache keeps what load found, until it is told to forget. What is not found is
// not kept: guesses at unknown keys must not fill memory.
type cache[K comparable, V any] struct {
	load func(ctx context.Context, on querier, key K) (V, bool, error)

	mu         sync.RWMutex
	generation uint64
	kept       map[K]V
}

func newCache[K comparable, V any](load func(ctx context.Context, on querier, key K) (V, bool, error)) *cache[K, V] {
	return &cache[K, V]{load: load, kept: make(map[K]V)}
}

// querier is a transaction or a pool.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// get gives the value of key; false where there is none. Whoever is in a
// transaction has it read there: waiting for a second connection while holding
// one, many callers at once would wait for each other for ever.
func (c *cache[K, V]) get(ctx context.Context, on querier, key K) (V, bool, error) {
	c.mu.RLock()
	v, ok := c.kept[key]
	generation := c.generation
	c.mu.RUnlock()
	if ok {
		return v, true, nil
	}
	v, ok, err := c.load(ctx, on, key)
	if err != nil || !ok {
		return v, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// What was read before a change was announced may be old: use it, do not keep it.
	if c.generation == generation {
		if len(c.kept) >= cacheLimit {
			clear(c.kept)
		}
		c.kept[key] = v
	}
	return v, true, nil
}

func (c *cache[K, V]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.kept)
}
