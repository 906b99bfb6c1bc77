package limit

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache is an LRU cache of texts, or of what was made of them, bounded by their total size: with a
// bound on their number alone, a thousand documents of a stranger could take a gigabyte. It is a
// graphql.Cache.
type Cache[T any] struct {
	most int // bytes of all texts; one of more than a sixteenth is not cached
	size func(key string, value T) int

	mu   sync.Mutex
	used int
	kept *simplelru.LRU[string, T]
}

// NewCache returns a cache of up to most bytes, as size counts them.
func NewCache[T any](most int, size func(key string, value T) int) *Cache[T] {
	c := &Cache[T]{most: most, size: size}
	c.kept, _ = simplelru.NewLRU(most, func(key string, value T) { c.used -= size(key, value) }) // fails only for a size of 0
	return c
}

// Get returns the cached value.
func (c *Cache[T]) Get(_ context.Context, key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add caches a value, and evicts the least recently used ones to make room.
func (c *Cache[T]) Add(_ context.Context, key string, value T) {
	size := c.size(key, value)
	if size > c.most/16 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Remove(key)
	c.kept.Add(key, value)
	for c.used += size; c.used > c.most; {
		c.kept.RemoveOldest()
	}
}

// Used returns how many bytes are cached.
func (c *Cache[T]) Used() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}
