package limit

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// Gate lets a bounded number of operations through at a time. The others wait in
// their turn; a client of which too many wait or are through is refused at once.
type Gate struct {
	name      string
	perClient int
	patience  time.Duration
	slots     *semaphore.Weighted

	mu      sync.Mutex
	clients map[string]int // those with something at the gate, and how much
}

// NewGate lets slots operations through at once, of which and of those that wait
// for it a client may have perClient. Nobody waits for longer than patience. The
// name is that of the limit that is exceeded then.
func NewGate(name string, slots, perClient int, patience time.Duration) *Gate {
	return &Gate{name: name, perClient: perClient, patience: patience, slots: semaphore.NewWeighted(int64(slots)), clients: map[string]int{}}
}

// Enter waits for a slot. leave gives it back, and must be called where err is nil.
// err is an *Exceeded, or that of a ctx which ended first.
func (g *Gate) Enter(ctx context.Context, client string) (leave func(), err error) {
	if !g.come(client) {
		return nil, exceeded(g.name, g.perClient, "you have %d operations in progress: wait for their responses", g.perClient)
	}
	waiting, cancel := context.WithTimeout(ctx, g.patience)
	defer cancel()
	if err := g.slots.Acquire(waiting, 1); err != nil {
		g.part(client)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, exceeded(g.name, g.perClient, "the API is busy: the operation could not start within %s; try again", g.patience)
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

// Of is how much a client has at the gate: what waits, and what is through.
func (g *Gate) Of(client string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clients[client]
}
