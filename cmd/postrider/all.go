package main

import "context"

type allCmd struct{}

// Run does everything until the process is asked to stop.
func (allCmd) Run(ctx context.Context, p *process) error {
	return NewApp(p, "all").runUntilDone(ctx)
}
