package account

import (
	"crypto/sha256"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"

	"postrider/internal/problem"
)

// allowance is the burst of tries, and how long until one more is allowed.
type allowance struct {
	free int
	one  time.Duration
}

// The limits of tries. Tries of a browser that has signed in before count against perPair
// alone: no stranger can use up its allowance.
var (
	perPair    = allowance{5, time.Minute}       // by one client at one account
	perClient  = allowance{30, 10 * time.Second} // by one client at all accounts
	perAccount = allowance{100, time.Minute}     // at one account by all strangers
	perUser    = allowance{5, time.Minute}       // by a signed-in user, at its own password
)

// remembered is how many counters of a kind are kept; the least recently used is evicted.
const remembered = 50_000

// throttle limits guessing. A try is counted before anything is read, and returned if it
// succeeded, so that concurrent tries are counted like consecutive ones. Each process counts
// separately.
type throttle struct {
	now func() time.Time

	mu       sync.Mutex
	pairs    counters
	clients  counters
	accounts counters
	users    counters
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{
		now: now, pairs: newCounters(perPair), clients: newCounters(perClient),
		accounts: newCounters(perAccount), users: newCounters(perUser),
	}
}

// try is a try that has been counted.
type try struct {
	throttle *throttle
	at       time.Time
	pair     counter
	counted  []*rate.Reservation // in each counter, the pair's last
}

// signIn counts a try at the account of an e-mail address, or refuses it.
func (t *throttle) signIn(email string, from client) (*try, error) {
	account := keyOf("account", cleanly(email))
	needed := []counter{}
	if !from.known {
		needed = append(needed, counter{&t.clients, from.key}, counter{&t.accounts, account})
	}
	return t.count(counter{&t.pairs, keyOf(string(from.key[:]), string(account[:]))}, needed...)
}

// own counts a try of a signed-in user at its own password, or refuses it.
func (t *throttle) own(userID int64) (*try, error) {
	return t.count(counter{&t.users, keyOf("user", strconv.FormatInt(userID, 10))})
}

// count takes one try from each counter, or from none if one of them is empty.
func (t *throttle) count(pair counter, others ...counter) (*try, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	wait := time.Duration(0)
	for _, c := range append(others, pair) { // the pair last: a refused client creates no pairs
		if wait = max(wait, c.wait(now)); wait > 0 {
			return nil, problem.RateLimited("too many failed attempts; try again in %s", max(wait, time.Second).Round(time.Second))
		}
	}
	made := &try{throttle: t, at: now, pair: pair}
	for _, c := range append(others, pair) {
		made.counted = append(made.counted, c.in.of(c.key).ReserveN(now, 1))
	}
	return made, nil
}

// back returns a try that succeeded, or that was not evaluated.
func (y *try) back() {
	y.throttle.mu.Lock()
	defer y.throttle.mu.Unlock()
	for _, r := range y.counted {
		r.CancelAt(y.at)
	}
}

// right returns the try and resets the client's others at this account only: otherwise one
// known password would buy any number of tries at other accounts.
func (y *try) right() {
	y.back()
	y.throttle.mu.Lock()
	defer y.throttle.mu.Unlock()
	y.pair.in.kept.Remove(y.pair.key)
}

// key identifies a counter: of fixed length, whatever was typed.
type key [sha256.Size]byte

func keyOf(kind, name string) key { return sha256.Sum256([]byte(kind + "\x00" + name)) }

// counters are the counters of one kind.
type counters struct {
	allowed allowance
	kept    *lru.LRU[key, *rate.Limiter]
}

func newCounters(allowed allowance) counters {
	kept, err := lru.NewLRU[key, *rate.Limiter](remembered, nil)
	if err != nil {
		panic(err) // only for an invalid size
	}
	return counters{allowed, kept}
}

func (c *counters) of(k key) *rate.Limiter {
	if limiter, ok := c.kept.Get(k); ok {
		return limiter
	}
	limiter := rate.NewLimiter(rate.Every(c.allowed.one), c.allowed.free)
	c.kept.Add(k, limiter)
	return limiter
}

type counter struct {
	in  *counters
	key key
}

// wait returns how long until a try is allowed; a missing counter is full.
func (c counter) wait(now time.Time) time.Duration {
	limiter, ok := c.in.kept.Peek(c.key)
	if !ok {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return time.Duration(missing * float64(c.in.allowed.one))
}

// client is the origin of a try: a browser that has signed in to the account before, or else a
// network of addresses.
type client struct {
	key   key
	known bool
}

// stranger returns the client of an address.
func stranger(addr netip.Addr) client {
	return client{key: keyOf("address", Neighbourhood(addr).String())}
}

// Neighbourhood returns the network as which an address is counted: its /24, or for IPv6 its
// /48, all of which one subscriber can have. For an invalid address it is the zero prefix.
func Neighbourhood(addr netip.Addr) netip.Prefix {
	bits := 24
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		bits = 48
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

func cleanly(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
