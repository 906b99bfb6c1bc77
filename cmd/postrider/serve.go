package main

import "context"

type serveCmd struct{}

// Run serves until the process is asked to stop.
func (serveCmd) Run(ctx context.Context, p *process) error {
	return NewApp(p, "serve").runUntilDone(ctx)
}
