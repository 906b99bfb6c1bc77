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
	Note string `placeholder:"TEXT" help:"The reason, shown while the hold lasts."`
}

// Run puts the installation on hold, and returns when nothing is in flight.
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
	fmt.Fprintf(p.stdout, "On hold since %s: no postbacks are sent until `postrider resume`.\n", hold.Since.UTC().Format(time.DateTime))
	quiet, cancel := context.WithTimeout(ctx, holdPatience)
	defer cancel()
	running, err := installation.Quiet(quiet, db.SQL)
	if err == nil && running > 0 {
		err = fmt.Errorf("%d jobs in flight have not ended after %s; they end within a minute, or belong to a process that died", running, holdPatience)
	}
	return err
}

type resumeCmd struct{}

// Run ends the hold.
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
		fmt.Fprintln(p.stdout, "Resumed: waiting postbacks are being sent.")
	} else {
		fmt.Fprintln(p.stdout, "Postrider was not on hold.")
	}
	return nil
}
