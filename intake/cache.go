package intake

import (
	"context"
	"database/sql"
	"sync"

	"postrider/internal/pg"
)

// cacheLimit bounds a cache: one that reaches it is cleared.
const cacheLimit = 200_000

// cache keeps what load found until forget is called. Negative caching, of keys that are not
// found, is only for our own keys: guesses at unknown keys must not fill memory.
type cache[K comparable, V any] struct {
	load     func(ctx context.Context, on querier, key K) (V, bool, error)
	negative bool // negative caching

	mu         sync.RWMutex
	generation uint64
	kept       map[K]cached[V]
}

// cached is the result of load for a key.
type cached[V any] struct {
	value V
	found bool
}

func newCache[K comparable, V any](load func(ctx context.Context, on querier, key K) (V, bool, error)) *cache[K, V] {
	return &cache[K, V]{load: load, kept: make(map[K]cached[V])}
}

// withNegatives turns negative caching on.
func (c *cache[K, V]) withNegatives() *cache[K, V] {
	c.negative = true
	return c
}

// querier is a transaction or a pool.
type querier interface {
	pg.Querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// get returns the value of key; false if there is none. A caller in a transaction reads
// through it: if callers waited for a second connection while holding one, many at once would
// deadlock on the pool.
func (c *cache[K, V]) get(ctx context.Context, on querier, key K) (V, bool, error) {
	c.mu.RLock()
	known, ok := c.kept[key]
	generation := c.generation
	c.mu.RUnlock()
	if ok {
		return known.value, known.found, nil
	}
	v, found, err := c.load(ctx, on, key)
	if err != nil || !found && !c.negative {
		return v, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// A value read before a change was announced may be stale: return it, but do not cache it.
	if c.generation == generation {
		if len(c.kept) >= cacheLimit {
			clear(c.kept)
		}
		c.kept[key] = cached[V]{value: v, found: found}
	}
	return v, found, nil
}

func (c *cache[K, V]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.kept)
}
