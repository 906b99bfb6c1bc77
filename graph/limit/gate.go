package limit

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// Gate bounds the number of operations in flight. The others wait in a queue; a client with too
// many waiting or in flight is refused at once.
type Gate struct {
	name      string
	perClient int
	patience  time.Duration
	slots     *semaphore.Weighted

	mu      sync.Mutex
	clients map[string]int // operations of each client, waiting and in flight
}

// NewGate returns a gate with that many slots; a client may have perClient operations in flight or
// waiting. The wait is at most patience. name is that of the limit that is exceeded then.
func NewGate(name string, slots, perClient int, patience time.Duration) *Gate {
	return &Gate{name: name, perClient: perClient, patience: patience, slots: semaphore.NewWeighted(int64(slots)), clients: map[string]int{}}
}

// Enter waits for a slot. leave releases it, and must be called if err is nil. err is an
// *Exceeded, or that of a ctx which ended first.
func (g *Gate) Enter(ctx context.Context, client string) (leave func(), err error) {
	if !g.come(client) {
		return nil, exceeded(g.name, g.perClient, "you have %d operations in progress: wait for their responses", g.perClient).after(1)
	}
	waiting, cancel := context.WithTimeout(ctx, g.patience)
	defer cancel()
	if err := g.slots.Acquire(waiting, 1); err != nil {
		g.part(client)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, exceeded(g.name, g.perClient, "the API is busy: the operation could not start within %d seconds; try again", int(g.patience.Seconds())).after(1)
	}
	return sync.OnceFunc(func() {
		g.slots.Release(1)
		g.part(client)
	}), nil
}

func (g *Gate) come(client string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.clients[client] >= g.perClient {
		return false
	}
	g.clients[client]++
	return true
}

func (g *Gate) part(client string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.clients[client]--; g.clients[client] <= 0 {
		delete(g.clients, client)
	}
}

// Of returns how many operations a client has, waiting and in flight.
func (g *Gate) Of(client string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clients[client]
}
