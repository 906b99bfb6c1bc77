package main

import "context"

type workCmd struct{}

// Run delivers until the process is asked to stop.
func (workCmd) Run(ctx context.Context, p *process) error {
	return NewApp(p, "work").runUntilDone(ctx)
}
