package demo

import (
	"container/heap"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"postrider/domain/tracking"
)

// TrafficConfig is the configuration of Traffic.
type TrafficConfig struct {
	Network *Network
	URL     string        // of the Postrider that gets the traffic
	Rate    float64       // clicks a second; 0 for none
	Pace    float64       // speed of the players relative to the default; 0 for the default
	Saw     func(Request) // called for every request that was answered; may be nil
	Log     *slog.Logger
}

// Request is one request that Traffic made.
type Request struct {
	Goal   string // that an operator reported; empty for a click
	Status int    // HTTP status of the answer
}

// Traffic simulates players who click and operators who report them, through the real HTTP
// routes. A failed request is logged at debug, and does not stop it.
type Traffic struct {
	TrafficConfig

	r            *rand.Rand // used by Run's goroutine only
	client       *http.Client
	integrations map[int64]*Integration // by offer
	plans        plans
	clicked      chan *arrival
	slots        chan struct{}
	tasks        sync.WaitGroup
}

// arrival is a click that was answered: its player is at the operator's site.
type arrival struct {
	link    *Link
	visitor visitor
	clickID string
}

// plan is a planned action.
type plan struct {
	at time.Time
	do func(ctx context.Context)
}

// The maximum number of requests in flight, and the timeout of one.
const (
	trafficSlots   = 16
	trafficTimeout = 15 * time.Second
)

// NewTraffic returns a Traffic. Run drives it.
func NewTraffic(cfg TrafficConfig) *Traffic {
	if cfg.Pace <= 0 {
		cfg.Pace = 1
	}
	if cfg.Saw == nil {
		cfg.Saw = func(Request) {}
	}
	t := &Traffic{
		TrafficConfig: cfg,
		r:             rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), //nolint:gosec // a demo
		client: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: trafficSlots},
			Timeout:   trafficTimeout,
			// The player's browser would follow to the operator, whose site does not exist.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		integrations: map[int64]*Integration{}, clicked: make(chan *arrival), slots: make(chan struct{}, trafficSlots),
	}
	for i, s := range cfg.Network.Integrations {
		t.integrations[s.OfferID] = &cfg.Network.Integrations[i]
	}
	return t
}

// Run makes traffic until ctx is done.
func (t *Traffic) Run(ctx context.Context) {
	defer t.client.CloseIdleConnections()
	defer t.tasks.Wait()
	if t.Rate <= 0 || len(t.Network.Links) == 0 {
		<-ctx.Done()
		return
	}
	t.plan(0, t.click)
	for {
		wake := time.NewTimer(time.Until(t.plans[0].at)) // the next click is always planned
		select {
		case <-ctx.Done():
			wake.Stop()
			return
		case a := <-t.clicked:
			wake.Stop()
			t.follow(a)
		case <-wake.C:
			p, _ := heap.Pop(&t.plans).(*plan)
			p.do(ctx)
		}
	}
}

// plan schedules an action.
func (t *Traffic) plan(in time.Duration, do func(ctx context.Context)) {
	heap.Push(&t.plans, &plan{at: time.Now().Add(in), do: do})
}

// start runs an action beside Run, unless too many are in flight.
func (t *Traffic) start(ctx context.Context, do func()) {
	select {
	case t.slots <- struct{}{}:
		t.tasks.Go(func() {
			defer func() { <-t.slots }()
			do()
		})
	default:
		t.Log.DebugContext(ctx, "demo traffic: a request was left out, too many are under way")
	}
}

// click sends a player through a tracking link, and plans the next one.
func (t *Traffic) click(ctx context.Context) {
	t.plan(time.Duration(t.r.ExpFloat64()/t.Rate*float64(time.Second)), t.click)
	link := t.chooseLink()
	v := newVisitor(t.r, link.affiliate, link.Campaign)
	options := tracking.LinkOptions{Params: v.params}
	t.start(ctx, func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, tracking.LinkURL(t.URL, link.Code, options), nil)
		if err != nil {
			t.failed(ctx, "a click", err)
			return
		}
		req.Header.Set("User-Agent", v.userAgent)
		req.Header.Set("Referer", v.referrer)
		if v.address.IsValid() {
			req.Header.Set("X-Forwarded-For", v.address.String())
		}
		status, location, err := t.send(req)
		if err != nil {
			t.failed(ctx, "a click", err)
			return
		}
		t.Saw(Request{Status: status})
		target, err := url.Parse(location)
		if err != nil || status != http.StatusFound || target.Query().Get("cid") == "" {
			t.Log.DebugContext(ctx, "demo traffic: a click led nowhere", "link", link.Code, "status", status)
			return
		}
		select {
		case t.clicked <- &arrival{link: link, visitor: v, clickID: target.Query().Get("cid")}:
		case <-ctx.Done():
		}
	})
}

// chooseLink takes a campaign's link mostly; default links are the last ones.
func (t *Traffic) chooseLink() *Link {
	for {
		link := &t.Network.Links[t.r.IntN(len(t.Network.Links))]
		if link.CampaignID != 0 || happens(t.r, .1) {
			return link
		}
	}
}

// send makes a request and discards the response's body.
func (t *Traffic) send(req *http.Request) (status int, location string, err error) {
	res, err := t.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, res.Header.Get("Location"), err
}

func (t *Traffic) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		t.Log.DebugContext(ctx, "demo traffic: "+what+" failed", "error", err)
	}
}

// plans is a heap of planned actions, the next first.
type plans []*plan

// Len returns the number of plans.
func (p plans) Len() int { return len(p) }

// Less orders plans by time.
func (p plans) Less(i, j int) bool { return p[i].at.Before(p[j].at) }

// Swap swaps two plans.
func (p plans) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push adds a *plan.
func (p *plans) Push(x any) {
	if next, ok := x.(*plan); ok {
		*p = append(*p, next)
	}
}

// Pop removes the last, to which the heap has moved the next.
func (p *plans) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}
