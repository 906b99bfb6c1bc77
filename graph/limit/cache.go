package limit

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache remembers texts, or what was made of them, as long as all of them together
// are not too long: a count alone would let a thousand documents of a stranger's take
// a gigabyte. It is a graphql.Cache.
type Cache[T any] struct {
	most int // bytes of all texts; none is kept that takes more than a sixteenth
	size func(key string, value T) int

	mu   sync.Mutex
	used int
	kept *simplelru.LRU[string, T]
}

// NewCache remembers up to most bytes, as size counts them.
func NewCache[T any](most int, size func(key string, value T) int) *Cache[T] {
	c := &Cache[T]{most: most, size: size}
	c.kept, _ = simplelru.NewLRU(most, func(key string, value T) { c.used -= size(key, value) }) // fails for a size of 0 alone
	return c
}

// Get gives what is remembered.
func (c *Cache[T]) Get(_ context.Context, key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add remembers, and forgets what was asked for least lately to make room.
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

// Used is how many bytes are remembered.
func (c *Cache[T]) Used() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}
