package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"postrider/demo"
	"postrider/internal/config"
)

// loopback are the loopback addresses.
var loopback = config.Prefixes{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

type allCmd struct {
	Demo       bool    `env:"POSTRIDER_DEMO" help:"Fill an empty database with demo data, and generate traffic."`
	DemoClicks int     `env:"POSTRIDER_DEMO_CLICKS" default:"45000" placeholder:"N" help:"The number of clicks in the demo's month (${default})."`
	DemoRate   float64 `env:"POSTRIDER_DEMO_RATE" default:"1" placeholder:"N" help:"Clicks per second of the demo's traffic; 0 for none (${default})."`
}

// Validate checks the numeric flags.
func (c *allCmd) Validate() error { return checkDemo("demo-", c.DemoRate, c.DemoClicks) }

// Run serves and works until the process is asked to stop.
func (c *allCmd) Run(ctx context.Context, p *process) error {
	app := NewApp(p, "all")
	if !c.Demo {
		return app.runUntilDone(ctx)
	}
	if len(p.cfg.TrustedProxies) == 0 {
		p.cfg.TrustedProxies = loopback // lets the demo's clicks come from visitors' addresses
	}
	var network *demo.Network
	app.prepare = func(ctx context.Context) (err error) {
		network, err = app.prepareDemo(ctx, c.DemoClicks)
		return err
	}
	if err := app.Run(ctx); err != nil {
		return err
	}
	if network == nil {
		fmt.Fprintf(p.stdout, "\nPostrider on %s\nThe database is not empty, so no demo data was added.\n\n", p.cfg.PublicURL)
		return errors.Join(app.Wait(ctx), app.Close())
	}
	err := printNetwork(p.stdout, network, p.cfg.PublicURL)
	err = errors.Join(err, app.waitWithTraffic(ctx, network, c.DemoRate))
	return errors.Join(err, app.Close())
}

// prepareDemo fills an empty database before the App answers, and lets the sign-in page offer
// the demo's users if they exist.
func (a *App) prepareDemo(ctx context.Context, clicks int) (*demo.Network, error) {
	network, err := a.process.fillDemo(ctx, a.db, a.services.key, clicks)
	if err != nil && !errors.Is(err, demo.ErrNotEmpty) {
		return nil, err
	}
	if network != nil {
		a.demo = demoUsers(network)
	}
	return network, nil
}

// waitWithTraffic makes the demo's traffic as long as the App runs.
func (a *App) waitWithTraffic(ctx context.Context, network *demo.Network, rate float64) error {
	making, stop := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	tasks.Go(func() {
		demo.NewTraffic(demo.TrafficConfig{Network: network, URL: a.URL(), Rate: rate, Log: a.process.log}).Run(making)
	})
	err := a.Wait(ctx)
	stop()
	tasks.Wait()
	return err
}
