// Package live delivers changes to subscribers: through the database's notifications between
// nodes, and on each node through a Hub that passes what changed to its subscribers.
//
// A subscriber has a bounded ring. One that falls behind, or whose node lost its listening
// connection, has to fetch everything again; it never blocks a publisher.
package live

import (
	"context"
	"sync"

	"postrider/internal/ids"
)

// ringSize is how many items a subscriber may be behind.
const ringSize = 1024

// Hub passes items to subscribers. It is safe for concurrent use.
type Hub[T any] struct {
	owner       func(T) ids.Affiliate
	mu          sync.RWMutex
	subscribers map[*Subscription[T]]struct{}
}

// NewHub returns a Hub without subscribers. owner returns the affiliate of an item; 0 for items
// that only staff may see.
func NewHub[T any](owner func(T) ids.Affiliate) *Hub[T] {
	return &Hub[T]{owner: owner, subscribers: make(map[*Subscription[T]]struct{})}
}

// Subscribe adds a subscriber for the items that match, of the affiliates that it sees:
// viewer.RowScope.Sees. It ends when Close is called.
func (h *Hub[T]) Subscribe(sees func(affiliateID ids.Affiliate) bool, match func(T) bool) *Subscription[T] {
	s := &Subscription[T]{hub: h, sees: sees, match: match, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subscribers[s] = struct{}{}
	return s
}

// Watched reports whether there is a subscriber, so that nothing is loaded without one.
func (h *Hub[T]) Watched() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.subscribers) > 0
}

// Publish passes items to every subscriber they match. It never blocks.
func (h *Hub[T]) Publish(items ...T) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.subscribers {
		s.add(items)
	}
}

// Resync marks items as missed for every subscriber.
func (h *Hub[T]) Resync() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.subscribers {
		s.drop()
	}
}

// Subscription is one subscriber's ring.
type Subscription[T any] struct {
	hub   *Hub[T]
	sees  func(affiliateID ids.Affiliate) bool
	match func(T) bool
	ready chan struct{}

	mu        sync.Mutex
	ring      []T
	missed    bool
	lost      int  // dropped from the ring and not yet reported by Missed
	uncounted bool // some were missed before they were matched
}

// Next waits for new items, or for the information that some were missed. It returns when the
// context ends.
func (s *Subscription[T]) Next(ctx context.Context) (items []T, missed bool, err error) {
	for {
		s.mu.Lock()
		items, missed = s.ring, s.missed
		s.ring, s.missed = nil, false
		s.mu.Unlock()
		if missed || len(items) > 0 {
			return items, missed, nil
		}
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-s.ready:
		}
	}
}

// Missed returns how many items were missed since its last call, and whether that is all of them:
// what the whole hub missed is not counted.
func (s *Subscription[T]) Missed() (count int, counted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	count, counted = s.lost, !s.uncounted
	s.lost, s.uncounted = 0, false
	return count, counted
}

// Close ends the subscription.
func (s *Subscription[T]) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subscribers, s)
}

func (s *Subscription[T]) add(items []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := false
	for _, item := range items {
		if !s.sees(s.hub.owner(item)) || !s.match(item) {
			continue
		}
		if len(s.ring) == ringSize {
			s.lost += len(s.ring)
			s.ring, s.missed = nil, true
		}
		s.ring = append(s.ring, item)
		added = true
	}
	if added {
		s.wake()
	}
}

func (s *Subscription[T]) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost += len(s.ring)
	s.ring, s.missed, s.uncounted = nil, true, true
	s.wake()
}

func (s *Subscription[T]) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
