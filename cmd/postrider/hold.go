package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postrider/internal/installation"
)

// holdPatience is how long hold waits for attempts in flight: longer than one may take.
const holdPatience = 30 * time.Second

type holdCmd struct {
	Note string `placeholder:"TEXT" help:"Why, for those who look later."`
}

// Run puts the installation on hold, and returns when nothing is in flight any more.
func (c *holdCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinMigrated(ctx, "hold")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := installation.Begin(ctx, db.SQL, installation.Asked, c.Note); err != nil {
		return err
	}
	hold, err := installation.ReadHold(ctx, db.SQL)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "On hold since %s: nothing leaves to trackers until `postrider resume`.\n", hold.Since.UTC().Format(time.DateTime))
	quiet, cancel := context.WithTimeout(ctx, holdPatience)
	defer cancel()
	running, err := installation.Quiet(quiet, db.SQL)
	if err == nil && running > 0 {
		err = fmt.Errorf("%d jobs that were in flight have not ended after %s; they end within a minute, or belong to a process that died", running, holdPatience)
	}
	return err
}

type resumeCmd struct{}

// Run lets everything go on.
func (resumeCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinMigrated(ctx, "resume")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	hold, err := installation.ReadHold(ctx, db.SQL)
	if err != nil {
		return err
	}
	if err := installation.Resume(ctx, db.SQL); err != nil {
		return err
	}
	if hold.On() {
		fmt.Fprintln(p.stdout, "Resumed: what waits goes out.")
	} else {
		fmt.Fprintln(p.stdout, "There was no hold.")
	}
	return nil
}
